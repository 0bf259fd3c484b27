"""A document to passages: stretches of its text of a size that is found, read and cited well.

Takes a Document, gives passages with their exact places. Cuts fall where the author left them, between
sections first, then between blocks; inside a block only where it is too long for one passage.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from math import inf

from semantic_text_splitter import TextSplitter

from byheart.formats import trimmed
from byheart.types import Block, BlockKind, Document, Passage, Placed

# In words. A passage comes near TARGET and never goes beyond MOST; where the block before it is at most OVERLAP
# long, it is repeated at the passage's beginning.
TARGET = 120
MOST = 180
OVERLAP = 30

# What it costs to have two sections in one passage, where a passage of no words or of twice TARGET costs 1.
JOIN = inf


def split(
    document: Document, *, target: int = TARGET, most: int = MOST, overlap: int = OVERLAP, join: float = JOIN
) -> list[Placed]:
    """The passages of `document`, in order; every block lies in one or more of them."""
    words = _Words(document.text)
    units = [unit for block in document.blocks for unit in _units(document.text, block, words, most)]
    placed: list[Placed] = []
    for first, last in _packed(document.text, units, words, target, most, join):
        inside = units[first : last + 1]
        start, end = inside[0].start, inside[-1].end
        before = units[first - 1] if first else None
        if (
            before
            and not _begins_section(before, inside[0])
            and before.kind is not BlockKind.HEADING
            and words.between(before.start, before.end) <= overlap
            and words.between(before.start, end) <= most
        ):
            start = before.start
        placed.append(_placed(document, _common_heading(inside), start, end))
    return placed


class _Words:
    """Where the words of a text begin, to measure what lies between two places."""

    def __init__(self, text: str) -> None:
        self._starts = [found.start() for found in _WORD.finditer(text)]

    def between(self, start: int, end: int) -> int:
        """The words from `start` to `end`; more where they are so long that they are none, as in data."""
        return max(bisect_left(self._starts, end) - bisect_left(self._starts, start), (end - start) // _LONG_WORD)


# A word is what stands between white space; in scripts that have none between words, two characters.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{1,2}|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_LONG_WORD = 25


@dataclass(frozen=True, slots=True)
class _Unit:
    """A block, or a part of one that is too long."""

    kind: BlockKind
    start: int
    end: int
    heading: tuple[str, ...]
    is_continued: bool = False


def _units(text: str, block: Block, words: _Words, most: int) -> list[_Unit]:
    if words.between(block.start, block.end) <= most:
        return [_Unit(block.kind, block.start, block.end, block.heading)]
    splitter = TextSplitter.from_callback(_size, (most // 2, most), trim=False)
    units: list[_Unit] = []
    for window, window_end in _windows(text, block.start, block.end):
        for at, chunk in splitter.chunk_indices(text[window:window_end]):
            start, end = trimmed(text, window + at, window + at + len(chunk))
            if start < end:
                units.append(_Unit(block.kind, start, end, block.heading, is_continued=bool(units)))
    return units


def _size(chunk: str) -> int:
    count = len(chunk.split()) if chunk.isascii() else len(_WORD.findall(chunk))
    return max(count, len(chunk) // _LONG_WORD)


def _windows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches of at most `_WINDOW` characters, ending at a line's or a word's end where there is one.

    The splitter takes seconds for a block of a megabyte, and a block of a log file may be that long.
    """
    while end - start > _WINDOW:
        limit = start + _WINDOW
        stop = max(text.rfind("\n", start + _WINDOW // 2, limit), -1)
        stop = stop if stop > 0 else text.rfind(" ", start + _WINDOW // 2, limit)
        stop = stop + 1 if stop > 0 else limit
        yield start, stop
        start = stop
    yield start, end


_WINDOW = 8_000


def _packed(
    text: str, units: Sequence[_Unit], words: _Words, target: int, most: int, join: float
) -> list[tuple[int, int]]:
    """The first and last unit of each passage: the cheapest of all ways to cut the document."""
    cut = [0.0] + [_cost_of_cut(text, before, after) for before, after in pairwise(units)]
    joined = [0.0] + [join if _begins_section(before, after) else 0.0 for before, after in pairwise(units)]
    costs = [0.0] + [inf] * len(units)
    begins = [0] * (len(units) + 1)
    for last in range(len(units)):
        joins = 0.0
        for first in range(last, -1, -1):
            size = words.between(units[first].start, units[last].end)
            if first < last and (size > most or joins == inf):
                break
            cost = costs[first] + cut[first] + joins + ((size - target) / target) ** 2
            if cost < costs[last + 1]:
                costs[last + 1], begins[last + 1] = cost, first
            joins += joined[first]
    passages: list[tuple[int, int]] = []
    end = len(units)
    while end:
        passages.append((begins[end], end - 1))
        end = begins[end]
    return passages[::-1]


def _begins_section(before: _Unit, after: _Unit) -> bool:
    """Whether another section begins with `after`; a heading further in, right below a heading, begins none."""
    if before.kind is BlockKind.HEADING:
        return after.heading[: len(before.heading)] != before.heading
    return after.kind is BlockKind.HEADING or after.heading != before.heading


def _cost_of_cut(text: str, before: _Unit, after: _Unit) -> float:
    """What is lost by a cut between two units, where a passage of no words or of twice the target costs 1."""
    if _begins_section(before, after):
        return 0.0
    if before.kind is BlockKind.HEADING:
        return 4.0
    if text[before.start : before.end].endswith(":"):
        return 1.0
    if after.is_continued or after.kind is BlockKind.CODE:
        return 0.5
    return 0.0


def _common_heading(units: Sequence[_Unit]) -> tuple[str, ...]:
    """The heading path that all of `units` lie under; headings that hold only other headings do not count."""
    paths = [unit.heading for unit in units if unit.kind is not BlockKind.HEADING] or [units[-1].heading]
    return tuple(names[0] for names in takewhile(lambda names: len(set(names)) == 1, zip(*paths, strict=False)))


def _placed(document: Document, heading: tuple[str, ...], start: int, end: int) -> Placed:
    text = document.text[start:end]
    digest = hashlib.sha256("\x1f".join((document.title, *heading, "", text)).encode()).hexdigest()
    return Placed(Passage(digest[:32], document.title, heading, text), start, end)
