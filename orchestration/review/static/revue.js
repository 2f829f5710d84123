// Keys for those who review hundreds of figures: 1 to 5 decide for a suggestion, j and k move between groups. Nothing here is needed.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  const choice = document.querySelector(`.choix[data-rang="${CSS.escape(event.key)}"]`);
  if (choice) choice.click();
  const links = [...document.querySelectorAll(".groupes a")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = event.key === "j" ? links[at + 1] : event.key === "k" ? links[at - 1] : null;
  if (next) next.click();
});
document.querySelector(".groupes .courant")?.scrollIntoView({ block: "nearest" });
