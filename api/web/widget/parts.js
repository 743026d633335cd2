// Elements made from words: everything that comes from the server becomes text, never markup.

function make(name, facts = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(facts)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== ""));
  return element;
}

// Only addresses of the service itself are opened, whatever a reply may hold.
function addressOf(path) {
  const address = new URL(path.replace(/^\/(?!\/)/, ""), BASE);
  return address.origin === BASE.origin ? address.href : BASE.href;
}

function linkTo(path, words, facts = {}) {
  return make("a", { href: addressOf(path), target: "_blank", rel: "noopener", ...facts }, words, make("span", { class: "unseen" }, "（在新窗口打开）"));
}

function dialled(phone) {
  return phone.replace(/[^\d+]/g, "");
}

// A style sheet made by script is not held back by the page's own rules for styles, unlike an element.
function wear(root, style) {
  if ("replaceSync" in CSSStyleSheet.prototype && "adoptedStyleSheets" in root) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
  } else {
    root.append(make("style", {}, style));
  }
}
