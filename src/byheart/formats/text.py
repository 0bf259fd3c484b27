"""Plain text: paragraphs, and the few headings that can be told from them without markup."""

from __future__ import annotations

import re

from byheart.formats import Mark, Structure, blocks
from byheart.types import BlockKind


def parse(text: str) -> Structure:
    """The structure of plain text: a block a paragraph."""
    lines = text.split("\n")
    marks: list[Mark] = []
    for number, line in enumerate(lines):
        begins = line.strip() and (number == 0 or not lines[number - 1].strip())
        if begins:
            level = _level(lines, number)
            kind = BlockKind.HEADING if level else BlockKind.PROSE
            marks.append(Mark(number, kind, level, " ".join(line.split()) if level else ""))
            if level and number + 1 < len(lines) and lines[number + 1].strip():
                after = number + 2
                if after < len(lines):
                    marks.append(Mark(after, BlockKind.PROSE))
    title = next((mark.name for mark in marks if mark.level), "")
    return Structure(text, blocks(text, marks, title=title), title)


def _level(lines: list[str], number: int) -> int:
    """1 or 2 for a line that is underlined with = or -; else 0."""
    below = lines[number + 1].rstrip() if number + 1 < len(lines) else ""
    if _UNDERLINE.fullmatch(below) and len(below) >= len(lines[number].strip()) - 2:
        return 1 if below[0] in "=#*" else 2
    return 0


_UNDERLINE = re.compile(r"([=\-~*#^])\1{2,}")
