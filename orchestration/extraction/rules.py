"""The rules that set printed numbers aside, in the order in which they are tried.

One readable place, for any report: a rule names the reason and a pattern; every digit inside a match of the pattern takes the
reason, unless a template read it first. What no rule and no template takes remains ``a_relever``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOIS = r"(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octob?re?|novembre|d[ée]cembre)"
JOUR = r"(?:1\s?er|0?[1-9]|[12]\d|3[01])"


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason (``motif`` of the ledger) and the pattern whose digits it sets aside.

    Patterns read flat text, where a line end is a plain space; those of ``by_line`` read folded text, which keeps line ends.
    """

    motif: str
    pattern: re.Pattern[str]
    by_line: bool = False


def _rule(motif: str, pattern: str, flags: re.RegexFlag = re.IGNORECASE) -> Rule:
    return Rule(motif, re.compile(pattern, flags))


def _line_rule(motif: str, pattern: str) -> Rule:
    return Rule(motif, re.compile(rf"^{pattern}$", re.IGNORECASE | re.MULTILINE), by_line=True)


RULES: tuple[Rule, ...] = (
    _rule("reference_legale", r"\b(?:art(?:icles?|\.)|alin[ée]as?|avenants?|d[ée]crets?|lois?|ordonnances?|arr[êe]t[ée])\s(?:n\s?°?\s?)?[LRD]?[.\s]?\d[\d.\-]*(?:\s?(?:,|et|à)\s?[LRD]?\.?\s?\d[\d.\-]*)*"),
    _rule("reference_legale", r"\b[LRD]\s?\.?\s?\d{2,}(?:[.\-]\d+)*(?:\s?\d?\s?[-.]\s?\d+)*"),
    _rule("reference_legale", r"n\s?°\s?\d[\d\-*]*"),
    _rule("reference_legale", r"\bLR-[A-Z]+-\d+/\d{4}|\bSM-\d+", re.NOFLAG),
    _rule("date", rf"\b{JOUR}(?:(?:,\s|-|\s(?:et|au|à)\s(?:le\s)?){JOUR}){{0,4}}\s{MOIS}(?:\s(?:19|20)\d\d)?\b"),
    _rule("date", r"\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b|\b(?:0?[1-9]|1[0-2])/(?:19|20)\d\d\b"),
    _rule("date", r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\s\d{1,2}\b(?!\s?[%€])|\ble\s(?:0?[1-9]|[12]\d|3[01])(?=,\s)"),
    _rule("date", r"\b(?:0?[1-9]|[12]\d|3[01])[/.](?:0?[1-9]|1[0-2])[/.](?:(?:19|20)?\d\d)\b"),
    _rule("date", rf"\b{MOIS}\s(?:/\s{MOIS}\s)?(?:19|20)\d\d\b"),
    _rule("date", r"\b(?:1\s?er|[2-4]\s?[èe](?:me)?)\s(?:semestre|trimestre|quadrimestre)(?:\s(?:19|20)\d\d)?"),
    _rule("heure", r"\b\d{1,2}\s?h(?:\s?\d{2})?(?:-\d{1,2}\s?h\s?\d{0,2})*\b|\b\d{1,2}\s?heures?\b"),
    _rule("heure", r"\b\d\s?j(?:ours)?\s?(?:/|sur)\s?\d\b|\b24h?/24h?\b|\b7j?/7j?\b"),
    _rule("page", r"\bpages?\s\|?\s?\d+(?:\s(?:et|à)\s\d+)*|\bp\.\s?\d+"),
    _line_rule("page", r"([-–—])\s?\d{1,4}\s?\1"),
    _rule("sigle", r"\bcovid\s?-?\s?19\b|\bsars-cov-2\b|\bP0\b"),
    _rule("sigle", r"(?<![\w])(?!x\d)[A-Za-zÀ-ÿ'#]{1,60}[\-‑]?\d+[A-Za-z]*(?:[\-]\d+)?(?!\w)|\b\d+(?![MKHJ]\b)[A-Z]\b|\b[A-Z]\d[A-Z]\b"),
    _rule("rang_de_liste", r"\b\d{1,2}\s?(?:ers?|ères?|[èe]me|ème|nde?|e|è)(?!\w)"),
    _rule("rang_de_liste", r"\b(?:axe|titre|tableaux?|chapitre|volet|niveau|livrables?|catégorie|phase|secteur|opus|saison|stade|étape|annexe|figure|graphique|fiche|indicateur|classe|partie|lot|types?|groupe|zone)s?\s\d{1,3}(?:\.\d{1,2})*(?:(?:,|\set|\sà)\s?\d{1,3})*(?![\d,.]\d|\d|\s\d{3}|\s?[%€])"),
    _rule("telephone", r"\b0\d(?:[\s.-]?\d\d){4}\b|\b36\s?(?:46|08|79|78)\b|\b0\s?8\d\d(?:[\s.]?\d{2,3}){2,3}\b|\+33[\s.]?(?:\(0\)\s?)?\d(?:[\s.]?\d\d){4}\b"),
    _rule("telephone", r"\b(?:num[ée]ro(?:\s(?:court|unique|vert|d'appel))?|t[ée]l(?:[ée]phone|\.)?|au|le|compose[rz](?:\sle)?)\s:?\s?3\d\s?\d\d(?!\s?\d|\s?[%€,.]\d?|\s[a-zà-ÿ]{4,})"),
    _rule("telephone", r"\bcompose[rz]\s(?:le|au)\s\d{2,4}(?:\s(?:ou|et)\s(?:le\s)?\d{2,4})*"),
    _rule("identifiant", r"\b[A-Z][a-zà-ÿ]+[A-Z]\w+\s\d\b|\b[A-Z]{2,6}\s\d(?=[,.;)]|\s(?:et|est|a|sont|ou)\b)", re.NOFLAG),
    _rule("fraction", r"\b[1-9]/[2-9](?=\s(?:des?|du)\s|\sd')"),
    _rule("duree", r"\btemps de lecture\s?:?\s\d+\s?min\w*"),
    _rule("identifiant", r"\b(?:SIRET|SIREN|FINESS|RCS|ISBN|ISSN|NAF|APE|IBAN|TVA)\b(?:\s?(?:n°|:|-))?\s?(?:[A-ZÀ-ÿ]+\s)?[\dA-Z][\d\s\-.]{0,40}\d[A-Z]?\b|\bD[ée]p[ôo]t l[ée]gal\s?:?\s[^.;]{0,20}\d+"),
    _rule("adresse", r"(?:https?://|www\.)\S+|\b[\w.-]{1,64}@[\w.-]{1,255}"),
    _rule("annee", r"(?<![\d,.])(?:19|20)\d\d(?:\s?[/\-–]\s?(?:19|20)?\d\d)?(?!\d|,\d|\s?[€%])"),
    _rule("note", r"\(\d{1,2}\)"),
    _rule("version", r"\bversions?\s\d+(?:\.\d+)*(?:\s(?:à|et)\s\d+(?:\.\d+)+)?|\b\d{1,2}\.\d{1,2}\.\d{1,2}\b"),
    _rule("age_ou_seuil", r"(?<![\d,.])\b(?:de\s|plus\sde\s|moins\sde\s|entre\s)?(?:\d{1,2},\s){0,8}\d{1,2}(?:\s?(?:à|et|ou|-)\s?\d{1,2})?\sans(?:\set\splus|\sinclus|\srévolus)?\b"),
    _rule("adresse", r"\b(?:BP|CS|TSA)\s?\d[\d\s]{0,20}\d\b|\b[Cc][Ee][Dd][Ee][Xx]\s\d+\b|[,–-]\s(?:0[1-9]|[1-9]\d)\s?\d{3}\s(?=[A-ZÉ])", re.NOFLAG),
    _rule("adresse", r"\b\d+\s?(?:bis|ter|quater)?,?\s(?:bis,?\s|ter,?\s)?(?:rue|avenue|av\.|boulevard|bd|place|cours|all[ée]e|chemin|impasse|quai|route|square|esplanade)\b(?!\sdes\s(?:soins|droits))"),
    _rule("adresse", r"\b(?:0[1-9]|[1-9]\d)\d{3}\s[A-Z]{3,}", re.NOFLAG),
    _rule("age_ou_seuil", r"\b(?:pour|sur|par)\s(?:100|1[\s.]?000|10[\s.]?000|100[\s.]?000|1\s?million\sd')(?=\s?(?:habitants?|assur[ée]s|b[ée]n[ée]ficiaires|personnes|naissances|salari[ée]s|femmes|patients|actes|heures))"),
    _rule("age_ou_seuil", r"\b(?:au moins|plus d'|moins d')\s?\d{1,2}(?=\s(?:fois|jour|heure|enfants?)\b)|\b\d{1,2}\sfois\s(?:par|sur|dans)\b"),
    _rule("nom_propre", r"\b1\s?000\s(?:premiers\s)?jours\b|\b(?:ISO|NF|EN|RFC|Windows|Office|Agenda|Horizon|Cap|Centre|ELSM|AIDA|Lyon|Paris|Paris\s|Bordeaux|Lille)\s?\d[\d:-]*(?:-[A-ZÉ]\w+)?(?!\s?[%€\d])|\b\w+\s(?:USB|jack)\s\d(?:[.,]\d)?\s?(?:mm)?|\b\d+(?:[.,]\d+)?\s?mm\b"),
    _rule("nom_propre", r"\b100\s?%\s?(?:sant[ée]|optique|dentaire|audio\w*)\b|\b3\sminutes\sentreprises?\b"),
    _rule("rang_de_liste", r"\b\d{1,2}\s(?:(?:grand|principa|nouve|strat[ée]gique|premi[eè]re?|derni[eè]re?|bon)\w*\s)?(?:axes?|mots|r[ée]flexes|principes?|piliers?|volets?|[ée]tapes?|situations?|th[èe]mes|domaines|ambitions|enjeux|orientations|priorit[ée]s|formes|valeurs|engagements|dimensions|leviers|temps)\b"),
    _rule("duree", r"\b\d{1,3}(?:,\d)?(?:\s(?:à|et|ou)\s\d{1,3})?\s(?:derniers?\s|premiers?\s|prochains?\s)?(?:mois|semaines|trimestres|semestres|secondes)\b"),
    _rule("duree", r"\b(?:moins|plus|au-del[àa]|dans les|sous|pendant|durant|depuis)\s(?:de\s|les\s)?\d{1,3}\s(?:jours|mois|semaines|heures)\b(?:\spr[ée]c[ée]dents)?"),
)


#: How far from a digit a rule may begin or end.
_REACH = 60
_DIGITS = re.compile(r"\d+")


def claims(flat: str, text: str) -> list[tuple[int, int, str]]:
    """Spans set aside by the rules as ``(start, end, motif)``, most binding rule first.

    ``flat`` and ``text`` are the two forms of folded text, of equal length: a span means the same place in both.
    """
    windows = _windows(flat)
    return [
        (m.start(), m.end(), rule.motif)
        for rule in RULES for start, end in windows for m in rule.pattern.finditer(text if rule.by_line else flat, start, end)
    ]


def _windows(flat: str) -> list[tuple[int, int]]:
    """The stretches of text around digits, cut at blanks, neighbouring ones merged: nothing else concerns a rule."""
    windows: list[tuple[int, int]] = []
    for digits in _DIGITS.finditer(flat):
        start = max(flat.rfind(" ", 0, max(0, digits.start() - _REACH)) + 1, 0)
        stop = flat.find(" ", digits.end() + _REACH)
        end = stop if stop >= 0 else len(flat)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows
