"""Plain text: paragraphs, and the few headings that can be told from them without markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from byheart.formats import Mark, Structure, blocks, title_among
from byheart.formats.header import leading
from byheart.types import BlockKind


def parse(text: str) -> Structure:
    """The structure of plain text: a block a paragraph; headings where they are underlined or numbered chapters."""
    header = leading(text)
    lines = text.split("\n")
    found = [Mark(0, BlockKind.FIELDS)] if header else []
    found += _marks(lines, header.lines if header else 0)
    title = (header.title if header else "") or title_among(found)
    version, dated = (header.version, header.dated) if header else (None, None)
    return Structure(text, blocks(text, found, title=title), title, version, dated)


def parse_table(text: str) -> Structure:
    """The structure of lines of values, as in a CSV file: one table."""
    return Structure(text, blocks(text, [Mark(0, BlockKind.TABLE)]))


def _marks(lines: Sequence[str], first: int) -> Iterator[Mark]:
    above = ""
    for number in range(first, len(lines)):
        line = lines[number].strip()
        begins = line and not above
        level = _level(lines, number) if begins else 0
        if level:
            yield Mark(number, BlockKind.HEADING, level, " ".join(line.split()))
        elif begins or (line and above and _ITEM.match(line)):
            yield Mark(number, BlockKind.LIST if _ITEM.match(line) else BlockKind.PROSE)
        above = line
        if _UNDERLINE.fullmatch(line):
            # What follows an underlined heading is not part of it, even without a blank line.
            above = ""


def _level(lines: Sequence[str], number: int) -> int:
    """1 or 2 for a line that is a heading, else 0."""
    line = lines[number].strip()
    below = lines[number + 1].strip() if number + 1 < len(lines) else ""
    if _UNDERLINE.fullmatch(below) and abs(len(below) - len(line)) <= 3:
        return 1 if below[0] in "=#*" else 2
    return 1 if not below and _CHAPTER.fullmatch(line) else 0


_UNDERLINE = re.compile(r"([=\-~*#^])\1{2,}")
_CHAPTER = re.compile(r"(?:chapter|part|appendix) (?:\d+|[ivxlc]+|[a-z])\b.{0,80}", re.IGNORECASE)
_ITEM = re.compile(r"(?:[-*•]|\d{1,2}[.)])\s+\S")
