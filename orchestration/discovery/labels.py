"""A label for a figure, made of the report's own words: what is counted, of whom, under which heading.

Labels are short: what follows the number comes first, then what precedes it, each a few weighty words as they
stand in print, with an ellipsis where another number stood.
"""

from __future__ import annotations

import re
from functools import lru_cache

MAX_WORDS = 8
#: Weighty words before a number whose words after it say enough.
MAX_BESIDE = 4
_STOP_AFTER = re.compile(
    r"^\s*(?:et|ou|,)\s|^\s*(?:par rapport|sur un an|en un an|en comparaison)\b|"
    r"[;:!?•|]|\.(?=\s|$)|\s[-–]\s|\b(?:versus|vs|soit|dont|alors que|tandis que|mais|avec "
    r"un)\s|\bcontre\s(?=(?:\S+\s){0,4}?\d|$)"
    r"|\("
)
_STOP_BEFORE = re.compile(r"[;!?•|](?=\s|$)|\.(?=\s)|\)(?!\s*(?::|$))|,\ssoit\s(?=une?\s[^\W\d]{3,})")
#: A colon between a figure and the words that say what it is (``3,1 M€ : le déficit``).
_SPOKEN = re.compile(r"^\s*:(?=\s+(?:le|la|les|l'|un|une|des|du)\b)")
#: The same of a figure that opens its line (``712 : entretiens``).
_NAMED_AFTER = re.compile(r"^\s*[:=–-]\s*(?=[^\W\d])")
#: What opens a sentence whose first number speaks of what comes after its comma (``À 43,8 %, la part``).
_OPENS_WITH = re.compile(r"\W*(?:à|avec|de|pour)\s", re.IGNORECASE)
#: Between a share and what it is a share of (``98,6 % des 12 304 analyses``).
_OF_SO_MANY = re.compile(r"\s(?:des|de|de ces|d')\s?(?:près de |plus de |quelque )?")
#: Between an amount and how many it was paid to (``4,9 M€ versés à 1 284 soignants``).
_PAID_TO = re.compile(
    r"\s(?:vers|pay|attribu|accord|allou|régl)[ée]e?s?\s(?:à|aux?|pour)\s(?:près de |plus de |quelque )?"
)
_BRACKETED = re.compile(r"\([^()]*\)")
_LEADERS = re.compile(r"(?:\.\s?){3,}|…")
#: What opens a label without saying anything: what is left of a time, the preposition after a number.
_OPENS_WEAKLY = re.compile(
    r"^(?:(?:en|fin|au)\s*,\s*|(?:de la|de l'|des|de|du|d')\s*(?<=[\s'])(?=\w))+", re.IGNORECASE
)
_OPEN_BRACKET = re.compile(r"\s*:?\s*\((?:\w+\s?){0,2}[:<>]?$")
#: What a year of a label, and a number or a sign in it, begin with: what to ask for before looking for them.
_DIGIT, _OPENS_NUMBER = re.compile(r"\d"), re.compile(r"[-+\u2212–%?€(\d]")
#: A year or a day with the words before it (``reçus en 2022 par canal``, ``au 31 décembre 2022``).
_IN_A_YEAR = re.compile(
    r"\b(?:(?:(?:jusqu|qu)['’])?(?:en|fin|depuis|courant)|(?:au|le)\s\d{1,2}(?:er)?\s[^\W\d]+)\s(?:19|20)\d\d"
    r"(?:\s?[/–-]\s?(?:19|20)?\d\d)?(?![\w,.]*\d)",
    re.IGNORECASE,
)
_MONTH = "janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre"
#: Numbers that are a part of a name: an age, a rank, a day of the year, a service by telephone, a threshold.
_NAMED = (
    r"(?<![\d.,])(?:(?:\d{1,3}\s?(?:-|–|à|et)\s?)?\d{1,3}\s?ans(?!\w)(?:\s(?:et|ou)\s(?:plus|moins))?"
    r"|\d{1,3}(?:ers?|[èe]?res?|nde?s?|i?[eè]mes?|[eè]s?|\s(?:er|[èe]re|i?[eè]me))(?!\w)"
    rf"|\d{{1,2}}\s(?:{_MONTH})(?!\w)(?!\s(?:19|20)\d\d)"
    r"|(?<!\d )(?:36\s?(?:46|08|79|78)|(?:(?<=le )|(?<=au )|(?<=du ))3\d\s?\d\d)(?![\d.,]|\s\d|\s?[%€])"
    r"|(?:(?<=moins de )|(?<=plus de )|(?<=sous )|(?<=delà de )|(?<=partir de )|(?<=jusqu'à )|(?<=en ))"
    r"\d{1,3}(?:[ .]?\d{3})*(?:,\d+)?"
    r"\s?(?:h|heures?|j|jours?|mois|min|minutes?|semaines?|[kM]?€|euros?)(?!\w))"
)
_NUMBERS = re.compile(
    rf"(?P<named>{_NAMED})|(?![-+\u2212]?\(?{_NAMED})"
    r"[-+\u2212]?\(?(?<![A-Za-z])\d[\d\s.,]*(?:(?:[kM]|Md)?[%‰€])?\)?|(?<!\w)[-+\u2212–%?€](?!\w)|\(\s*\)",
    re.IGNORECASE,
)
#: The scale of a title or a column, which the value holds already.
_SCALE = re.compile(
    r"\(\s*(?:en\s+)?(?:milliers?|millions?|milliards?|M€|k€|Md€|€|euros?|%|jours|heures|minutes|mois|pour\s10{0,2}\s?000)"
    r"[^()]*(?:\)|$)",
    re.IGNORECASE,
)
_WEAK = frozenset(
    {
        "le",
        "la",
        "les",
        "l",
        "de",
        "des",
        "du",
        "d",
        "un",
        "une",
        "en",
        "au",
        "aux",
        "et",
        "à",
        "a",
        "ont",
        "ce",
        "ces",
        "cet",
        "cette",
        "se",
        "s",
        "y",
        "qui",
        "que",
        "qu",
        "il",
        "ils",
        "elle",
        "elles",
        "nous",
        "on",
        "est",
        "sont",
        "été",
        "pour",
        "sur",
        "par",
        "dans",
        "avec",
        "ou",
        "où",
        "dont",
        "soit",
        "plus",
        "moins",
        "près",
        "environ",
        "aussi",
        "ainsi",
        "également",
        "entre",
        "vers",
        "chez",
        "leur",
        "leurs",
        "son",
        "sa",
        "ses",
        "nos",
        "notre",
        "pas",
        "ne",
        "n",
        "c",
        "j",
        "t",
    }
)
#: Weak words that end the name of a band of ages (``50 ans et plus``).
_OPEN_ENDED = (["et", "plus"], ["et", "moins"], ["ou", "plus"], ["ou", "moins"])
#: Verbs of measure, which say nothing of what is measured.
_MEASURING = re.compile(
    r"^(?:s'[ée]l[èe]\w+|s'[ée]tabli\w+|attei\w+|repr[ée]sent\w+|compt(?:ent|ait|aient|abilis\w+)|"
    r"enregistr\w+|[ée]tai\w+|pass[ée]e?s?|respectivement|pr[èe]s|fin|ann[ée]e|au-dessus|d'|l'|qu'|s'|n'|"
    r"c'est)$",
    re.IGNORECASE,
)


def of_phrase(text: str, start: int, end: int, others: list[tuple[int, int]], heading: str = "") -> str:
    """The label of the number at ``text[start:end]`` in a sentence: words after it, words before it, else the
    heading.

    ``others`` are the spans of the other figures of the text; the label does not run over the next one.
    """
    if "…" in text or text.count(".") >= 3:
        text = _LEADERS.sub(lambda m: " " * len(m[0]), text)
    stop = min((a for a, _ in others if a >= end), default=len(text))
    spoken = _SPOKEN if any(map(str.isalpha, text[:start])) else _NAMED_AFTER
    after = _shortened(_until(spoken.sub("", text[end:stop]), _STOP_AFTER), first=True)
    said = _since(_without_asides(_without(text[:start], others)), _STOP_BEFORE)
    before = _shortened(said, first=False, most=MAX_BESIDE if weight(after) >= 3 else MAX_WORDS)
    parts = [part for part in (after, before) if has_substance(part)]
    between, beyond = text[end:stop], _without(text, others)[stop:]
    if parts == [after] and _PAID_TO.fullmatch(between):
        parts = [f"{after} à {told}" for told in _told_after(beyond)] or parts
    parts = parts or _told_elsewhere(text[:start], between, beyond)
    if not parts and has_substance(heading):
        parts.append(_shortened(heading, first=True))
    return " | ".join(parts)


def _told_elsewhere(before: str, between: str, beyond: str) -> list[str]:
    """What a number without words of its own counts: after its comma where it opens a sentence, or beyond the
    number that it is a share of."""
    told = _told_after(between.lstrip(" ,")) if _OPENS_WITH.fullmatch(before) else []
    return told or (_told_after(beyond) if _OF_SO_MANY.fullmatch(between) else [])


def _told_after(text: str) -> list[str]:
    """The words with which a text begins, where they say something."""
    told = _shortened(_until(text, _STOP_AFTER), first=True)
    return [told] if has_substance(told) else []


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with an ellipsis for what stands at ``spans``."""
    for a, b in spans:
        if a < len(text):
            text = f"{text[:a]}{'…'.ljust(min(b, len(text)) - a)}{text[b:]}"
    return text


def _without_asides(text: str) -> str:
    """Words before a number without the brackets that are closed before it, where what follows them says
    nothing of its own.
    """
    closed = text.rfind(")")
    if closed < 0 or len(text[closed:].split()) > 4 or text[closed + 1 :].lstrip()[:1] == ":":
        return text
    return _BRACKETED.sub(lambda m: " " * len(m[0]), text)


def joined(*parts: str) -> str:
    """Labels of a row, a column, a box: cleaned, without doubles, separated by bars."""
    kept: list[str] = []
    for part in parts:
        clean = _shortened(part, first=True)
        if has_substance(clean) and clean.casefold() not in (k.casefold() for k in kept):
            kept.append(clean)
    return " | ".join(kept)


def _until(text: str, stop: re.Pattern[str]) -> str:
    match = stop.search(text)
    return text[: match.start()] if match else text


def _since(text: str, stop: re.Pattern[str]) -> str:
    ends = [match.end() for match in stop.finditer(text)]
    return text[ends[-1] :] if ends else text


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    bare = _SCALE.sub(" ", text) if "(" in text else text
    bare = _without_numbers(_IN_A_YEAR.sub(" ", bare) if _DIGIT.search(bare) else bare).rstrip()
    bare = _OPEN_BRACKET.sub("", bare) if "(" in bare else bare
    return _OPENS_WEAKLY.sub("", " ".join(_trimmed(bare).split()))


def _without_numbers(text: str) -> str:
    """``text`` with a blank for each number and each lone sign; those that are a part of a name stay."""
    pieces: list[str] = []
    done = 0
    opening = _OPENS_NUMBER.search(text)
    while opening:
        at = opening.start()
        if match := _NUMBERS.match(text, at):
            pieces += text[done:at], match["named"] or " "
            at = done = match.end()
        else:
            at += 1
        opening = _OPENS_NUMBER.search(text, at)
    return "".join((*pieces, text[done:])) if pieces else text


def _trimmed(text: str) -> str:
    """``text`` from its first letter or digit to its last one."""
    begin, stop = 0, len(text)
    while begin < stop and not text[begin].isalnum():
        begin += 1
    while begin < stop and not text[stop - 1].isalnum():
        stop -= 1
    return text[begin:stop]


@lru_cache(maxsize=8192)
def _shortened(text: str, *, first: bool, most: int = MAX_WORDS) -> str:
    """The words as printed, so that a person can read them; of a longer text ``most`` weighty ones with
    what stands between them, from its beginning (``first``) or its end.
    """
    words = clean(text).split()
    heavy = [i for i, w in enumerate(words) if _weighs(w)]
    if len(heavy) > most:
        words = words[: heavy[most]] if first else words[heavy[-most] :]
    while words and not _weighs(words[-1]) and words[-2:] not in _OPEN_ENDED:
        words.pop()
    return _closed(_trimmed(" ".join(words)))


def _closed(label: str) -> str:
    """A label whose last bracket is closed, as it was before its end was cleaned."""
    return f"{label})" if label.rfind("(") > label.rfind(")") else label


@lru_cache(maxsize=8192)
def _weighs(word: str) -> bool:
    bare = word.strip(".,;:()'\"«»…").casefold()
    return bare not in _WEAK and not _MEASURING.match(bare) and bool(bare)


@lru_cache(maxsize=4096)
def has_substance(text: str) -> bool:
    """Whether a text holds a word that means something: a long enough one, or an acronym (``MK``,
    ``AT/MP``).
    """
    found = (w for w in re.findall(r"[^\W_]*[^\W\d_][^\W_]*", text))
    return any(
        (w.casefold() not in _WEAK and len(w) > 2 and not _MEASURING.match(w)) or (w.isupper() and len(w) > 1)
        for w in found
    )


def within(label: str, most: int, *, said: bool) -> str:
    """A label of ``most`` characters at most, cut between words; that of a sentence (``said``) keeps the
    words nearest to its number, the last of its last part.
    """
    if len(label) <= most:
        return label
    first, _, last = label.rpartition(" | ")
    if said and len(first) < most // 2:
        room = most - len(first) - len(" | …") if first else most - len("…")
        kept = last[-room:].partition(" ")[2].lstrip("… ")
        return " | ".join(filter(None, (first, kept)))
    return label[:most].rsplit(" ", 1)[0].rstrip(" |,")


@lru_cache(maxsize=4096)
def weight(label: str) -> int:
    """How many weighty words a label has."""
    return sum(len(w) > 2 and _weighs(w) for w in re.findall(r"[^\W\d_]+", label))


@lru_cache(maxsize=4096)
def merged(label: str, other: str) -> str:
    """Two labels as one, without saying anything twice and without growing beyond three parts."""
    parts = [p for p in (*label.split(" | "), *other.split(" | ")) if has_substance(p)]
    kept: list[str] = []
    for part in parts:
        if not any(part.casefold() in k.casefold() for k in kept):
            kept.append(part)
    return " | ".join(_shortened(p, first=True) for p in kept[:3])
