// Keys for those who review hundreds of figures: 1 to 5 decide for a suggestion, j and k move between groups. Nothing here is needed.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea")) return;
  const row = event.target.closest(".serie");
  if (row && /^[0-5]$/.test(event.key)) return tick(row, Number(event.key));
  if (event.key === "t") return document.querySelector("details[open] .serie [type=radio]")?.focus();
  const choice = document.querySelector(`.choix[data-rang="${CSS.escape(event.key)}"]`);
  if (choice) choice.click();
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
  (next ? next.querySelector(":checked") ?? next.querySelector("[type=radio]") : row.form.querySelector("button:not([disabled], [type=button])")).focus();
}
// What a row names: a click writes the member that is offered, and a dimension that is chosen shows its rows at once.
for (const offer of document.querySelectorAll("[data-dit]")) {
  const field = offer.closest(".offres").previousElementSibling.querySelector("input:not([type=hidden])");
  offer.addEventListener("click", () => { field.value = offer.dataset.dit; field.focus(); });
}
let touched = document.querySelector(".decision"); // the form whose choices a page that shows the rows keeps
document.addEventListener("change", (event) => { touched = event.target.form ?? touched; });
for (const chosen of document.querySelectorAll("select.axe")) {
  let byHand = false; // a key that goes through the choices changes each of them
  chosen.addEventListener("pointerdown", () => { byHand = true; });
  chosen.addEventListener("keydown", () => { byHand = false; });
  chosen.addEventListener("change", () => {
    if (!byHand) return;
    const said = new URLSearchParams(new FormData(touched));
    for (const one of chosen.closest(".lignes").querySelectorAll("select.axe")) said.set(one.name, one.value);
    sessionStorage.setItem("revue-y", String(scrollY));
    location.assign(`${location.pathname.split("/").slice(0, 3).join("/")}?${said}`);
  });
}
if (sessionStorage.getItem("revue-y")) {
  scrollTo(0, Number(sessionStorage.getItem("revue-y")));
  sessionStorage.removeItem("revue-y");
}
// What rows name is asked once: the first of the questions stands above the forms, and goes with the one that is sent.
const [asked, ...again] = document.querySelectorAll("aside .lignes");
if (asked && again.length) {
  const own = asked.cloneNode(true);
  asked.replaceWith(own);
  document.querySelector("aside").prepend(asked);
  asked.classList.add("commun");
  for (const one of [own, ...again]) one.hidden = true;
  document.addEventListener("submit", (event) => {
    const place = event.target.querySelector(".lignes");
    for (const said of place ? asked.querySelectorAll("[name]") : []) place.querySelector(`[name="${said.name}"]`).value = said.value;
  });
}
document.querySelector(".groupes .courant")?.scrollIntoView({ block: "nearest" });
