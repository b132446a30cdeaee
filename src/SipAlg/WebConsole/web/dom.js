// Makes elements. What is handed over as a child becomes text: there is no way here to insert markup, so that nothing
// which comes from the network (a caller's name, a header) can become any.

const svgNamespace = "http://www.w3.org/2000/svg";

/** An HTML element: h("p", { class: "note", onclick: f }, "text", child). null, undefined and false are left out. */
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** Likewise, of SVG. */
export const s = (tag, attributes, ...children) => fill(document.createElementNS(svgNamespace, tag), attributes, children);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...flat(children));
  return element;
}

const flat = children => children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false);

/** Puts these children in the place of all others. */
export function put(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

/** Sets text only where it differs: what stays the same is neither painted again nor read out again. */
export function say(element, text) {
  const wanted = text ?? "";
  if (element.textContent !== wanted) element.textContent = wanted;
}

/**
 * As put, but what is as it was stays: nobody loses the focus, a selection or half a click to a figure that has changed.
 * Listeners stay with their elements: what does something else has another attribute.
 */
export function renew(element, ...children) {
  const fresh = document.createElement("div");
  fresh.append(...flat(children));
  patch(element, [...fresh.childNodes]);
}

function patch(element, fresh) {
  fresh.forEach((node, index) => {
    const old = element.childNodes[index];
    if (!old) element.append(node);
    else if (old.isEqualNode(node)) return;
    else if (isAlike(old, node)) patch(old, [...node.childNodes]);
    else old.replaceWith(node);
  });
  while (element.childNodes.length > fresh.length) element.lastChild.remove();
}

const isAlike = (old, node) => old.nodeType === Node.ELEMENT_NODE && old.cloneNode().isEqualNode(node.cloneNode());
