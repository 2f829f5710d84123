"""What every page shares: the templates, the words of the contract in French, and where things stand on the
site.

Belongs here: the frame around a page and the addresses of the others. Does not belong here: what one kind of
page shows.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.extraction.catalogue import NATURES, REASONS
from orchestration.site import typography

TEMPLATES = Path(__file__).with_name("templates")
DOMAINS = {
    "prestations": "Prestations", "accueil": "Accueil et contacts", "acces_droits": "Accès aux droits",
    "prevention": "Prévention", "offre_soins": "Offre de soins", "fraude": "Lutte contre la fraude",
    "contentieux": "Contentieux", "mediation": "Médiation", "ressources_humaines": "Ressources humaines",
    "pilotage": "Pilotage et gestion", "autre": "Autres sujets",
}  # fmt: skip
ABOUT = {
    "prestations": "Ce qui est versé, traité ou décidé pour les assurés",
    "accueil": "Visites, appels, courriels, comptes, satisfaction",
    "acces_droits": "Couverture, aides, accompagnement", "prevention": "Dépistage, vaccination, suivi",
    "offre_soins": "Professionnels, établissements, contrats",
    "fraude": "Contrôles, préjudices, pénalités, plaintes", "contentieux": "Recours, tribunaux, créances",
    "mediation": "Saisines et réponses", "ressources_humaines": "Effectifs, formation, télétravail",
    "pilotage": "Budgets, objectifs de gestion, moyens", "autre": "Ce qui n’entre dans aucun autre domaine",
}  # fmt: skip
RELATIONS = {
    "somme": "somme", "part": "part", "evolution": "évolution", "ratio": "rapport de deux chiffres",
    "repetition": "chiffre répété", "flux": "stock et flux", "effectif_annonce": "nombre annoncé",
    "borne": "borne annoncée", "atteinte": "taux d’atteinte", "moyenne_ponderee": "moyenne pondérée",
    "plausibilite": "plausibilité", "seconde_lecture": "seconde lecture",
}  # fmt: skip
VERDICTS = {
    "exact": "exacte", "arrondi": "à l’arrondi près", "ecart": "en écart", "non_verifiable": "non vérifiable",
    "tronque": "tronquée", "a_rapprocher": "à rapprocher", "a_verifier": "à vérifier",
}  # fmt: skip
ADDITIVITY = {
    "additif": "Les valeurs s’additionnent.", "semi_additif": "Un stock : il s’additionne entre membres, "
                                                              "jamais entre périodes.",
    "non_additif": "Un taux, une moyenne ou un score : ne s’additionne pas.",
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A file of the site: its path from the root, and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Places:
    """Where the lines of each report stand: the first line of every part, by report. A report of one part has
    no other page.
    """

    cuts: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def part(self, report: str, line: int) -> str:
        """The page that holds a line, from the root."""
        cuts = self.cuts.get(report, (1,))
        if len(cuts) < 2:
            return f"rapport/{report}.html"
        return f"rapport/{report}/{max(bisect_right(cuts, line), 1)}.html"

    def relations(self, report: str, part: int = 1) -> str:
        """A page of the relations of a report, from the root: beside its parts when it has some, so that the
        many links between them are short.
        """
        further = "" if part == 1 else f"-{part}"
        if len(self.cuts.get(report, ())) < 2:
            return f"controles/{report}{further}.html"
        return f"rapport/{report}/controles{further}.html"

    def ink(self, report: str, line: int, column: int | None = None) -> str:
        """The address of a number or of a line, from the root."""
        return f"{self.part(report, line)}#{f'l{line}' if column is None else f'n{line}-{column}'}"


def short_name(title: str) -> str:
    """A report as a link names it: ``CPAM du Rhône, 2020`` for « Rapport d'activité 2020, CPAM du Rhône »."""
    found = re.fullmatch(r"Rapport d['’]activité (\d{4}), (.+)", title)
    return f"{found[2]}, {found[1]}" if found else title


def anchor(code: str) -> str:
    """The identifier of a finding's card: short, and the same from release to release."""
    return f"c{sha256(code.encode()).hexdigest()[:8]}"


def label(words: Mapping[str, str], code: object) -> str:
    """The words for a code of the contract; a code that is not known is told as it is."""
    return words.get(str(code), str(code).replace("_", " "))


#: What in the source of a template is no French of its own: expressions, tags, code.
_FOREIGN = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|<pre.*?</pre>|<code>.*?</code>|<[^>]*>)", re.DOTALL)


class FrenchLoader(FileSystemLoader):
    """Templates are written with plain blanks and apostrophes; they are read in French print."""

    def get_source(self, environment: Environment, template: str) -> Any:
        source, *rest = super().get_source(environment, template)
        pieces = _FOREIGN.split(source)
        told = [piece if place % 2 else typography.french(piece) for place, piece in enumerate(pieces)]
        return "".join(told), *rest


@cache
def environment() -> Environment:
    """The templates; everything is escaped, and a name that is not given is an error."""
    made = Environment(
        loader=FrenchLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    made.filters |= {
        "fr": typography.french,
        "prose": typography.prose,
        "nombre": typography.number,
        "court": typography.short_value,
        "periode": typography.period,
        "jour": typography.day,
        "instant": typography.instant,
        "majuscule": typography.capital,
        "rapport": short_name,
        "ancre": anchor,
        "domaine": lambda code: label(DOMAINS, code),
        "nature": lambda code: label(NATURES, code),
        "relation": lambda code: label(RELATIONS, code),
        "verdict": lambda code: label(VERDICTS, code),
        "motif": lambda code: label(REASONS, code),
    }
    made.globals |= {
        "compte": typography.counted_words,
        "DOMAINES": DOMAINS,
        "PROPOS": ABOUT,
    }
    return made


#: End tags that HTML lets a page leave out in tables and lists: a site of tables is a twentieth lighter.
IMPLIED = ("</td>", "</th>", "</tr>", "</li>")


def render_page(template: str, path: str, **context: Any) -> Page:
    """One page. ``r`` leads from it to the root of the site."""
    root = "../" * path.count("/")
    html = environment().get_template(template).render(r=root, chemin=path, **context)
    for closed in IMPLIED:
        html = html.replace(closed, "")
    for long, near in _nearer(path.rpartition("/")[0]):
        html = html.replace(long, near)
    return Page(path, html.encode("utf-8", errors="replace"))


@lru_cache(maxsize=1024)
def _nearer(folder: str) -> list[tuple[str, str]]:
    """How the links of a page in ``folder`` begin that lead up to the root and down the same way again, and
    how they begin without the detour.
    """
    parts = folder.split("/") if folder else []
    found = []
    for kept in range(len(parts), 0, -1):
        detour = "../" * len(parts) + "/".join(parts[:kept]) + "/"
        found.append((f'href="{detour}', 'href="' + "../" * (len(parts) - kept)))
    return found


def split(rows: Sequence[Any], most: int) -> list[Sequence[Any]]:
    """``rows`` in parts of at most ``most``; at least one part."""
    return [rows[start : start + most] for start in range(0, max(len(rows), 1), most)]


def numbered(path: str, parts: Iterable[Any]) -> list[str]:
    """The paths of the parts of a page: ``a.html``, ``a/2.html``, ..."""
    stem = path.removesuffix(".html")
    return [path if number == 1 else f"{stem}/{number}.html" for number, _ in enumerate(parts, 1)]
