"""Whether two short answers say the same, and whether a text says a value.

Takes texts, gives claims about them; it knows neither models nor documents. Numbers, dates, versions and
negations are compared exactly before any word is; the word rule is that of the recipe: either contains the
other, or half of the shorter one's words stand in the longer one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

_TOKEN = re.compile(r"\d+(?:[.:]\d+)*|[^\W\d_]\w*(?:[.'’-]\w+)*|__\w+__|_\w+|[^\s\w]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_ARTICLES = frozenset({"a", "an", "the"})
_NEGATIONS = frozenset({"no", "not", "never", "none", "nothing", "cannot", "without", "neither", "nor", "false"})
_FILLERS = frozenset(
    "is are was were be been it its of in on at to for by with and or as that this from has have had do does".split()
)
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
}
_MONTHS = {
    month[:3]: number
    for number, month in enumerate(
        "january february march april may june july august september october november december".split(), start=1
    )
}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES = (
    re.compile(r"\b(?P<year>\d{4})-(?P<number>\d{1,2})-(?P<day>\d{1,2})\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH},?[\s-]+(?P<year>\d{{4}})\b", re.I),
    re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b", re.I),
)


def answers_differ(one: str, other: str) -> bool:
    """Whether two answers to the same question say different things.

    Numbers, versions and dates ("3.10", "12-Sep-2020" = "2020-09-12") must be equal, or those of one answer
    must all stand in the other; so must negation. Then one answer contains the other, or at least half of the
    content words of the shorter one stand in the longer one. Case, articles, quotes and code marks do not count.
    An empty answer differs from every other one.
    """
    first, second = _words(one), _words(other)
    if not first or not second:
        return first != second
    if first == second:
        return False
    numbers = _numbers(first), _numbers(second)
    if not (numbers[0] <= numbers[1] or numbers[1] <= numbers[0]):
        return True
    if bool(_NEGATIONS & set(first)) != bool(_NEGATIONS & set(second)):
        return True
    shorter, longer = sorted((first, second), key=len)
    if _stands_in(shorter, longer):
        return False
    content = {word for word in shorter if word not in _FILLERS} or set(shorter)
    if _numbers(shorter) - set(longer):
        return True
    return len(content & set(longer)) < len(content) / 2


def says(text: str, value: str, *, within: int = 30) -> bool:
    """Whether `value` stands in the first `within` words of `text`, word for word but for case, articles and marks."""
    wanted = _words(value)
    return bool(wanted) and _stands_in(wanted, _words(text)[:within])


def is_value(text: str, value: str) -> bool:
    """Whether `text` is `value` and nothing more, but for case, articles and marks."""
    return bool(wanted := _words(value)) and _words(text) == wanted


def _words(text: str) -> list[str]:
    """The words of an answer in one spelling; punctuation only where there is nothing else ("{}")."""
    text = _with_iso_dates(text.lower().replace("’", "'"))
    tokens = [_NUMBER_WORDS.get(token, token) for token in _TOKEN.findall(text)]
    worded = [token.removesuffix("'s").strip("_") or token for token in tokens if re.match(r"\w", token)]
    kept = [word for word in worded if word not in _ARTICLES]
    return kept or worded or tokens


def _with_iso_dates(text: str) -> str:
    for pattern in _DATES:
        text = pattern.sub(_iso, text)
    return text


def _iso(match: re.Match[str]) -> str:
    groups = match.groupdict()
    month = int(groups["number"]) if groups.get("number") else _MONTHS[groups["month"][:3].lower()]
    return f" d{groups['year']}{month:02}{int(groups['day']):02} "


def _numbers(words: Sequence[str]) -> Set[str]:
    return {word for word in words if _NUMBER.fullmatch(word) or re.fullmatch(r"d\d{8}", word)}


def _stands_in(short: Sequence[str], long: Sequence[str]) -> bool:
    size = len(short)
    return any(list(long[at : at + size]) == list(short) for at in range(len(long) - size + 1))
