// Keys for those who review hundreds of figures: 1 to 5 decide for a proposal in sight (one that is not is shown
// first, and nothing is decided), j and k move between groups. Nothing here is needed.
"use strict";
const inSight = (one) => {
  const { top, bottom } = one.getBoundingClientRect();
  return top > -1 && bottom < innerHeight + 1;
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, dialog[open]")) return;
  const row = event.target.closest(".serie");
  if (row && /^[0-5]$/.test(event.key)) return tick(row, Number(event.key));
  if (event.key === "t") return document.querySelector("details[open] .serie [type=radio]")?.focus();
  const choice = document.querySelector(`.choix[data-rang="${CSS.escape(event.key)}"]`);
  if (choice && (choice === document.activeElement || inSight(choice))) choice.click();
  else if (choice) {
    choice.scrollIntoView({ block: "center" });
    choice.focus({ focusVisible: true, preventScroll: true });
  }
  const links = [...document.querySelectorAll(".groupes a")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = event.key === "j" ? links[at + 1] : event.key === "k" ? links[at - 1] : null;
  if (next) next.click();
});
// In a form of several figures, a digit ticks a proposal of the row that has the focus (0: none) and goes on to the next; after the last, to the button.
function tick(row, rank) {
  const offers = [...row.querySelectorAll("[type=radio]")];
  const offer = rank ? offers.slice(0, -1)[rank - 1] : offers.at(-1);
  if (!offer) return;
  offer.click();
  const rows = [...row.form.querySelectorAll(".serie")];
  const next = rows[rows.indexOf(row) + 1];
  (next ? next.querySelector(":checked") ?? next.querySelector("[type=radio]") : row.form.querySelector("button:not([disabled], [type=button], [formmethod])")).focus();
}
// The page of the document opens over this one: what was typed stays.
const picture = document.querySelector("dialog.image");
for (const link of document.querySelectorAll("a.vue")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    picture.querySelector("img").src = link.href;
    picture.showModal();
  });
}
picture?.addEventListener("click", (event) => { if (event.target === picture) picture.close(); });
// What a row names: a click writes the member that is offered, and a dimension that is chosen shows its rows at once.
for (const offer of document.querySelectorAll("[data-dit]")) {
  const field = offer.closest(".offres").previousElementSibling.querySelector("input:not([type=hidden])");
  offer.addEventListener("click", () => { field.value = offer.dataset.dit; field.focus(); });
}
for (const all of document.querySelectorAll("[data-proches]")) { // each stands written beside its row, to be read and changed
  all.addEventListener("click", () => {
    for (const near of all.closest(".membres").querySelectorAll("[data-dit]:first-child")) near.click();
    all.focus();
  });
}
let touched = document.querySelector(".decision"); // the form whose choices a page that shows the rows keeps
document.addEventListener("change", (event) => { touched = event.target.form ?? touched; });
const showMembers = (place) => {
  const said = new URLSearchParams(new FormData(touched));
  for (const one of place.querySelectorAll("select.axe")) said.set(one.name, one.value);
  sessionStorage.setItem("revue-y", String(scrollY));
  location.assign(`${location.pathname.split("/").slice(0, 3).join("/")}?${said}`);
};
for (const button of document.querySelectorAll(".montrer")) {
  button.addEventListener("click", (event) => { event.preventDefault(); showMembers(button.closest(".lignes")); });
}
for (const chosen of document.querySelectorAll("select.axe")) {
  let byHand = false; // a key that goes through the choices changes each of them; Enter shows
  const show = () => showMembers(chosen.closest(".lignes"));
  chosen.addEventListener("pointerdown", () => { byHand = true; });
  chosen.addEventListener("keydown", (event) => {
    byHand = false;
    if (event.key === "Enter") { event.preventDefault(); show(); }
  });
  chosen.addEventListener("change", () => { if (byHand) show(); });
}
// What rows name is asked once: the first of the questions stands above the forms, and goes with the one that is sent.
const [asked, ...again] = document.querySelectorAll("aside .lignes");
if (asked && again.length) {
  const own = asked.cloneNode(true);
  asked.replaceWith(own);
  document.querySelector(".decision").before(asked);
  asked.classList.add("commun");
  for (const one of [own, ...again]) one.hidden = true;
  document.addEventListener("submit", (event) => {
    const place = event.target.querySelector(".lignes");
    for (const said of place ? asked.querySelectorAll("[name]") : []) place.querySelector(`[name="${said.name}"]`).value = said.value;
  });
}
if (sessionStorage.getItem("revue-y")) {
  scrollTo(0, Number(sessionStorage.getItem("revue-y")));
  sessionStorage.removeItem("revue-y");
  document.querySelector(".lignes:not([hidden]) select")?.focus({ preventScroll: true });
}
// The list of groups shows the one that is open; the page itself stays where it is: on a phone the list stands at its end.
const current = document.querySelector(".groupes .courant"), list = current?.closest("nav");
if (list) list.scrollTop += current.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 2;
