// Keys for those who review hundreds of figures: 1 to 5 choose a suggestion, j and k move between groups. Nothing here is needed.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=radio]):not([type=checkbox]), select, textarea")) return;
  const choices = document.querySelectorAll(".choix input");
  if (/^[1-5]$/.test(event.key) && choices[event.key - 1]) choices[event.key - 1].checked = true;
  const links = [...document.querySelectorAll(".groupes a")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = event.key === "j" ? links[at + 1] : event.key === "k" ? links[at - 1] : null;
  if (next) next.click();
});
