// Reads the description of the API and shows what the address names.

import { Api } from "./api.js";
import { element, prose } from "./element.js";
import { methodView, verb } from "./method.js";

// For as long as the tab is open, so that a reload does not ask again; never in an address, never on disk for good.
const KEPT = "order-status.key";

const main = document.getElementById("main");
const search = document.getElementById("search");
const keyField = document.getElementById("key");
const menu = document.getElementById("menu");
const nav = document.getElementById("nav");

keyField.value = sessionStorage.getItem(KEPT) ?? "";
keyField.addEventListener("input", () => sessionStorage.setItem(KEPT, keyField.value.trim()));
document.getElementById("credential").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("reveal").addEventListener("click", (event) => {
  const shown = keyField.type === "password";
  keyField.type = shown ? "text" : "password";
  event.currentTarget.setAttribute("aria-pressed", String(shown));
  event.currentTarget.textContent = shown ? "Hide" : "Show";
});

function openMenu(open) {
  nav.classList.toggle("open", open);
  menu.setAttribute("aria-expanded", String(open));
}
menu.addEventListener("click", () => {
  openMenu(!nav.classList.contains("open"));
  if (nav.classList.contains("open")) search.focus();
});

function list(api) {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const here = decodeURIComponent(location.hash.slice(1));
  const groups = api.services.map((service) => {
    const methods = api.search(service, words);
    if (methods.length === 0) return null;
    return element("section", {}, element("h2", {}, service.name.replace(/Service$/, "")), element("ul", {}, methods.map((method) =>
      element("li", {}, element("a", { href: `#${method.id}`, "aria-current": method.id === here ? "page" : null },
        verb(method.bindings[0].verb), element("span", {}, method.name))))));
  }).filter(Boolean);
  document.getElementById("list").replaceChildren(...groups);
  document.getElementById("nothing").hidden = groups.length > 0;
}

function overview(api) {
  const info = api.document.info;
  return element("article", { class: "read overview" },
    element("h1", { tabindex: "-1" }, info.title, " API"),
    element("div", { class: "said lead" }, prose(info.description)),
    api.services.map((service) => element("section", { class: "part" },
      element("h2", {}, service.name),
      element("div", { class: "said" }, prose(service.description)),
      element("ul", { class: "cards" }, service.methods.map((method) => element("li", {},
        element("a", { href: `#${method.id}` }, verb(method.bindings[0].verb), element("strong", {}, method.name),
          element("span", {}, method.main.summary))))))));
}

function show(api, focus) {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id === "main") return;
  document.querySelector(".attempt")?.dispatchEvent(new Event("leave"));
  const method = api.methods.get(id);
  const view = method ? methodView(api, method, () => keyField.value.trim()) : overview(api);
  main.replaceChildren(view);
  document.title = method ? `${method.name} · Order Status API` : "Order Status API";
  for (const link of nav.querySelectorAll("a")) {
    if (link.getAttribute("href") === `#${id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  openMenu(false);
  scrollTo(0, 0);
  if (focus) main.querySelector("h1").focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    openMenu(true);
    search.focus();
  }
  if (event.key === "Escape" && event.target === search) {
    search.value = "";
    search.dispatchEvent(new Event("input"));
    openMenu(false);
  }
});

try {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const api = new Api(await response.json());
  document.getElementById("version").textContent = api.document.info.version;
  search.addEventListener("input", () => list(api));
  search.addEventListener("keydown", (event) => {
    const first = nav.querySelector("#list a");
    if (event.key === "Enter" && first) location.hash = first.getAttribute("href");
  });
  addEventListener("hashchange", () => show(api, true));
  list(api);
  show(api, false);
} catch (error) {
  main.replaceChildren(element("h1", {}, "The description of the API cannot be read"), element("p", { class: "bad" }, error.message));
}
