"""Which texts are texts of one work, and which of two is newer: told by where they lie and what they call themselves.

Takes paths, titles, versions and dates; gives shelfmarks that can be compared. It opens no file and asks no clock:
neither the time of a file nor the day it was added says which of two manuals is the newer one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from pathlib import PurePosixPath

from byheart.words import COMMON, content_terms


@dataclass(frozen=True, slots=True)
class Shelfmark:
    """Where a text stands among others.

    `project`, `path` and `title` are told without what tells the texts of one work apart; `mark` is just that: the
    versions, dates and words like "old" in its path, and the version it speaks of. `is_of_a_series` is true of a text
    that has others beside it, not before it: release notes, minutes, a file named by nothing but a date.
    """

    project: str
    path: str
    title: str
    mark: str
    is_of_a_series: bool


@dataclass(frozen=True, slots=True)
class Edition:
    """What orders the texts of one work: the version and the ISO date a text speaks of, and the mark of its path."""

    version: str | None
    dated: str | None
    mark: str


def shelfmark(location: str, title: str, version: str | None) -> Shelfmark:
    """The shelfmark of the text at `location`, called `title`, that speaks of `version` (None: of none)."""
    path = PurePosixPath(location)
    folders = [_part(name) for name in path.parts[:-1]]
    stem = _part(path.stem, is_file=True)
    is_of_a_series = not stem.name or bool(_SERIES.search(title))
    stem = _Part(path.stem.lower(), "") if is_of_a_series else stem
    at = _project(folders)
    project = folders[at].name if at is not None else ""
    below = [part.name for part in folders[at + 1 if at is not None else 0 :] if part.name not in _GENERIC]
    marks = [*(part.mark for part in folders), stem.mark, version or ""]
    plain_title = title.replace(version, " ") if version else title
    dates = {number for part in (*folders, stem) if _dated(part.mark) for number in part.mark.split("-")}
    return Shelfmark(
        project,
        "/".join(name for name in (*below, stem.name) if name),
        " ".join(sorted(set(content_terms(plain_title)) - dates)),
        " ".join(dict.fromkeys(mark for mark in marks if mark)),
        is_of_a_series,
    )


def likeness(one: Shelfmark, other: Shelfmark, *, is_gone: bool) -> int:
    """How sure it is that two texts are texts of one work: 3 by path and title, 2 by one of them, 1 perhaps, 0 not.

    `is_gone` tells that the other text was withdrawn, as the one before a renamed file is. Two texts that are there
    side by side, and that nothing tells apart as an older and a newer one, are two works, whatever they are called.
    A year alone tells little: what bears the next one may be the next of a series.
    """
    if one.project != other.project or not (is_gone or one.mark != other.mark):
        return 0
    same_path, same_title = one.path == other.path, one.title == other.title
    told_apart = set(one.mark.split()) ^ set(other.mark.split())
    is_by_year = bool(told_apart) and all(map(_YEAR.fullmatch, told_apart))
    if one.is_of_a_series or other.is_of_a_series or is_by_year:
        return 3 if same_path and same_title else 0
    if same_path or (same_title and one.title):
        return 1 + same_path + same_title
    words, others = set(one.title.split()), set(other.title.split())
    return int(bool(one.project and words and others) and (words <= others or others <= words))


def newer(editions: Mapping[int, Edition], replaced: Mapping[int, int | None]) -> dict[int, set[int]]:
    """For each of the `editions` of a work, the newer ones: by what each `replaced`, version, date, its path's "new".

    A weaker sign is heard where the stronger ones say nothing, and not where it would close a circle, with them or by
    itself. So no text is newer than itself, and there always is one that none is newer than.
    """
    found: dict[int, set[int]] = {text: set() for text in editions}
    for sign in (None, _is_of_a_higher_version, _is_of_a_later_date, _is_called_newer):
        said = {text: set(known) for text, known in found.items()}
        for one, other in permutations(editions, 2):
            if one in found[other] or other in found[one]:
                continue
            if sign(editions[one], editions[other]) if sign else replaced[one] == other:
                said[other].add(one)
        for middle, text in product(editions, repeat=2):
            if middle in said[text]:
                said[text] |= said[middle]
        for text, known in found.items():
            known |= {other for other in said[text] if text not in said[other]}
    return found


def is_later(one: str | None, other: str | None) -> bool:
    """Whether an ISO date is after another one; a year, or a year and month, is neither before nor after its days."""
    if not (one and other):
        return False
    known = min(len(one), len(other))
    return one[:known] > other[:known]


def naming(question: str, mark: Shelfmark, edition: Edition) -> list[re.Match[str]]:
    """Where `question` names a text by its version or, where it has none, its date: "in 1.10", "tool 2", "in 2021".

    1.10 names 1.10.22, and not 1.1; 1.10.3 names the text for all of 1.10; "before 2" names what is older. What stands
    before the number must be no name of something else ("Python 3.10"); a whole number that is no year needs "v",
    "version" or the project's name there.
    """
    return [
        match
        for match in mentioned(question)
        if _names(match, edition) and _can_name(match, mark, edition, is_held=True)
    ]


def missing(question: str, texts: Sequence[tuple[Shelfmark, Edition]]) -> str:
    """What `question` names and none of the `texts` of a work is: "for 1.9", "from before 2"; else empty."""
    likely = [text for text in texts if text[1].version or len(texts) > 1]
    for match in mentioned(question):
        if any(_names(match, edition, is_exact=True) for _, edition in texts):
            continue
        if any(_can_name(match, mark, edition, is_held=False) for mark, edition in likely):
            return f"{'from before' if _is_before(match) else 'for'} {match['number']}"
    return ""


def mentioned(question: str) -> list[re.Match[str]]:
    """Where `question` has a number that could be a version or a date."""
    return list(_MENTION.finditer(question.lower()))


def without(question: str, naming: Iterable[re.Match[str]]) -> str:
    """`question` without the `naming` of a text: what it asks of that text."""
    for start, end in sorted({(match.start("v"), match.end()) for match in naming}, reverse=True):
        before = _LEADING_TO.sub(" ", question[:start]).strip()
        behind = _LEADING_FROM.sub("", question[end:]).strip()
        joined = f"{before} {behind}" if before and behind[:1] not in "?.!,;" else before + behind
        joined = re.sub(r"\s*\(\s*\)", "", joined)
        question = joined[:1].upper() + joined[1:]
    return question


def version_of(location: str, title: str) -> str | None:
    """The version in a title ("Django 3.2 release notes"), or in the name of the file or of a folder above it."""
    if found := _TITLE_VERSION.search(title):
        return next(group for group in found.groups() if group)
    path = PurePosixPath(location)
    named_so = [_FILE_VERSION.fullmatch(path.stem), *map(_FOLDER_VERSION.fullmatch, reversed(path.parts[-6:-1]))]
    return next((_version(match) for match in named_so if match and not _CHAPTER.match(match.group())), None)


def date_of(location: str) -> str | None:
    """The ISO date in the name of a file or of the folder it lies in, or its year or month; the nearest one counts."""
    path = PurePosixPath(location)
    found = (_dated(part) for part in (path.stem, *reversed(path.parts[-3:-1])))
    return next((_iso(match) for match in found if match), None)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a path, in lower case: its name, and what in it tells the texts of one work apart."""

    name: str
    mark: str


def _part(text: str, *, is_file: bool = False) -> _Part:
    lowered = text.lower()
    pattern = _FILE_VERSION if is_file else _FOLDER_VERSION
    if (match := pattern.fullmatch(text)) and not _CHAPTER.match(text):
        version = _version(match)
        return _Part(re.sub(r"[-_ ]?v?$", "", lowered[: text.index(version)]), version.lower())
    if match := _dated(text):
        return _Part((lowered[: match.start()] + lowered[match.end() :]).strip("-_. "), _iso(match))
    name, _, last = lowered.rpartition("-") if "-" in lowered else lowered.rpartition("_")
    if last in _PAST | _PRESENT and (name or not is_file):
        return _Part(name, last)
    return _Part(lowered, "")


def _project(folders: list[_Part]) -> int | None:
    """The place of the folder that names the project: above "docs", or where a mark is, else the last one."""

    def named_above(place: int) -> int | None:
        names = (at for at in range(place, -1, -1) if folders[at].name.strip("/") and folders[at].name not in _GENERIC)
        return next(names, None)

    documentation = max((place for place, part in enumerate(folders) if part.name in _DOCUMENTATION), default=-1)
    place = max((place for place, part in enumerate(folders) if part.mark), default=-1)
    if documentation > place and (above := named_above(documentation)) is not None:
        return above
    if place < 0:
        return named_above(len(folders) - 1)
    # A number is a version of what lies above it (pydantic/1.10); below a word there are projects (old/pydantic).
    is_word = not folders[place].name and folders[place].mark in _PAST | _PRESENT
    return place + 1 if is_word and place + 1 < len(folders) else named_above(place)


def _dated(name: str) -> re.Match[str] | None:
    """Where the name of a file or folder has a date, or a year that numbers nothing else."""
    return _DATE.search(name) or (None if _CHAPTER.match(name) or _NUMBERED.match(name) else _YEAR.search(name))


def _iso(match: re.Match[str]) -> str:
    return "-".join(part for part in match.groups() if part)


def _can_name(match: re.Match[str], mark: Shelfmark, edition: Edition, *, is_held: bool) -> bool:
    """Whether a number in a question may name a text such as this.

    Where none is held that it names, more must tell so: "PROP 103" asks for no version 103 of the proposals.
    """
    before, number = match["v"] or match["before"] or "", match["number"]
    if "-" in number if edition.version else not (edition.dated and _dated(number)):
        return False
    plain = _BEFORE_A_NUMBER if is_held and edition.version else _BEFORE_AN_EDITION
    own = {mark.project, *re.split(r"[/_ -]", mark.path), *content_terms(mark.title)}
    return (
        before in _VERSION_WORDS
        or (before in plain and ("." in number or not edition.version))
        or (before in own and ("." in number or is_held))
    )


def _names(match: re.Match[str], edition: Edition, *, is_exact: bool = False) -> bool:
    """Whether a number is that of a text or, unless it must be exact, of a part of what the text is for."""
    name, number = edition.version or edition.dated or "", match["number"]
    if _is_before(match):
        return _ordered(name) < _ordered(number) if edition.version else is_later(number, name)
    wanted, held = _numbers(number), _numbers(name)
    if is_exact:
        # 2.0 is 2.
        held += (0,) * len(wanted)
    known = min(len(wanted), len(held))
    return bool(held) and wanted[:known] == held[:known]


def _is_before(match: re.Match[str]) -> bool:
    return bool(_BEFORE.search(match.string[: match.start("number")]))


def _is_of_a_higher_version(one: Edition, other: Edition) -> bool:
    return bool(one.version and other.version and _ordered(one.version) > _ordered(other.version))


def _is_of_a_later_date(one: Edition, other: Edition) -> bool:
    return is_later(one.dated, other.dated)


def _is_called_newer(one: Edition, other: Edition) -> bool:
    return _rank(one.mark) > _rank(other.mark)


def _version(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _ordered(version: str) -> tuple[tuple[int, ...], bool]:
    """A version as it is compared: 2.0 = 2.0.0, and 2.0rc1 is before both."""
    release = re.match(r"\D*([\d.]*)", version)
    numbers = _numbers(release[1] if release else "")
    while numbers and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers, not re.search(r"\d(?:a|b|rc|\.?dev)\d*", version)


def _rank(mark: str) -> int:
    words = set(mark.split())
    return bool(words & _PRESENT) - bool(words & _PAST)


_PAST = frozenset("old older legacy previous former archive archived deprecated obsolete outdated".split())
_PRESENT = frozenset("new newer current latest stable".split())
_DOCUMENTATION = frozenset("docs doc documentation".split())
_VERSION_WORDS = frozenset(("v", "version", "release"))
# What may stand before a version or date; and what hardly stands before any other number.
_BEFORE_A_NUMBER = COMMON | _DOCUMENTATION | {"", "manual", "text", "edition", "before"}
_BEFORE_AN_EDITION = frozenset(("", "in", "for", "of", "under", "the", "than", "before"))
_GENERIC = _DOCUMENTATION | frozenset(("html", "source", "src", "build", "_build", "site", "en", "/"))
_SERIES = re.compile(
    r"what.s new|release (?:notes|schedule)|change ?log|\bchanges\b|\bnews\b|migrat|upgrad|minutes|diary|weekly",
    re.IGNORECASE,
)

_NUMBER = r"\d+(?:\.\d+)+(?:(?:a|b|rc|\.?dev|\.post)\d*)?"
_TITLE_VERSION = re.compile(
    rf"(?:what.s new in|changes in|release notes for|migrating to|^version|^)(?: [A-Z]\w+)? v?({_NUMBER})\b"
    rf"|\bv?({_NUMBER}) (?:documentation|release notes|changelog)\b"
    rf"|\b(?:documentation|manual|guide|handbook|reference|version),? \(?v?({_NUMBER})\b",
    re.IGNORECASE,
)
_FOLDER_VERSION = re.compile(
    rf"(?:[A-Za-z][\w-]*?[-_ ])?(?:v?({_NUMBER})(?:[-_ ]docs?(?:[-_ ](?:html|text))?)?|v(\d+))"
)
_FILE_VERSION = re.compile(rf"(?:[A-Za-z][\w-]*?[-_ ]v?|v)({_NUMBER})")
_CHAPTER = re.compile(r"(?:chapter|section|part|lesson|lecture|exercise|figure|table|unit|week|day)\b", re.IGNORECASE)
# What has so many numbers that some of them look like years.
_NUMBERED = re.compile(
    r"(?:pep|prop|proposal|rfc|iso|din|ieee|cve|issue|bug|ticket|article|page|item|case|invoice|order|no|nr|id)[-_ ]",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_YEAR = re.compile(r"(?<![^-_ ])(?<!\d{4}[-_ ])((?:19|20)\d\d)(?:[-_](0[1-9]|1[0-2]))?(?![^-_ ]|[-_ ]\d{4})")
_BEFORE = re.compile(r"\b(?:before|older than|prior to)\s+(?:[\w-]+\s+)?v?$")
_LEADING_TO = re.compile(
    r"(?:(?:\b(?:in|for|of|with|under|as of|since|before|older than|prior to)\s+)?(?:\bthe\s+)?"
    r"(?:\b(?:version|release)\s+)?)$",
    re.I,
)
_LEADING_FROM = re.compile(r"^(?:\.x)?(?:\s+(?:manual|docs|documentation|text|edition|version)\b)?\s*,?", re.I)
_MENTION = re.compile(
    r"(?<![\w.])(?:(?P<before>[a-z][\w-]*)\s+)?(?P<v>v?)"
    r"(?P<number>(?:19|20)\d\d(?:-\d\d){1,2}|\d+(?:\.\d+)*)(?:\.x)?(?!\w|\.\d)"
)
