"""A sentence or line of an older text beside a newer one: does it still stand there, and if not, what stands instead?

Takes texts and spans, gives texts and spans; it knows neither models nor documents. A sentence stands or it does not,
word for word but for white space. What stands in its place is told only where all the rest of it is unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Instead:
    """What a text says in the place of a value, and where."""

    value: str
    start: int
    end: int


def core(text: str, start: int, end: int, *, is_prose: bool) -> tuple[int, int]:
    """The span of the sentence around `text[start:end]`, or of its lines where it is no prose."""
    if is_prose:
        before = [match.end() for match in _SENTENCE_START.finditer(text, 0, start + 1)]
        ended = _SENTENCE_END.search(text, end)
        return before[-1] if before else 0, ended.end() if ended else len(text)
    return text.rfind("\n", 0, start) + 1, text.find("\n", max(end - 1, start)) % (len(text) + 1)


def evidence(text: str, start: int, end: int, *, is_prose: bool, beside: Sequence[str]) -> str:
    """What must stand in a text for it to say `text[start:end]` still: the sentence or lines around that.

    "versionadded: 3.5" says nothing where it stands twice: lines are taken in, those before first, until the stretch
    stands once in `text` and in none of the texts `beside` it.
    """
    first, last = core(text, start, end, is_prose=is_prose)
    while (first, last) != (0, len(text)):
        found = _form(text[first:last], is_prose=is_prose)
        if _form(text, is_prose=is_prose).count(found) == 1 and not any(
            found in _form(other, is_prose=is_prose) for other in beside
        ):
            break
        if first > 0:
            first = text.rfind("\n", 0, len(text[:first].rstrip())) + 1
        else:
            last = text.find("\n", last + 1) % (len(text) + 1)
    return text[first:last]


def stands(said: str, text: str, *, is_prose: bool) -> bool:
    """Whether the evidence `said` stands in `text`: as whole words, or as whole lines where it is no prose."""
    return _form(said, is_prose=is_prose) in _form(text, is_prose=is_prose)


def instead(text: str, start: int, end: int, newer: str, *, is_prose: bool) -> list[Instead]:
    """What `newer` says in the place of the value `text[start:end]`, in sentences (or lines) that are else the same.

    A line in a fixed form may also differ elsewhere, if what stands in the value's place is plain: one parameter of
    two got another default.
    """
    first, last = core(text, start, end, is_prose=is_prose)
    old = _words(text, first, last)
    inside = [place for place, word in enumerate(old) if word.start >= start and word.end <= end]
    if not inside:
        return []
    value = slice(inside[0], inside[-1] + 1)
    rest = {word.text for word in (*old[: value.start], *old[value.stop :])}
    if len(rest) < (_LEAST_OF_A_SENTENCE if is_prose else 1):
        return []
    found: list[Instead] = []
    for new in _words_of_units(newer, is_prose=is_prose):
        if 2 * len(rest & {word.text for word in new}) < len(rest):
            continue
        place = _in_place(old, value, new) or (None if is_prose else _in_place_of_a_line(old, value, new))
        if place and 0 < place.stop - place.start <= _MOST_OF_A_VALUE:
            said = _with_marks(newer, new[place.start].start, new[place.stop - 1].end)
            is_another = [word.text for word in new[place]] != [word.text for word in old[value]]
            if is_another and not _MARKUP.search(said.value):
                found.append(said)
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """The spans of the sentences of `text`."""
    return list(_units(text, is_prose=True))


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


@lru_cache(maxsize=1024)
def _words_of_units(text: str, *, is_prose: bool) -> list[list[_Word]]:
    """The words of each sentence or line. Kept, since all facts of a work are compared with the same passages."""
    return [_words(text, start, end) for start, end in _units(text, is_prose=is_prose)]


def _words(text: str, start: int, end: int) -> list[_Word]:
    return [_Word(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(text, start, end)]


def _in_place(old: Sequence[_Word], value: slice, new: Sequence[_Word]) -> slice | None:
    """Where in `new` the value stands, if all before and behind it is the same."""
    behind = len(old) - value.stop
    if len(new) <= value.start + behind:
        return None
    before_is_same = [word.text for word in old[: value.start]] == [word.text for word in new[: value.start]]
    end = len(new) - behind
    if before_is_same and [word.text for word in old[value.stop :]] == [word.text for word in new[end:]]:
        return slice(value.start, end)
    return None


def _in_place_of_a_line(old: Sequence[_Word], value: slice, new: Sequence[_Word]) -> slice | None:
    """Where in `new` another value stands, if it begins the same and the word before the value is the same."""
    if not value.start or not new or old[0].text != new[0].text:
        return None
    matcher = SequenceMatcher(None, [word.text for word in old], [word.text for word in new], autojunk=False)
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind == "replace" and (old_start, old_end) == (value.start, value.stop):
            return slice(new_start, new_end)
    return None


def _with_marks(text: str, start: int, end: int) -> Instead:
    """A stretch of words with the marks that belong to them: "--app", ".venv", "dump()", "3.9+"."""
    if before := _MARK_BEFORE.search(text, 0, start):
        start = before.start()
    if behind := _MARK_BEHIND.match(text, end):
        end = behind.end()
    return Instead(text[start:end], start, end)


def _units(text: str, *, is_prose: bool) -> Iterator[tuple[int, int]]:
    start = 0
    for match in (_SENTENCE_END if is_prose else _LINE_END).finditer(text):
        yield start, match.end()
        start = match.end()
    yield start, len(text)


@lru_cache(maxsize=4096)
def _form(text: str, *, is_prose: bool) -> str:
    """`text` as it is compared: its words, or its lines, with what ends them on both sides."""
    if is_prose:
        return f" {' '.join(text.split())} "
    return "\n" + "\n".join(folded for line in text.split("\n") if (folded := " ".join(line.split()))) + "\n"


_LEAST_OF_A_SENTENCE = 3
_MOST_OF_A_VALUE = 8

_WORD = re.compile(r"\w+(?:[.:/-]\w+)*")
_MARK_BEFORE = re.compile(r"(?<![\w.-])(?:--?|\.)\Z")
_MARK_BEHIND = re.compile(r"\(\)|\+")
# Half a link or a role, or two cells of a table, is no value.
_MARKUP = re.compile(r"[`\[\]<>{}|*]|\n|  ")
_SENTENCE_START = re.compile(r"(?:[.!?][\"')\]*_`]*\s+|\n\s*\n)(?=\S)")
_SENTENCE_END = re.compile(r"[.!?][\"')\]*_`]*(?=\s)|\n\s*\n")
_LINE_END = re.compile(r"\n")
