// Which figures a decision is for: all, none, the others, a column, a row, or a click on a marked number of the text or of the
// picture of the page. The boxes alone do the same, one by one.
"use strict";
const boxes = new Map([...document.querySelectorAll(".chiffres [name=chiffre]")].map((box) => [box.value, box]));
const marked = () => document.querySelectorAll(".case, mark[data-chiffre]");
const placesOf = (button) => button.dataset.coche.split(" ").filter((place) => boxes.has(place));
const buttons = [...document.querySelectorAll("[data-coche]")];
function show() {
  for (const one of marked()) {
    const box = boxes.get(one.dataset.chiffre);
    one.classList.toggle("visable", Boolean(box));
    one.classList.toggle("ote", Boolean(box) && !box.checked);
  }
  for (const button of buttons.filter((one) => one.hasAttribute("aria-pressed"))) {
    const ticked = placesOf(button).filter((place) => boxes.get(place).checked).length;
    button.setAttribute("aria-pressed", ticked === placesOf(button).length ? "true" : ticked ? "mixed" : "false");
  }
}
function set(ticked) {
  for (const [place, box] of boxes) box.checked = ticked(place, box.checked);
  boxes.values().next().value?.dispatchEvent(new Event("change", { bubbles: true }));
}
const ways = { tout: () => true, rien: () => false, inverse: (place, was) => !was };
for (const button of buttons) {
  button.addEventListener("click", () => {
    const places = placesOf(button);
    const all = places.every((place) => boxes.get(place).checked);
    set(ways[button.dataset.coche] ?? ((place, was) => (places.includes(place) ? !all : was)));
  });
}
document.addEventListener("click", (event) => {
  const box = boxes.get(event.target.closest(".case, mark[data-chiffre]")?.dataset.chiffre);
  if (!box) return;
  event.preventDefault();
  event.stopPropagation();
  box.click();
}, true);
document.addEventListener("change", (event) => { if (boxes.get(event.target.value) === event.target) show(); });
// The figures of the row that has the focus, or the mouse over it, stand out in the text and in the picture.
for (const kind of ["focusin", "mouseover"]) {
  document.addEventListener(kind, (event) => {
    const places = event.target.closest(".serie")?.dataset.places.split(" ");
    if (places) for (const one of marked()) one.classList.toggle("vise", places.includes(one.dataset.chiffre));
  });
}
// The places of the numbers over a picture; `top` is where it begins on the page.
function lay(image, cases, top) {
  for (const old of image.parentNode.querySelectorAll(".case")) old.remove();
  const drawn = cases.map(([place, printed, ...edges]) => {
    const one = Object.assign(document.createElement("span"), { className: "case" });
    if (boxes.has(place)) one.title = `${printed} : cocher ou décocher`;
    one.dataset.chiffre = place;
    image.after(one);
    return [one, edges];
  });
  const fit = () => {
    const scale = image.clientWidth / image.naturalWidth;
    if (!Number.isFinite(scale)) return;
    for (const [one, [x0, y0, x1, y1]] of drawn) {
      one.style.left = `${image.offsetLeft + image.clientLeft + x0 * scale}px`;
      one.style.top = `${image.offsetTop + image.clientTop + (y0 - top) * scale}px`;
      one.style.width = `${(x1 - x0) * scale}px`;
      one.style.height = `${(y1 - y0) * scale}px`;
    }
  };
  image.addEventListener("load", fit);
  new ResizeObserver(fit).observe(image);
  show();
}
for (const link of document.querySelectorAll(".vue[data-cases]")) {
  const { top, cases } = JSON.parse(link.dataset.cases);
  lay(link.querySelector("img"), cases, top);
  const whole = document.querySelector("dialog.image img");
  if (whole) link.addEventListener("click", () => lay(whole, cases, 0));
}
for (const place of document.querySelectorAll(".cocher")) place.hidden = false;
show();
