"""The rules that set printed numbers aside, in the order in which they are tried: one readable place, for any
report.

A rule has a name, a reason (``motif`` of the ledger), a pattern and how sure it is. Every digit inside a
match takes the reason, unless a template read it first. Two laws hold for all rules: none takes a part of a
number and leaves the rest, and none takes a figure that carries a unit, unless the rule is about such figures
(``unit``: ages, times of day, durations of a law). What no rule and no template takes remains ``a_relever``;
what is set aside with little certainty is shown for review.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from orchestration.notation.folding import plain
from orchestration.notation.lexicon import pattern
from orchestration.notation.tokens import Quantity, quantities

#: Below this, a number that was set aside is shown for review.
DOUBTFUL = 0.7
_DAY = r"(?:1\s?er|0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
#: What follows a count of five digits, and no postal code.
_COUNTED = pattern(r"\d{5}\s(?:(?:nouve|premi|derni)\w+\s)?(?:{comptes}|{unites})")


@dataclass(frozen=True, slots=True)
class SetAsideRule:
    """``certainty`` is between 0 and 1; ``near`` are small words of which one must stand near digits (none:
    no word is asked for).

    ``leads``: where a match may begin, so that a search costs little: ``words`` (near one of ``near``),
    ``start`` (at one of them), ``digits`` (at the first digit of a run), ``behind`` (right after its last
    one), ``glued`` (at a word that runs into digits). Patterns read plain text (no case, no accents; a line
    end is a blank); ``cased`` ones read it with its capitals, ``lines`` ones with its line ends. ``unit``:
    the figures taken may carry a unit. ``whole``: a number of which the pattern takes a part is taken whole,
    as the rest of a reference; other rules then leave all of it. Of a pattern with a group ``base`` only
    this is taken. A match is none where ``but`` matches the plain text at its beginning.
    """

    name: str
    motif: str
    pattern: re.Pattern[str]
    certainty: float = 0.95
    near: tuple[str, ...] = ()
    reads: str = "plain"
    unit: bool = False
    whole: bool = False
    leads: str = "words"
    but: re.Pattern[str] | None = None


class Claim(NamedTuple):
    """Characters of folded text that a rule sets aside."""

    start: int
    end: int
    motif: str
    rule: str
    certainty: float


def _rule(
    name: str, motif: str, text: str, near: str = "", certainty: float = 0.95, **flags: Any
) -> SetAsideRule:
    return SetAsideRule(
        name, motif, pattern(text), certainty, tuple(near.split("|")) if near else (), "plain", **flags
    )


def _cased(
    name: str, motif: str, text: str, near: str = "", certainty: float = 0.95, **flags: Any
) -> SetAsideRule:
    return SetAsideRule(
        name, motif, pattern(text), certainty, tuple(near.split("|")) if near else (), "cased", **flags
    )


def _lines(
    name: str, motif: str, text: str, near: str = "", certainty: float = 0.95, **flags: Any
) -> SetAsideRule:
    compiled = re.compile(pattern(text).pattern, re.MULTILINE)
    return SetAsideRule(
        name, motif, compiled, certainty, tuple(near.split("|")) if near else (), "lines", **flags
    )


RULES: tuple[SetAsideRule, ...] = (
    # Numbers of persons, bodies, accounts and lines: never figures, whatever stands around.
    _cased(
        "iban",
        "identifiant",
        r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,4})?\b",
        whole=True,
        unit=True,
        leads="glued",
    ),
    _rule(
        "nir",
        "identifiant",
        r"(?<!\d)(?<!\d[ .,])[1278] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[ab]) ?\d{3} ?\d{3} "
        r"?\d{2}(?!\d)",
        whole=True,
        leads="digits",
    ),
    _rule(
        "nir_nomme",
        "identifiant",
        r"(?:\bnir|securite sociale|\bnss)\b[ :n°]{0,8}[1278][\d ]{12,20}\d",
        "nir|securite|nss",
        whole=True,
        leads="start",
    ),
    _rule(
        "siret_sans_nom",
        "identifiant",
        r"(?<!\d)(?<!\d[ .,])\d{3} ?\d{3} ?\d{3} \d{5}(?! ?\d)",
        certainty=0.8,
        whole=True,
        leads="digits",
    ),
    _rule(
        "identifiant_nomme",
        "identifiant",
        r"\b(?:siret|siren|finess|rcs|isbn|issn|naf|ape|iban|tva|bic)\b(?:\s?(?:n°|:|-))?\s?(?:[a-z]+\s)?[\da-z][\d\s\-.]{0,40}\d[a-z]?\b"
        r"|\bdepot legal\s?:?\s[^.;]{0,20}\d+",
        "siret|siren|finess|rcs|isbn|issn|naf|ape|iban|tva|bic|depot",
        whole=True,
        unit=True,
        leads="start",
    ),
    _rule(
        "compte_bancaire",
        "identifiant",
        r"\bcomptes?(?:\s(?:bancaires?|courants?))?\s?(?:n\s?°\s?|numero\s|:\s?)?(?:\d{4,5}\s?){3,}\d{1,4}\b",
        "compte",
        whole=True,
        leads="start",
    ),
    # References: a part of one is never a figure.
    _rule(
        "article",
        "reference_legale",
        r"\b(?:art(?:icles?|\.)|alineas?|avenants?|decrets?|lois?|ordonnances?|arretes?)\s(?:n\s?°?\s?)?[lrd]?[.\s]?\d[\d.\-]*"
        r"(?:\s?(?:,|et|a)\s?[lrd]?\.?\s?\d[\d.\-]*)*",
        "article|art.|alinea|avenant|decret|loi |lois |ordonn|arrete",
        leads="start",
    ),
    _rule(
        "article_lettre",
        "reference_legale",
        r"[lrd](?<!\w.)(?<!\bn\..)(?<!\bn\.\s.)\s?\.?\s?\d{2,}(?:[.\-]\d+)*(?:\s?\d?\s?[-.]\s?\d+)*",
    ),
    _rule(
        "numero",
        "reference_legale",
        r"n\s?°\s?\d[\d*]*(?:(?:\s/\s|[/.-])\d+)*\*?-?",
        "°",
        whole=True,
        unit=True,
    ),
    _rule(
        "reference_datee",
        "reference_legale",
        rf"\b(?:dossiers?|marche|courrier|contrat|reference|convention)\s{_YEAR}[-/]\d+(?:[-/]\d+)*"
        r"|\bref(?:erences?|\.)\s?:?\s?\d+(?:[/.-]\d+)*[/.-]\w+",
        "dossier|march|courrier|contrat|ref|convention",
        whole=True,
        leads="start",
    ),
    _cased("lettre_reseau", "reference_legale", r"\bLR-[A-Z]+-\d+/\d{4}|\bSM-\d+", "lr-|sm-", leads="start"),
    # Dates and times.
    _rule(
        "jour_et_mois",
        "date",
        rf"\b{_DAY}(?:(?:,\s|-|\s(?:et|au|a)\s(?:le\s)?){_DAY}){{0,4}}\s{{mois}}(?:\.?\s{_YEAR})?\b",
        leads="digits",
    ),
    _rule(
        "date_iso",
        "date",
        rf"\b{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b|\b(?:0?[1-9]|1[0-2])/{_YEAR}\b",
        leads="digits",
    ),
    _rule(
        "jour_de_semaine",
        "date",
        r"\b{semaine}\s\d{1,2}\b(?!\s?[%€])|\ble\s(?:0?[1-9]|[12]\d|3[01])(?=,\s)",
        "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
        "|le 0|le 1|le 2|le 3|le 4|le 5|le 6|le 7|le 8|le 9",
        leads="start",
    ),
    _rule(
        "jour_barre",
        "date",
        r"\b(?:0?[1-9]|[12]\d|3[01])[/.](?:0?[1-9]|1[0-2])[/.](?:(?:19|20)?\d\d)\b"
        rf"|(?<!\d-)\b(?:0[1-9]|[12]\d|3[01])-(?:0[1-9]|1[0-2])-{_YEAR}\b",
        leads="digits",
    ),
    _rule(
        "jour_barre_sans_annee",
        "date",
        r"\b(?:le|du|au|prochaine?)\s(?:0?[1-9]|[12]\d|3[01])/(?:0[1-9]|1[0-2]|[1-9])\b(?!\s?(?:[%€/]|1000))"
        r"|\bau\s(?:3[01]|0?1)\.(?:0[1-9]|1[0-2])\b(?!\s?[%€]|[.,]\d)",
        "/|au 31.|au 30.|au 1.|au 01.",
        0.85,
    ),
    _rule(
        "mois_et_annee",
        "date",
        rf"\b{{mois}}\s(?:/\s{{mois}}\s)?{_YEAR}\b",
        "jan|fev|mars |avr|mai |juin |juil|aout|sept|oct|nov|dec",
        leads="start",
    ),
    _rule(
        "partie_d_annee",
        "date",
        rf"\b(?:1\s?er|[2-4]\s?(?:e|eme))\s(?:semestre|trimestre|quadrimestre)(?:\s{_YEAR})?",
        leads="digits",
    ),
    _rule(
        "heure",
        "heure",
        r"\b\d{1,2}\s?h(?:\s?\d{2})?(?:-\d{1,2}\s?h\s?\d{0,2})*\b|\b\d{1,2}\s?heures?\b",
        unit=True,
        leads="digits",
    ),
    _rule(
        "heure_deux_points",
        "heure",
        r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])(?!\s?%)",
        certainty=0.9,
        leads="digits",
    ),
    _rule(
        "jours_ouverts",
        "heure",
        r"\b\d\s?j(?:ours)?\s?(?:/|sur)\s?\d\b|\b24\s?h?\s?/\s?24\s?h?\b|\b7\s?j?\s?/\s?7\s?j?\b",
        unit=True,
        leads="digits",
    ),
    _rule(
        "page",
        "page",
        r"\bpages?\s\|?\s?\d+(?:\s?/\s?\d+|(?:\s(?:et|a)\s\d+)*)|\bp\.\s?\d+",
        "page|p.",
        leads="start",
    ),
    _lines("page_entre_tirets", "page", r"^([-–—])\s?\d{1,4}\s?\1$"),
    _lines(
        "page_sur_pages",
        "page",
        r"^[ \v\t]*(?:(?:rapport|bilan|page)[ \v]\d{1,3} ?/ ?|\d{1,3} ?/ ?(?!100[ \v\t]*$))\d{1,3}[ \v\t]*$",
        "/",
        0.85,
    ),
    # Names that hold digits.
    _rule(
        "covid",
        "sigle",
        r"\bcovid\s?-?\s?19\b|\bsars-cov-2\b|\bp0\b",
        "covid|sars|p0",
        whole=True,
        leads="start",
    ),
    _lines(
        "mot_et_chiffre",
        "sigle",
        r"(?<![\w'])(?!x\d)[a-z\u00df-\u00ff#]{1,60}-?\d+[a-z]*(?:-\d+)?(?!\w)(?!,\d| "
        r"\d{3}(?!\d))|(?<![\w'])[a-z]\d[a-z]\b"
        r"|(?<=d')[a-z]{2,60}\d+(?!\w)",
        leads="glued",
    ),
    _cased("chiffre_et_capitale", "sigle", r"\b\d+(?![MKHJ]\b)[A-Z]\b", leads="digits"),
    _cased(
        "codes_de_sites",
        "sigle",
        r"([A-Z](?<!\w.)[A-Z]{1,4})\s\d{1,4}(?:(?:,\s|\set\s|\sou\s|;\s|\s-\s)\1\s\d{1,4})+\b",
        certainty=0.85,
    ),
    _rule(
        "rang_de_champ",
        "rang_de_liste",
        r"(?<=\d)\s?(?:er?|re|eme|ieme)\s(?:{rang}\s(?:nationa\w+\s|regiona\w+\s)?)?"
        r"(?:sur(?:\sl(?:es)?)?|(?<=rang\s)des|(?<=place\s)des|parmi\sles)\s\d{1,3}\b(?!\s\d{3}|\s?[%€])",
        certainty=0.85,
        leads="behind",
    ),
    _rule(
        "base_d_une_enquete",
        "age_ou_seuil",
        r"\bn\s?=\s?\d{1,3}(?:[ .]?\d{3})*(?![\d,%])",
        "n=|n =",
        0.85,
    ),
    _rule(
        "rang",
        "rang_de_liste",
        r"\b\d{1,2}\s?(?:ers?|e?res?|[ei]eme|eme|nde?|e)(?!\w)(?!\s(?:{rang}\s)?sur\s\d)",
        leads="digits",
    ),
    _lines(
        "rang_de_liste",
        "rang_de_liste",
        r"\b(?:axe|titre|tableaux?|chapitre|volet|niveau|livrables?|categorie|phase|secteur|opus|saison|stade|etape|annexe|figure|graphique|fiche"
        r"|indicateur|classe|partie|lot(?!s?\v)|types?|groupe|zone)s?[ \n\v]\d{1,3}(?:\.\d{1,2})*"
        r"(?:(?:,|\set|\sa)\s?\d{1,3})*(?![\d,.]\d|\d|\s\d{3}|\s?[%€]|\s?(?:er?|re|eme|ieme)\b)",
        "axe|titre|tableau|chapitre|volet|niveau|livrable|categorie|phase|secteur|opus|saison|stade|etape|annexe|figure|graphique|fiche|indicateur|classe|partie|lot|type|groupe|zone",
        leads="start",
    ),
    # Telephone numbers.
    _rule(
        "telephone",
        "telephone",
        r"\b0\d(?:[\s.-]?\d\d){4}\b|\b36\s?(?:46|08|79|78)\b|\b0\s?8\d\d(?:[\s.]?\d{2,3}){2,3}\b"
        r"|(?<=\+)33[\s.]?(?:\(0\)\s?)?\d(?:[\s.]?\d\d){4}\b",
        whole=True,
        leads="digits",
    ),
    _rule(
        "prix_d_un_appel",
        "telephone",
        r"\b\d(?:[.,]\d+)?\s?(?:€|ct|cts|centimes?)\s?(?:ttc\s?)?(?:/|par\s|la\s)\s?(?:min\b|minute|appel)",
        "€|ct|centime",
        unit=True,
    ),
    _rule(
        "numero_court",
        "telephone",
        r"\b(?:numero(?:\s(?:court|unique|vert|d'appel))?|tel(?:ephone|\.)?|contact(?:er|ez)?|(?:joindre|appele[rz])(?:\sle)?|au|le|compose[rz](?:\sle)?)\s:?\s?3\d\s?\d\d"
        r"(?!\s?\d|\s?[%€]|[,.]\d|\s[a-z\u00df-\u00ff]{4,})",
        "numero|tel|contact|joindre|appele|compose|au 3|au :|au  3|le 3|le :|le  3",
        leads="start",
    ),
    _rule(
        "numero_a_composer",
        "telephone",
        r"\bcompose[rz]\s(?:le|au)\s\d{2,4}(?:\s(?:ou|et)\s(?:le\s)?\d{2,4})*",
        "compose",
        leads="start",
    ),
    _cased(
        "nom_de_produit",
        "identifiant",
        r"[A-Z](?<!\w.)(?:[a-zà-ÿ]+[A-Z]\w+\s\d\b|[A-Z]{1,5}\s\d(?=[,.;)](?!\d)|\s(?:et|est|a|sont|ou)\b))",
        certainty=0.65,
    ),
    _lines(
        "credits_photographiques",
        "identifiant",
        r"\b(?:credits?\s(?:photos?|photographi\w+|images?|visuels?)|photos?\s?(?::|©)|©)[^.;\n\d]{0,40}"
        r"(?:[ #_-]\d{2,}(?:,[ \v](?:[^.;,\n\d]{1,30}[ #])?\d{2,})*)(?!,\d|[ \v]?\d|[ \v]?[%€])"
        r"|\b(?:stock\s?photos?|adobe\s?stock|i-?stock(?:photo)?|shutter\s?stock|getty(?:\simages)?|fotolia|depositphotos|alamy)"
        r"[ #_:n°/-]{1,4}\d{2,}",
        "credit|photo|©|stock|getty|fotolia|alamy",
        whole=True,
    ),
    _rule(
        "studio",
        "nom_propre",
        r"\b(?:credits?(?:\s\w+)?|photo\w*|conception(?:\s\w+){0,3}|realisation(?:\s\w+){0,3}|maquette"
        r"|mise en pages?|illustrations?|creation(?:\s\w+)?)\s?:\s(?:[^.;:\d]{0,40}\s)?"
        r"(?:studio|agence|atelier|collectif|imprimerie)\s\d{1,4}(?!\s\w*s\b|\s?\d)",
        "studio|agence|atelier|collectif|imprimerie",
    ),
    _rule("fraction", "fraction", r"\b[1-9]/[2-9](?=\s(?:des?|du)\s|\sd')", leads="digits"),
    _rule(
        "sur_tant",
        "fraction",
        r"(?<![\d,.])\b(?:\d(?:,\d+)?|10|\d\d?(?:,\d+)?(?=\s?(?:/|sur)\s?(?:20|100)\b))\s?"
        r"(?:/\s?|(?:(?!points|repart)[^\W\d]+['\s]){0,4}?sur\s)(?P<base>[2-9]|10|20|100)\b"
        r"(?!\s?(?:\d|[%€/])|[.,]\d|\s[^\W\d]{2,}[sx]\b)",
        certainty=0.65,
        leads="digits",
    ),
    _rule(
        "tirage",
        "identifiant",
        r"(?:tirage|imprime|edite)[^.;\d]{0,40}\s\d{1,3}(?:\s?\d{3})?\sexemplaires\b",
        "tirage|imprime|edite",
        0.85,
        leads="start",
    ),
    _rule(
        "temps_de_lecture",
        "duree",
        r"\btemps de lecture\s?:?\s\d+\s?min\w*",
        "temps de lecture",
        unit=True,
        leads="start",
    ),
    _rule(
        "adresse_electronique",
        "adresse",
        r"(?:https?://|www\.)\S+|\b[\w.-]{1,64}@[\w.-]{1,255}",
        "http|www|@",
        whole=True,
        unit=True,
    ),
    _lines(
        "annee",
        "annee",
        rf"(?<![\d,.]){_YEAR}(?:[ \v]?[/–-][ \v]?(?:19|20)?\d\d|[/–-]\n(?:19|20)?\d\d)?(?!\d|,\d|\s?[€%])",
        leads="digits",
    ),
    _lines("note", "note", r"(?<![\v\t])\(\d{1,2}\)(?![\v\t]+\()", "(", 0.65, leads="start"),
    _rule(
        "version",
        "version",
        r"\bversions?\s\d+(?:\.\d+)*(?:\s(?:a|et)\s\d+(?:\.\d+)+)?|\b\d{1,2}\.\d{1,2}\.\d{1,2}\b|\bv\d+(?:\.\d+)+",
        "version|.0|.1|.2|.3|.4|.5|.6|.7|.8|.9",
        whole=True,
    ),
    _rule(
        "age",
        "age_ou_seuil",
        r"(?<![\d,.])\b(?:\d{1,2},\s){0,8}\d{1,2}(?:\s?(?:a|et|ou|-)\s?\d{1,2})?\sans(?:\set\splus|\sinclus|\srevolus)?\b",
        unit=True,
        leads="digits",
    ),
    # Addresses.
    _cased(
        "boite_postale",
        "adresse",
        r"\b(?:BP|CS|TSA)\s?\d[\d\s]{0,20}\d\b|\b[Cc][Ee][Dd][Ee][Xx]\s\d+\b",
        "bp|cs|tsa|cedex",
        leads="start",
    ),
    _cased(
        "code_postal",
        "adresse",
        r"(?<=[,–-]\s)(?:0[1-9]|[1-9]\d)\d{3}\s(?=[A-ZÉÈÎ])",
        certainty=0.85,
        leads="digits",
        but=_COUNTED,
    ),
    _cased(
        "code_postal_apres_la_rue",
        "adresse",
        r"\b(?i:rue|avenue|av\.|boulevard|bd|place|cours|allée|chemin|impasse|quai|route|square|esplanade|cedex)\b[^\n.;]{1,60}[,–-]\s(?:0[1-9]|[1-9]\d)\s?\d{3}\s(?=[A-ZÉÈÎ])",
        "rue|avenue|av.|boulevard|bd|place|cours|allee|chemin|impasse|quai|route|square|esplanade|cedex",
    ),
    _rule(
        "code_postal_nomme",
        "adresse",
        r"\b(?:code postal|cp)\s?:?\s(?:0[1-9]|[1-9]\d)\s?\d{3}\b",
        "code postal|cp",
        leads="start",
    ),
    _rule(
        "batiment",
        "adresse",
        r"\b(?:batiments?|bat\.|immeuble|escalier|porte|bureau|salle|hall)\s(?:n\s?°\s?)?\d{1,3}\b"
        r"(?!\s?[%€\d]|[.,]\d|\s[^\W\d]{3,})",
        "batiment|bat.|immeuble|escalier|porte|bureau|salle|hall",
        0.65,
        leads="start",
    ),
    _rule(
        "rue",
        "adresse",
        r"\b\d+\s?(?:bis|ter|quater)?,?\s(?:bis,?\s|ter,?\s)?(?:rue|avenue|av\.|boulevard|bd|place|cours|allee|chemin|impasse|quai|route|square|esplanade)\b(?!\sdes\s(?:soins|droits))",
        leads="digits",
    ),
    _cased(
        "code_postal_et_ville",
        "adresse",
        r"\b(?:0[1-9]|[1-9]\d)\d{3}\s[A-Z]{3,}",
        certainty=0.85,
        leads="digits",
        but=_COUNTED,
    ),
    # Bases, thresholds, lists of things that a text counts for itself.
    _rule(
        "base_d_un_taux",
        "age_ou_seuil",
        r"\b(?:pour|sur|par)\s(?:100|1[\s.]?000|10[\s.]?000|100[\s.]?000|1\s?million\sd')(?=\s?(?:habitants?|assures|beneficiaires|personnes|naissances|salaries|femmes|patients|actes|heures|enfants|menages|foyers))"
        r"|\b(?:taux|densite|ratio|incidence)\s(?:[^\W\d]+\s){0,4}pour\s(?:1[\s.]?000|10[\s.]?000|100[\s.]?000)\b"
        r"(?!\s?(?:€|euros?|%))",
        "100|1 000|1000|10 000|10000|1.000|10.000|million d",
        unit=True,
    ),
    _rule(
        "seuil",
        "age_ou_seuil",
        r"\b(?:au moins|plus d'|moins d'|a "
        r"partir de)\s?\d{1,2}(?=\s(?:fois|jours?|heures?|enfants?)\b)|\b\d{1,2}\sfois\s(?:par|sur|dans)\b",
        "au moins|plus d'|moins d'|a partir de|fois",
        unit=True,
    ),
    _rule("mille_jours", "nom_propre", r"\b1\s?000\s(?:premiers\s)?jours\b", unit=True, leads="digits"),
    _cased(
        "norme",
        "nom_propre",
        r"(?:(?<=\bISO\s|\bRFC\s)|(?<=\bISO|\bRFC|\bNF\s|\bEN\s)|(?<=\bNF|\bEN))"
        r"\d[\d:-]*(?:-[A-ZÉ]\w+)?(?!\s?[%€\d])",
        whole=True,
        leads="digits",
    ),
    _rule(
        "nom_et_chiffre",
        "nom_propre",
        r"\b(?:windows|office|agenda|horizon|cap|centre|elsm|aida|lyon|paris|bordeaux|lille)\s?\d[\d:-]*(?!\s?[%€\d]|[,.]\d)",
        "windows|office|agenda|horizon|cap|centre|elsm|aida|lyon|paris|bordeaux|lille",
        0.65,
        leads="start",
    ),
    _rule(
        "prise",
        "nom_propre",
        r"\b\w+\s(?:usb|jack)\s\d(?:[.,]\d)?\s?(?:mm)?|\b\d+(?:[.,]\d+)?\s?mm\b",
        "usb|jack|mm",
    ),
    _rule(
        "nom_de_programme",
        "nom_propre",
        r"\b100\s?%\s?(?:sante|optique|dentaire|audio\w*)\b|\b3\sminutes\sentreprises?\b",
        "100|minutes",
        unit=True,
    ),
    _rule(
        "liste_annoncee",
        "rang_de_liste",
        r"\b\d{1,2}\s(?:(?:grand|principa|nouve|strategique|premiere?|derniere?|bon)\w*\s)?(?:axes?|mots|reflexes|principes?|piliers?|volets?|etapes?|situations?|themes"
        r"|domaines|ambitions|enjeux|orientations|priorites|formes|valeurs|engagements|dimensions|leviers|temps)\b|(?<=\ben\s)[1-5]\s(?:rendez-vous|clics?)\b",
        certainty=0.65,
        leads="digits",
    ),
    _rule(
        "delai_de_la_regle",
        "reference_legale",
        r"\bdelais?\s(?:reglementaires?|lega(?:l|ux)|maxim\w+|contractuels?|impartis?)\s(?:(?:est\s)?de\s|fixes?\sa\s)"
        r"\d{1,3}\s(?:jours|mois|semaines|heures|minutes)\b",
        "delai",
        0.65,
        unit=True,
    ),
    _rule(
        "duree",
        "duree",
        r"\b\d{1,3}(?:,\d)?(?:\s(?:a|et|ou)\s\d{1,3})?\s(?:derniers?\s|premiers?\s|prochains?\s)?(?:mois|semaines|trimestres|semestres|secondes)\b",
        certainty=0.65,
        unit=True,
        leads="digits",
    ),
    _rule(
        "duree_bornee",
        "duree",
        r"\b(?:moins|plus|au-dela|dans "
        r"les|sous|pendant|durant|depuis)\s(?:de\s|les\s)?\d{1,3}\s(?:jours|mois|semaines|heures)\b(?:\sprecedents)?",
        "jours|mois|semaines|heures",
        0.65,
        unit=True,
    ),
)

#: How far from a digit a rule may begin or end.
_REACH = 60
_DIGITS = re.compile(r"\d+")
_CHAIN = re.compile(r"(?:[./-]?\d){1,40}")


@lru_cache(maxsize=1)
def claims(flat: str, text: str) -> tuple[Claim, ...]:
    """What the rules set aside, most binding rule first.

    ``flat`` and ``text`` are the two forms of folded text, of equal length: a place means the same in both.
    The last answer is kept: the ledger of a template and the second reader ask about the same document.
    """
    lines = plain(text)
    places = _Places(lines.replace("\n", " ").replace("\v", " ").replace("\t", " "))
    read = {"plain": places.words, "cased": flat, "lines": lines}
    numbers = _Numbers(text)
    found = []
    for rule in RULES:
        for match in places.matches(rule, read[rule.reads]):
            if rule.but and rule.but.match(places.words, match.start()):
                continue
            if span := numbers.lawful(rule, *match.span("base" if "base" in match.re.groupindex else 0)):
                found.append(Claim(*span, rule.motif, rule.name, rule.certainty))
    return tuple(found)


#: All rules led by digits at once, by what they read: most numbers are figures, and none of these rules'
#: business.
_LED = {
    reads: re.compile(
        "|".join(
            f"(?:{rule.pattern.pattern})" for rule in RULES if rule.leads == "digits" and rule.reads == reads
        ),
        re.MULTILINE if reads == "lines" else 0,
    )
    for reads in ("plain", "cased", "lines")
}


class _Places:
    """Where matches of rules may begin: around digits, at digits, near a word or at it, at a word that runs
    into digits.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        spans = [m.span() for m in _DIGITS.finditer(words)]
        self._starts, self._ends = [start for start, _ in spans], [end for _, end in spans]
        self.windows = list(self._merged(self._starts, _REACH))
        self._led: dict[str, list[int]] = {}
        self._near: dict[str, list[int]] = {}
        self._joined = _one_byte("\0".join(words[start:end] for start, end in self.windows))
        self._offsets = list(accumulate((end - start + 1 for start, end in self.windows), initial=0))
        self._glued = [at for at in self._starts if at and (words[at - 1].isalpha() or words[at - 1] in "-#")]

    def matches(self, rule: SetAsideRule, text: str) -> Iterator[re.Match[str]]:
        if rule.leads == "digits":
            match = rule.pattern.match
            yield from [found for at in self._led_by(rule.reads, text) if (found := match(text, at))]
            return
        if rule.leads == "behind":
            yield from filter(None, (rule.pattern.match(text, at) for at in self._ends))
            return
        if rule.leads == "start":
            yield from self._at_words(rule, text)
            return
        for start, end in self._stretches(rule):
            yield from rule.pattern.finditer(text, start, end)

    def _at_words(self, rule: SetAsideRule, text: str) -> Iterator[re.Match[str]]:
        """The matches that begin at one of the words of a rule, none within another."""
        match, done = rule.pattern.match, 0
        for at in self._places_of(rule):
            if at >= done and (found := match(text, at)):
                yield found
                done = found.end()

    def _led_by(self, reads: str, text: str) -> list[int]:
        """The runs of digits at which any rule that reads this form of the text matches."""
        if reads not in self._led:
            match = _LED[reads].match
            self._led[reads] = [at for at in self._starts if match(text, at)]
        return self._led[reads]

    def _stretches(self, rule: SetAsideRule) -> Iterable[tuple[int, int]]:
        if rule.leads == "glued":
            return self._merged(self._glued, _REACH)
        if not rule.near:
            return self.windows
        return self._merged(self._places_of(rule), 2 * _REACH)

    def _places_of(self, rule: SetAsideRule) -> list[int]:
        """The places of the words of a rule that lie near digits, in order."""
        return sorted({at for word in rule.near for at in self._hits(word)})

    def _hits(self, word: str) -> list[int]:
        """The places of a word that lie near digits."""
        if word not in self._near:
            found, offsets = _finds(self._joined, _one_byte(word)), self._offsets
            ranks = ((at, bisect_right(offsets, at) - 1) for at in found)
            self._near[word] = [self.windows[rank][0] + at - offsets[rank] for at, rank in ranks]
        return self._near[word]

    def _merged(self, places: Iterable[int], reach: int) -> Iterator[tuple[int, int]]:
        """The stretches of text around places, cut at blanks, neighbouring ones merged."""
        low = high = -1
        for at in places:
            if at + reach <= high:
                continue
            start = self.words.rfind(" ", 0, max(0, at - reach)) + 1
            stop = self.words.find(" ", at + reach)
            stop = stop if stop >= 0 else len(self.words)
            if start > high >= 0:
                yield low, high
                low = start
            low, high = (start if low < 0 else low), stop
        if high >= 0:
            yield low, high


def _one_byte(text: str) -> bytes:
    """A text in a byte a character, which is searched twice as fast: letters that have none become ``?``, by
    which no search begins."""
    return text.encode("cp1252", "replace")


def _finds(text: bytes, word: bytes) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


class _Numbers:
    """The numbers of a text, for the two laws: what a rule takes of a number, and whether it
    carries a unit. They are read where a rule asks for them.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[int, list[tuple[int, int, Quantity]]] = {}

    def lawful(self, rule: SetAsideRule, start: int, end: int) -> tuple[int, int] | None:
        """The span that a rule may take of what its pattern matched: a whole number, or nothing of it."""
        end = self._end_of_chain(end)
        for begin, stop, quantity in self._overlapping(start, end):
            if quantity.unit and quantity.unit != "rang" and not rule.unit:
                return None
            if rule.whole:
                start, end = min(start, begin), max(end, stop)
            elif begin < start or stop > end:
                return None
        return start, end

    def _end_of_chain(self, end: int) -> int:
        """The end of digits joined by points, bars and dashes of which the last one is taken: a part of a
        reference is none.
        """
        if not end or not self._text[end - 1].isdigit():
            return end
        chain = _CHAIN.match(self._text, end)
        return chain.end() if chain else end

    def _overlapping(self, start: int, end: int) -> Iterator[tuple[int, int, Quantity]]:
        begin = self._text.rfind("\n", 0, start) + 1
        while 0 <= begin < end:
            yield from ((a, b, q) for a, b, q in self._of_line(begin) if a < end and b > start)
            begin = self._text.find("\n", begin) + 1 or end

    def _of_line(self, begin: int) -> list[tuple[int, int, Quantity]]:
        """The numbers of the line that begins at a place."""
        if begin not in self._known:
            end = self._text.find("\n", begin)
            read = quantities(self._text[begin : end if end >= 0 else len(self._text)])
            self._known[begin] = [(q.digits_start + begin, q.digits_end + begin, q) for q in read]
        return self._known[begin]
