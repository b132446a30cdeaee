// The log-in: a token of the configuration, for a cookie that no script can read.

import { request } from "../api.js";
import { h, put, say } from "../dom.js";

/** @param enter told the session once there is one. */
export function show(root, enter) {
  document.title = "Log in · SipAlg";
  root.dataset.page = "log-in";
  const fault = h("p", { class: "fault", role: "alert" });
  const token = h("input", { name: "token", type: "password", autocomplete: "current-password", required: true, autofocus: true, spellcheck: "false" });
  const form = h("form", {},
    h("div", { class: "brand" }, h("img", { src: "/console/icon.svg", alt: "" }), "SipAlg"),
    h("label", {}, "Token", token), fault,
    h("button", { class: "primary" }, "Log in"),
    h("p", {}, "A token of the configuration: ", h("code", {}, "admin.token"), " may change things, ", h("code", {}, "admin.read_token"), " may look."));
  form.addEventListener("submit", async event => {
    event.preventDefault();
    try {
      const session = await request("POST", "/api/v1/login", { body: { token: token.value } });
      put(root);
      enter(session);
    } catch (reason) {
      say(fault, reason.status === 401 ? "The gateway does not know this token." : reason.message);
      token.select();
    }
  });
  put(root, h("div", { class: "login" }, form));
  token.focus();
}
