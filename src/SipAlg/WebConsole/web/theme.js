"use strict";

// Runs before the first paint, so that a page in the chosen colours does not flash in others.
(() => {
  const key = "sipalg.theme";
  const read = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const root = document.documentElement;
  if (read()) root.dataset.theme = read();

  /** light, dark, or null for what the system has. */
  window.sipalgTheme = {
    get: () => root.dataset.theme ?? null,
    set: theme => {
      if (theme) root.dataset.theme = theme;
      else delete root.dataset.theme;
      try {
        if (theme) localStorage.setItem(key, theme);
        else localStorage.removeItem(key);
      } catch { /* Without storage the choice lasts as long as the page. */ }
    },
  };
})();
