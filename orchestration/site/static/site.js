// Search and filters. Every page can be read without this file; nothing here asks for anything but files beside it.
(function () {
  "use strict";
  var root = document.currentScript.src.replace(/site\.js.*$/, ""), waiting = [];
  var fold = function (text) {
    return text.toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/[’']/g, " ").normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  };
  var stem = function (word) { return word.length > 3 ? word.replace(/(?:aux|al)$/, "a").replace(/[sx]$/, "").replace(/e$/, "") : word; };
  var EMPTY = " a au aux avec ce d dans de des du en est et l la le les l n ou par pour que qui s sur un une quel quelle quels quelles combien ";
  var words = function (text) {
    return fold(text).split(/[^a-z0-9%]+/).filter(function (word) { return word && EMPTY.indexOf(" " + word + " ") < 0; }).map(stem);
  };
  var weight = function (token, list, full) {
    var best = 0;
    for (var i = 0; i < list.length; i++) {
      if (list[i] === token) { return full; }
      if (list[i].indexOf(token) === 0) { best = Math.max(best, full * (token.length < 3 ? 0.3 : 0.7)); }
      else if (token.length > 3 && list[i].indexOf(token) > 0) { best = Math.max(best, full * 0.25); }
    }
    return best;
  };
  // An entry: [label, what it is, page, other words, base weight].
  var score = function (entry, tokens, share) {
    entry.l = entry.l || words(entry[0]); entry.w = entry.w || words(entry[3]);
    var sum = 0, hits = 0;
    for (var i = 0; i < tokens.length; i++) {
      var found = Math.max(weight(tokens[i], entry.l, 10), weight(tokens[i], entry.w, 6));
      if (found) { hits++; }
      sum += found;
    }
    if (hits < Math.ceil(tokens.length * share)) { return 0; }
    var spare = Math.max(0, entry.l.length - hits);
    return sum / tokens.length * (hits / tokens.length) + entry[4] - Math.min(spare, 8) * 0.35 + (entry.l.join(" ") === tokens.join(" ") ? 6 : 0);
  };
  var find = function (tokens, share) {
    var found = [];
    window.INDEX.forEach(function (entry, rank) {
      var points = score(entry, tokens, share);
      if (points > 0) { found.push([points, rank, entry]); }
    });
    return found;
  };
  // A short form is sought as typed and spelt out: a page whose name spells it out is what is meant.
  var spell = function (text) {
    return fold(text).split(/\s+/).map(function (word) { return window.FORMES[word] || word; }).join(" ");
  };
  var gather = function (asked, share) {
    var best = {};
    asked.forEach(function (tokens) {
      find(tokens, tokens.length < 3 && share > 0.5 ? 1 : share).forEach(function (hit) {
        if (!best[hit[1]] || best[hit[1]][0] < hit[0]) { best[hit[1]] = hit; }
      });
    });
    return Object.keys(best).map(function (rank) { return best[rank]; });
  };
  // Every word of two, most of more; where nothing holds that many, what holds some: a thing and a body are two pages.
  var search = function (text, limit) {
    var asked = [words(text)], spelt = words(spell(text));
    if (!asked[0].length) { return []; }
    if (spelt.join(" ") !== asked[0].join(" ")) { asked.push(spelt); }
    var found = gather(asked, 0.67);
    if (!found.length) { found = gather(asked, 0.34); }
    found.sort(function (a, b) { return b[0] - a[0] || a[1] - b[1]; });
    return found.slice(0, limit || 12).map(function (hit) { return hit[2]; });
  };
  var ready = function (then) {
    if (window.INDEX) { then(); return; }
    waiting.push(then);
    if (waiting.length > 1) { return; }
    var script = document.createElement("script");
    script.src = root + "index.js";
    script.onload = function () { waiting.forEach(function (call) { call(); }); };
    document.head.appendChild(script);
  };
  window.chercher = function (text, limit) { return search(text, limit); };
  window.indexPret = ready;

  var attach = function (form) {
    var input = form.querySelector("input"), list = form.querySelector(".trouve"), status = form.querySelector("[role=status]");
    var close = function () { list.hidden = true; };
    var show = function () {
      if (!input.value.trim()) { close(); status.textContent = ""; return; }
      ready(function () {
        var hits = search(input.value);
        list.textContent = "";
        hits.forEach(function (entry) {
          var item = document.createElement("li"), link = document.createElement("a"), kind = document.createElement("small");
          link.href = root + entry[2]; link.textContent = entry[0]; kind.textContent = window.GENRES[entry[1]];
          link.appendChild(kind); item.appendChild(link); list.appendChild(item);
        });
        if (!hits.length) {
          var none = document.createElement("li");
          none.className = "rien"; none.textContent = "Rien ne correspond. Essayez un mot plus court."; list.appendChild(none);
        }
        status.textContent = hits.length ? hits.length + (hits.length > 1 ? " résultats" : " résultat") : "Aucun résultat";
        list.hidden = false;
      });
    };
    input.addEventListener("input", show);
    input.addEventListener("focus", function () { ready(function () {}); if (input.value) { show(); } });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      ready(function () { var hits = search(input.value); if (hits.length) { location.href = root + hits[0][2]; } else { show(); } });
    });
    form.addEventListener("keydown", function (event) {
      var links = Array.prototype.slice.call(list.querySelectorAll("a")), at = links.indexOf(document.activeElement);
      if (event.key === "Escape") { close(); input.focus(); }
      if (event.key === "ArrowDown" && links.length) { event.preventDefault(); links[Math.min(at + 1, links.length - 1)].focus(); }
      if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); if (at === 0) { input.focus(); } else { links[at - 1].focus(); } }
    });
    document.addEventListener("focusin", function (event) { if (!form.contains(event.target)) { close(); } });
    document.addEventListener("click", function (event) { if (!form.contains(event.target)) { close(); } });
  };
  // The search is of no use without a script, so a script makes it: in the head, or where the front page has its place.
  var place = document.querySelector(".cherche"), form = document.createElement("form");
  form.className = place ? place.className : "cherche";
  form.setAttribute("role", "search");
  form.innerHTML = '<input type="search" aria-label="Chercher un indicateur, un organisme, un mot des rapports" placeholder="Chercher' +
    (place ? " : comptes ameli, PRADO, Rhône, délais…" : "") + '" autocomplete="off" spellcheck="false">' +
    '<ul class="trouve" hidden></ul><span role="status" class="saut"></span>';
  if (place) { place.parentNode.replaceChild(form, place); } else { document.querySelector(".tete .large").appendChild(form); }
  attach(form);

  // Filters: a control hides the elements whose data-* differs, or whose text does not hold its words.
  Array.prototype.forEach.call(document.querySelectorAll(".filtre"), function (form) {
    var items = document.querySelectorAll(form.dataset.cible), told = form.querySelector("[role=status]");
    form.hidden = false;
    var apply = function () {
      var left = 0;
      Array.prototype.forEach.call(items, function (item) {
        var shown = Array.prototype.every.call(form.querySelectorAll("select, input"), function (control) {
          if (!control.value) { return true; }
          if (control.tagName === "SELECT") { return item.dataset[control.name] === control.value; }
          item.folded = item.folded || fold(item.textContent);
          return fold(control.value).split(/\s+/).every(function (word) { return item.folded.indexOf(word) >= 0; });
        });
        item.hidden = !shown;
        left += shown ? 1 : 0;
      });
      told.textContent = left + " sur " + items.length;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
  });

  // Where a number is opened, the command that corrects its reading, to be copied.
  document.addEventListener("toggle", function (event) {
    var box = event.target, report = /\/rapport\/([^/.]+)/.exec(location.pathname);
    if (event.newState !== "open" || !report || !/^d\d+$/.test(box.id) || box.querySelector("code")) { return; }
    var number = document.querySelector("[popovertarget=" + box.id + "]").id.slice(1);
    var told = document.createElement("p"), command = document.createElement("code");
    told.textContent = "Mal lu\u202f? Dans un clone, puis la nuit suivante\u202f:";
    command.textContent = ".venv/bin/observatoire correct " + report[1] + " " + number + " valeur=… -m \"…\"";
    box.append(told, command);
  }, true);

  // The number of a line of print is its address: hundreds of links would stand between one number and the next for the keyboard.
  document.addEventListener("click", function (event) {
    var line = event.target.parentNode;
    if (event.target.tagName === "A" && !event.target.href && line && /^l\d+$/.test(line.id)) { location.hash = line.id; }
  });

  // An address that names a number opens what it means; one of a part of a report that was split leads to that part.
  var arrive = function () {
    var id = decodeURIComponent(location.hash.slice(1)), target = id && document.getElementById(id);
    if (target && target.popoverTargetElement && target.popoverTargetElement.showPopover) {
      try { target.popoverTargetElement.showPopover({ source: target }); } catch (error) { /* an older browser: the outline suffices */ }
    } else if (!target && /^[ln]\d+/.test(id)) {
      var line = parseInt(id.slice(1), 10), best = null;
      Array.prototype.forEach.call(document.querySelectorAll("a[data-debut]"), function (link) {
        if (parseInt(link.dataset.debut, 10) <= line) { best = link; }
      });
      if (best) { location.replace(best.href.split("#")[0] + "#" + id); }
    }
  };
  window.addEventListener("hashchange", arrive);
  arrive();
})();
