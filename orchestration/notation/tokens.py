"""The numbers of a running text, each with what belongs to it: sign, decimals, multiplier, unit, rounding
half-width.

A token's value exists by construction: what the grammar refuses is no token, and none of its digits begins
another. Reads the often damaged print of converted documents (``loose``: two or three blanks inside a
number), amounts in letters (``deux millions d'euros``), ranks (``12e sur 101``), factors
(``multiplié par 4``), durations, currencies before or after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from orchestration.notation.folding import plain
from orchestration.notation.lexicon import lexicon, meaning, pattern, words
from orchestration.notation.numbers import (
    MAX_DIGITS,
    NotANumber,
    digits_value,
    half_width,
    power,
    rounding_of_zeros,
)

_GROUPS = r"\d{1,3}(?:\.\d{3}(?!\d))+|\d{1,3}(?:'\d{3}(?!\d))+|\d+"
_STRICT = rf"\d{{1,3}}(?: \d{{3}}(?!\d))+|{_GROUPS}"
#: As in a sentence, where two or three blanks may stand inside a number.
_LOOSE = rf"\d{{1,3}}(?: {{1,3}}\d{{3}}(?!\d))+|{_GROUPS}"
_BLANKS = re.compile(r" +")
_MONEY_AFTER = (
    r"(?=\s?(?:(?:k|mds?|mrds?|m|millions?(?:\sd'|\s)|milliards?(?:\sd'|\s)"
    r"|milliers\sd')?\s?(?:€|eur(?:os?)?(?!\w))))"
)
_SUFFIX = (
    rf"(?P<close>[ \t\v]?\){_MONEY_AFTER})?"
    r"(?P<suffix>[ \t\v]?/[ \t\v]?(?P<per>1[ .]?000|10[ .]?000)(?![\d/])"
    r"|[ ](?:pour|sur)[ ](?P<base>[\d#]{1,2}[ .]?(?:000|###))(?=[ "
    r"](?:habitants|assures|beneficiaires|personnes|salaries|naissances|contrats))|[ \t\v]*(?:"
    r"(?P<multiplier>(?:milliers?|millions?|milliards?|mille(?!\s\d)|mds?|mrds?|m(?!')|k)(?![a-z\u00b2\u00b3\d#])"
    r"|(?:mds?|mrds?|m|k)(?=(?:eur|usd|chf)(?!\w))))?"
    rf"(?:[ \t\v]*(?:d'[ \t\v]*|de\s+)?(?P<unit>{words('unites')}))?)"
)
_FRONT = rf"(?P<front>(?<!\w){words('monnaies_avant')}[ \t\v]?)?"
_SIGN = r"(?P<sign>[-+\u2212–] ?)?"


def _compiled(digits: str) -> re.Pattern[str]:
    return re.compile(
        rf"{_FRONT}{_SIGN}(?<!\d)(?<!\d[.,])(?P<digits>(?>(?:{digits})(?:,\d+|\.\d+)?))(?![.,]\d){_SUFFIX}"
    )


_TOKEN, _LOOSE_TOKEN = _compiled(_STRICT), _compiled(_LOOSE)
_DIGIT, _RUN = re.compile(r"\d"), re.compile(r"\d+")
#: Characters of a line whose numbers are kept.
MAX_KEPT = 300
_DASHES, _ENDS_OF_CURRENCIES = "-+\u2212–", " €$£rdfp"
_FRONT_END = re.compile(rf"(?<!\w){words('monnaies_avant')}[ \t\v]?$")
_ORDINAL = pattern(r"\s?(?:er?|re|eme|ieme|nde?)(?=\s(?:{rang}\s)?sur\s[\d#])")
_SECONDS_AFTER = re.compile(
    r"\s*(?:et\s+)?(\d{1,2})\s?(?:secondes?|s|sec)\b|(?:(?<=min)|(?<=mn)) (0\d(?!\d)|[0-5]\d"
    r"(?=\s(?:[dl]'|(?:en|de|du|des|a|aux?|pour|contre|sur|par|soit|avant|apres|depuis|lors|entre|chez|dont|et|ou|qui|que"
    r"|mais|comme|selon|le|la|les|il|elle|une? (?:an|annee)|est|etait|vs)\b)|\s?[(.,;)|]|\s\s|\s*$))"
)
_HOURS = re.compile(
    r"\s?(?:h\s?([0-5]\d)(?:\s?m(?:in|n))?|heures?\s(?:et\s)?([0-5]?\d)\s?(?:minutes?|min|mn))(?![\w%€]|\s?[\d%€])"
)
_APPROXIMATE = pattern(r"{approche}\s*$")
#: The letters with which such words end.
_ENDS_OF_APPROXIMATIONS = frozenset(form[-1] for e in lexicon()["approche"] for form in map(plain, e.mots))
_GLUED = re.compile(r"[^\W\d](?<!\bx)$")
#: A label that runs into its number, as cells of a page do: a word of small letters, then a number that
#: cannot be a mark.
_GLUED_LABEL = re.compile(r"[^\W\d_]{3,}$")
_TIMES = pattern(r"(?:\bx|×|(?:multipli|divis)\w+\s(?:\w+\s)?par|facteur(?:\s+de)?)\s*(?:{approche}\s?)?$")
_FOLD = re.compile(
    r"\s*fois\s(?:plus|moins|superieur|inferieur|cel(?:ui|le|les)\s"
    r"|l[ea]s?\s(?:montant|niveau|nombre|volume|total|budget|taux|moyenne)\b)"
)
#: After a short multiplier, things that are counted and not paid (``1,2 M d'assurés``).
_COUNTED = pattern(r"\s*d(?:'|es?\s)\s*(?!euros?|€|{paye})[a-z]")
#: A thousand of things that are counted, without ``de``: ``52 k courriels``, ``Courriels : 52 k``.
_PAID = re.compile(r"d'(?:euro|€)")
_COUNTED_AFTER = pattern(r"\s(?!{paye})[a-z]{3,}[sx](?![a-z])")
_COUNTED_BEFORE = pattern(r"(?:^|[\n;.])(?:(?!\b{paye})[^\n;.:]){2,60}[sx]\s?:\s?$")
#: The words of a box below ``5,6 M``, of things that are counted, with or without ``de``.
_COUNTED_BELOW = pattern(r"d(?:'|es?\s)(?!{paye})[a-z]|(?!{paye})(?:(?:nouve|premi|derni)\w+\s)?{comptes}")
_NUMERAL = words("lettres")
_LETTERS = re.compile(
    rf"(?<![\w-])(?<!\d )(?P<words>{_NUMERAL}(?:(?:-et-|\set\s"
    rf"|[\s-]){_NUMERAL}){{0,6}})\s(?P<multiplier>millions?|milliards?)(?!\w)"
    r"(?P<half>\set\sdemie?(?!\w))?"
    rf"(?:\s*(?:d'|de\s)\s*(?P<unit>{words('unites')}))?"
    rf"|(?<![\w-])(?<!\d )(?P<paid>{_NUMERAL}(?:[\s-]{_NUMERAL}){{0,6}})\s(?:d')?(?P<money>euros?(?!\w))"
)
#: Changes in letters (``soit quatre de plus``, ``, trois agents de moins``).
_MORE_IN_LETTERS = re.compile(
    rf"(?:[,;:(]\s?|\b(?:soit|avec|mais|et|compte|emploie)\s)(?P<more>(?!une?\s){_NUMERAL}(?:(?:-et-|\set\s|[\s-]){_NUMERAL}){{0,4}})"
    rf"(?=\s(?:(?P<unit>{words('unites')})\s|(?!fois|raison|etape|unite)[^\W\d]{{3,20}}\s)?(?:de|en)\s(?:plus|moins)\b"
    r"(?!\sen\s(?:plus|moins)\b))"
)
_SAYS_MORE = (" de plus", " de moins", " en plus", " en moins")
_MAY_SPELL = re.compile(r"(?<!\d )(?<!\d)(?:million|milliard)|mille\seuros|cents?\seuros|mille\sd")
#: Words before a dash that make it a sign, and those after a number that opens its line.
_SAYS_SIGN = re.compile(
    r"\b(?:soit|(?:est|etait|reste|ressort|s'etablit|s'eleve|resultat|solde|variation|evolution)\s(?:net\s)?(?:de|a))\s$"
    r"|\b(?:soldes?|resultats?|variations?|evolutions?)\b[^.:;]{0,60}:\s"
    r"(?:[-+\u2212–]\s?\d[\d\s]*(?:,\d+)?[^.:;\d,]{0,40},\s(?:et\s)?)*$"
)
_SINCE = re.compile(r"\s*(?:[^\W\d]+\s){0,3}(?:(?:en|sur) un an|par rapport|depuis [\d#]{4}|vs)(?!\w)")
#: Units of which a number alone behind a dash is no item of a list.
_SPANS = ("jours", "minutes", "secondes", "heures", "semaines")
_PARTS = re.compile(r"[a-z]+")
#: The base of a rate by its number of digits.
_PER = {4: "pour_mille", 5: "par_10000"}


class Quantity(NamedTuple):
    """A number read in a text: span of sign, digits and suffix, span of the digits alone; ``value`` and
    ``half_width`` in base units; ``unit`` when print shows it; ``signed`` when a sign stands before it;
    ``scale`` what its multiplier is worth."""

    start: int
    end: int
    digits_start: int
    digits_end: int
    value: Decimal
    half_width: Decimal
    unit: str | None
    scaled: bool
    signed: bool
    decimals: int
    scale: Decimal


def quantities(text: str, loose: bool = False) -> tuple[Quantity, ...]:
    """Every number of ``text`` with its suffix, from left to right.

    What is glued to letters before it (``C2S``) is none, unless it cannot be but a figure whose label runs
    into it (``causes31,42 jours``). ``loose`` reads two or three blanks inside a number, as sentences of
    converted documents have them. Lines are asked for their numbers more than once: short ones are kept.
    """
    if len(text) > MAX_KEPT:
        return tuple(_quantities(text, loose))
    return _kept_quantities(text, loose)


@lru_cache(maxsize=4096)
def _kept_quantities(text: str, loose: bool) -> tuple[Quantity, ...]:
    return tuple(_quantities(text, loose))


def holds_number(text: str) -> bool:
    """Whether any number stands in a text; none is read beyond the first."""
    return next(_quantities(text, loose=False), None) is not None


def _quantities(text: str, loose: bool) -> Iterator[Quantity]:
    spells = may_spell(text)
    if not spells and not _DIGIT.search(text):
        return
    folded = plain(text)
    spelled = sorted([*_in_letters(folded), *_more_in_letters(folded)], key=_start) if spells else []
    done = 0
    for match in _matches(folded, _LOOSE_TOKEN if loose else _TOKEN):
        begin = match.start("digits")
        if begin < done or (
            begin and not match["sign"] and not match["front"] and _is_glued(text, folded, match)
        ):
            continue
        while spelled and spelled[0].start < begin:
            yield spelled.pop(0)
        if found := _quantity(text, folded, match):
            done = found.end
            yield found
    yield from spelled


def _matches(folded: str, token: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The matches of a pattern at each run of digits that begins a number, from left to right."""
    at = 0
    while run := _RUN.search(folded, at):
        begin = run.start()
        goes_on = begin > 1 and folded[begin - 1] in ".," and folded[begin - 2].isdigit()
        match = None if goes_on else token.match(folded, _opening(folded, begin, at))
        at = max(match.end(), match.end("digits")) if match else run.end()
        if match:
            yield match


def _opening(folded: str, begin: int, after: int) -> int:
    """Where a sign and a currency before digits begin, not before ``after``."""
    start = begin
    if begin > after and folded[begin - 1] in _DASHES:
        start = begin - 1
    elif begin > after + 1 and folded[begin - 1] == " " and folded[begin - 2] in _DASHES:
        start = begin - 2
    if (
        start > after
        and folded[start - 1] in _ENDS_OF_CURRENCIES
        and (front := _FRONT_END.search(folded, max(after, start - 5), start))
    ):
        start = front.start()
    return start


def may_spell(text: str) -> bool:
    """Whether a text may hold an amount in letters: what to ask of a text without digits before looking for
    numbers in it.
    """
    small = text.lower()
    if ("mill" in small or "cent" in small) and _MAY_SPELL.search(plain(text)):
        return True
    compares = (" plus" in small or " moins" in small) and any(more in small for more in _SAYS_MORE)
    return compares and bool(_MORE_IN_LETTERS.search(plain(text)))


def negated(quantity: Quantity) -> Quantity:
    """A number in parentheses in a column of money: negative, the parentheses part of its ink."""
    return quantity._replace(
        start=quantity.start - 1, end=quantity.end + 1, value=-abs(quantity.value), signed=True
    )


def in_parentheses(text: str, quantity: Quantity) -> bool:
    """Whether exactly a number stands between parentheses."""
    return text[quantity.start - 1 : quantity.start] == "(" and text[quantity.end : quantity.end + 1] == ")"


def _is_glued(text: str, folded: str, match: re.Match[str]) -> bool:
    begin = match.start("digits")
    if not _GLUED.search(folded, max(0, begin - 2), begin):
        return False
    label = _GLUED_LABEL.search(text, max(0, begin - 30), begin)
    figure = any(c in match["digits"] for c in ", ") or match["unit"] or match["multiplier"]
    return not (label and text[begin - 1].islower() and figure)


def _quantity(text: str, folded: str, match: re.Match[str]) -> Quantity | None:
    try:
        value, decimals = _digits(match["digits"])
    except NotANumber:
        return None
    unit, scale, end = _unit(text, folded, match), Decimal(1), match.end()
    if match["multiplier"]:
        scale = power(match["multiplier"])
    elif not (match["per"] or match["base"] or match["unit"]):
        end = _end_of_bare(folded, match, unit)
    width = _width(folded, match.start("digits"), value, decimals)
    if unit in ("minutes", "secondes"):
        unit, value, width, end = _minutes(folded, match, unit, value, width)
    elif not decimals and (hours := _of_hours(folded, match.end("digits"), unit)):
        minutes, end = hours
        unit, value, width = "heures", value + minutes, Decimal("0.0083")
    sign = _sign(folded, match, unit)
    start = match.start("digits")
    if match["close"] and folded[start - 1 : start] == "(":
        sign, start = "-", start - 1
    elif sign or match["front"]:
        start = match.start("front") if match["front"] else match.start("sign")
    return Quantity(
        start,
        end,
        match.start("digits"),
        match.end("digits"),
        -value * scale if sign == "-" else value * scale,
        width * scale,
        unit,
        bool(match["multiplier"]),
        bool(sign),
        decimals,
        scale,
    )


@lru_cache(maxsize=8192)
def _digits(printed: str) -> tuple[Decimal, int]:
    if len(printed) > 2 * MAX_DIGITS:
        raise NotANumber("too long")
    return digits_value(_BLANKS.sub(" ", printed))


def _unit(text: str, folded: str, match: re.Match[str]) -> str | None:
    if match["unit"]:
        return str(meaning("unites", " ".join(match["unit"].split())))
    if match["per"] or match["base"]:
        return _PER.get(sum(c not in " ." for c in match["per"] or match["base"]))
    if match["front"]:
        return str(meaning("monnaies_avant", match["front"].strip()))
    if match["multiplier"] and len(match["multiplier"]) <= 4:
        return _unit_of_short(text, folded, match)
    begin, end = match.span("digits")
    if ("fois" in folded and _FOLD.match(folded, end)) or _multiplies(folded, begin):
        return "ratio"
    return "rang" if "sur" in folded and _ORDINAL.match(folded, end) else None


def _multiplies(folded: str, begin: int) -> bool:
    """Whether the words before a number make it a factor (``multiplié par 4``, ``x 3``)."""
    start = max(0, begin - 45)
    near = folded[start:begin]
    told = "par" in near or "x" in near or "×" in near or "facteur" in near
    return told and bool(_TIMES.search(folded, start, begin))


def _unit_of_short(text: str, folded: str, match: re.Match[str]) -> str | None:
    """The unit of a number with a short multiplier and no unit: money, unless things are counted
    (``1,2 M d'assurés``).
    """
    counts = match["multiplier"] in ("m", "k") and bool(_COUNTED.match(folded, match.end()))
    if match["multiplier"] == "k":
        before = folded[max(0, match.start("digits") - 70) : match.start("digits")]
        counts = counts or bool(_COUNTED_AFTER.match(folded, match.end()) or _COUNTED_BEFORE.search(before))
    small = match["multiplier"] == "m" and text[match.start("multiplier")] == "m"
    return None if counts or small else "EUR"


def counted_below(text: str, quantity: Quantity, below: str) -> Quantity:
    """A number of ``text`` with a short multiplier and no currency (``5,6 M``) that ends its line, with the
    words of the line ``below`` it: things that are counted and not paid have no unit.
    """
    bare = plain(text[quantity.digits_end : quantity.end]).strip() in ("m", "k")
    things = plain(below.strip())
    counts = bare and quantity.unit == "EUR" and _COUNTED_BELOW.match(things) and not _PAID.match(things)
    return quantity._replace(unit=None) if counts else quantity


def _width(folded: str, begin: int, value: Decimal, decimals: int) -> Decimal:
    start = max(0, begin - 20)
    ends = folded[start:begin].rstrip()[-1:] in _ENDS_OF_APPROXIMATIONS
    approximate = ends and _APPROXIMATE.search(folded, start, begin)
    return rounding_of_zeros(value) if approximate and value and not decimals else half_width(decimals)


def _minutes(
    folded: str, match: re.Match[str], unit: str, value: Decimal, width: Decimal
) -> tuple[str, Decimal, Decimal, int]:
    """Minutes and seconds together, in minutes: ``8 minutes et 49 secondes`` -> 8.8167; seconds alone stay
    seconds.
    """
    if unit == "minutes" and (seconds := _SECONDS_AFTER.match(folded, match.end())):
        return (
            unit,
            value + (Decimal(seconds[1] or seconds[2]) / 60).quantize(Decimal("0.0001")),
            Decimal("0.0083"),
            seconds.end(),
        )
    return unit, value, width, match.end()


def _end_of_bare(folded: str, match: re.Match[str], unit: str | None) -> int:
    """The end of a number without a suffix of its own; a rank holds the letters of its ordinal."""
    end = match.end("digits")
    ordinal = _ORDINAL.match(folded, end) if unit == "rang" else None
    return ordinal.end() if ordinal else end


def _of_hours(folded: str, at: int, unit: str | None) -> tuple[Decimal, int] | None:
    """The minutes, in hours, and the end of a duration in hours and minutes whose hours end at ``at``:
    ``2 h 15`` -> 0.25.
    """
    if unit not in (None, "heures") or "h" not in folded[at : at + 2]:
        return None
    match = _HOURS.match(folded, at)
    return ((Decimal(match[1] or match[2]) / 60).quantize(Decimal("0.0001")), match.end()) if match else None


def _sign(folded: str, match: re.Match[str], unit: str | None) -> str:
    """``+``, ``-`` or nothing: a dash that begins a bullet, or stands between words or numbers, is not a
    sign.
    """
    printed = match["sign"] or ""
    if not printed or printed[0] in "+\u2212":
        return {"+": "+", "\u2212": "-"}.get(printed[:1], "")
    at = match.start("sign")
    glued, relative = len(printed) == 1, unit in ("%", "points")
    before = folded[:at].strip(" \t•▪■●◦➢➔►")
    if folded[at - 1 : at].isalnum() and at:
        return ""
    if not before:
        return "-" if _opens_signed(folded, match, glued, relative, unit) else ""
    return "-" if _signed_within(folded, match, before[-1], glued, relative) else ""


def _signed_within(folded: str, match: re.Match[str], last: str, glued: bool, relative: bool) -> bool:
    """Whether a dash after ``last`` is a sign: right after a bracket, before a rate, glued to digits."""
    if last == "(":
        return True
    if last == ":" and not glued and folded[match.start("sign") - 1] == ":":
        return False  # « : » and a bullet without a line end between them
    if not glued and _said_to_change(folded, match, last):
        return True
    if last in ":;/|%€)" or last.isalnum():
        return relative or (glued and last != ";")
    return relative and (glued or last == ",")


def _said_to_change(folded: str, match: re.Match[str], last: str) -> bool:
    """Whether words before a dash (``soit -``, ``un solde de -``) or after its number make it a sign."""
    since = last in ",:" and _SINCE.match(folded, match.end())
    return bool(since or _SAYS_SIGN.search(folded, 0, match.start("sign")))


def _opens_signed(folded: str, match: re.Match[str], glued: bool, relative: bool, unit: str | None) -> bool:
    """Whether a dash that opens a line is a sign: before a number compared with an earlier time, glued to an
    amount or a rate, or before a number alone on its line.
    """
    if (glued or relative or unit in _SPANS) and _SINCE.match(folded, match.end()):
        return True
    alone = not any(map(str.isalpha, folded[match.end() :]))
    return (
        (relative and (glued or alone)) or (alone and unit in _SPANS) or (glued and (alone or unit == "EUR"))
    )


@lru_cache(maxsize=1)
def _numerals() -> dict[str, int]:
    return {plain(m.removesuffix("(s)")): int(e.sens or 0) for e in lexicon()["lettres"] for m in e.mots}


def _in_letters(folded: str) -> Iterator[Quantity]:
    """Amounts in letters with a multiplier or a currency: ``deux millions d'euros``, ``cent mille euros``."""
    for match in _LETTERS.finditer(folded):
        spelled = match["words"] or match["paid"]
        if match["paid"] and "mille" not in spelled and "cent" not in spelled:
            continue
        value = spelled_value(spelled)
        scale = power(match["multiplier"]) if match["multiplier"] else Decimal(1)
        unit = str(meaning("unites", match["unit"])) if match["unit"] else "EUR" if match["money"] else None
        start, end = match.span()
        width = Decimal("0.5") * scale if match["multiplier"] else rounding_of_zeros(value)
        if match["half"]:
            value, width = value + Decimal("0.5"), width / 2
        stop = match.end("words") if match["words"] else match.end("paid")
        yield Quantity(start, end, start, stop, value * scale, width, unit, scale != 1, False, 0, scale)


def _start(quantity: Quantity) -> int:
    return quantity.start


def _more_in_letters(folded: str) -> Iterator[Quantity]:
    """By how much something changed, in letters, with its unit where one follows."""
    for match in _MORE_IN_LETTERS.finditer(folded):
        start, end = match.span("more")
        value, unit = spelled_value(match["more"]), match["unit"]
        stop = match.end("unit") if unit else end
        code = str(meaning("unites", unit)) if unit else None
        yield Quantity(start, stop, start, end, value, half_width(0), code, False, False, 0, Decimal(1))


def spelled_value(spelled: str) -> Decimal:
    """The value of a number in letters below a million: ``cent cinquante mille`` -> 150000."""
    total, current = 0, 0
    for word in _PARTS.findall(plain(spelled)):
        number = _numerals().get(word, _numerals().get(word.removesuffix("s"), 0))
        if number == 1000:
            total, current = total + max(current, 1) * 1000, 0
        elif number == 100 or (number == 20 and 0 < current % 100 < 10):
            current = (
                max(current, 1) * number if number == 100 else current - current % 100 + current % 100 * 20
            )
        else:
            current += number
    return Decimal(total + current)
