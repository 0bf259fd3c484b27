"""What the readers of single formats share: marks on lines, or pieces of text, to a text with its blocks.

A reader that keeps the source as it is marks the lines where something begins (`blocks`); one that extracts
its text composes it of pieces (`compose`). Neither knows files: read.py does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from byheart.types import Block, BlockKind


@dataclass(frozen=True, slots=True)
class Structure:
    """What a format's reader finds: the text, its blocks, and what it says of itself (empty or None if nothing)."""

    text: str
    blocks: tuple[Block, ...]
    title: str = ""
    version: str | None = None
    dated: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A line (from 0) at which a block begins; kind None is what no reader needs: a comment, a link target.

    A heading has a level (1 is outermost) and its name.
    """

    line: int
    kind: BlockKind | None
    level: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a text that is being composed. A heading has a level (1 is outermost); its text is its name.

    `is_tight`: it follows the piece before it on the next line, without a blank line between them.
    """

    kind: BlockKind
    text: str
    level: int = 0
    is_tight: bool = False


def blocks(text: str, marks: Sequence[Mark], *, title: str = "") -> tuple[Block, ...]:
    """The blocks that begin at `marks`, each reaching to the next one, without the white space around it.

    Of several marks on one line the first counts; text above all of them is prose. `title` is left out of the
    heading paths it begins.
    """
    starts = line_starts(text)
    by_line = {mark.line: mark for mark in (Mark(0, BlockKind.PROSE), *reversed(marks)) if mark.line < len(starts) - 1}
    ordered = sorted(by_line.values(), key=lambda mark: mark.line)
    ends = [starts[mark.line] for mark in ordered[1:]] + [len(text)]
    found: list[Block] = []
    path = _Path(title)
    for mark, end in zip(ordered, ends, strict=True):
        if mark.level:
            path.enter(mark.level, mark.name)
        start, end = trimmed(text, starts[mark.line], end)
        if mark.kind and start < end:
            found.append(Block(mark.kind, start, end, path.headings()))
    return tuple(found)


def title_among(marks: Sequence[Mark]) -> str:
    """The heading that names the whole document: the first of the outermost level, if it is of level 1 and alone
    there, or if no text comes before it. Empty if there is none."""
    seen = [mark for mark in sorted(marks, key=lambda mark: mark.line) if mark.kind not in (None, BlockKind.FIELDS)]
    outermost = [mark for mark in seen if mark.level == 1]
    if seen and seen[0].level:
        return seen[0].name
    return outermost[0].name if len(outermost) == 1 else ""


def compose(pieces: Iterable[Piece], *, title: str = "") -> tuple[str, tuple[Block, ...]]:
    """The text of `pieces`, one below the other, and its blocks."""
    found: list[Block] = []
    texts: list[str] = []
    length = 0
    path = _Path(title)
    for piece in pieces:
        content = piece.text[slice(*trimmed(piece.text, 0, len(piece.text)))]
        if not content:
            continue
        if piece.level:
            path.enter(piece.level, " ".join(content.split()))
        gap = "" if not texts else "\n" if piece.is_tight else "\n\n"
        start = length + len(gap)
        length = start + len(content)
        found.append(Block(piece.kind, start, length, path.headings()))
        texts += (gap, content)
    return "".join(texts), tuple(found)


def line_starts(text: str) -> list[int]:
    """The offset at which each line begins, and, last, the end of the text."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    starts[-1] = len(text)
    return starts


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """`text[start:end]` without blank lines before and white space after it; its own indentation stays."""
    content = text[start:end]
    end = start + len(content.rstrip())
    first = len(content) - len(content.lstrip())
    return (min(end, start + content.rfind("\n", 0, first) + 1), end) if start < end else (start, start)


class _Path:
    """The headings that one stands under while walking through a document."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._levels: list[tuple[int, str]] = []

    def enter(self, level: int, name: str) -> None:
        while self._levels and self._levels[-1][0] >= level:
            self._levels.pop()
        self._levels.append((level, name))

    def headings(self) -> tuple[str, ...]:
        names = tuple(name for _, name in self._levels)
        return names[1:] if names[:1] == (self._title,) else names
