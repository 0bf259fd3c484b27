"""Markdown: markdown-it finds the blocks, the source stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from byheart.formats import Mark, Structure, blocks
from byheart.formats.header import front_matter
from byheart.formats.markup import plain
from byheart.types import BlockKind


def parse(text: str) -> Structure:
    """The structure of Markdown source, with YAML front matter if it begins with one."""
    header = front_matter(text)
    found = marks(text)
    title = (header.title if header else "") or next((mark.name for mark in found if mark.level), "")
    return Structure(text, blocks(text, found, title=title), title, dated=header.dated if header else None)


def marks(text: str) -> list[Mark]:
    """The marks of Markdown source; a heading's level is that of its markup."""
    header = front_matter(text)
    lines = text.split("\n")
    found = [Mark(0, BlockKind.FIELDS)] if header else []
    body = [""] * header.lines + lines[header.lines :] if header else lines
    return found + list(_marks(body))


def _marks(lines: list[str]) -> Iterator[Mark]:
    parser = MarkdownIt("commonmark").enable("table")
    parser.disable("inline")
    tokens = parser.parse("\n".join(lines))
    covered = -1
    for number, token in enumerate(tokens):
        kind = _KINDS.get(token.type)
        if not token.map or not kind or token.map[0] <= covered:
            continue
        line, end = token.map
        if token.type == "heading_open":
            name = " ".join(plain(tokens[number + 1].content).split())
            yield Mark(line, kind, int(token.tag[1]), name)
        elif token.type == "html_block":
            yield from _html(lines, line, end)
        elif token.type == "list_item_open":
            yield Mark(line, kind)
        else:
            in_list = token.level > 0 and kind is BlockKind.PROSE
            yield Mark(line, BlockKind.LIST if in_list else kind)
        if kind is BlockKind.TABLE:
            covered = end - 1


def _html(lines: list[str], start: int, end: int) -> Iterator[Mark]:
    source = "\n".join(lines[start:end])
    heading = _HTML_HEADING.search(source)
    text = " ".join(plain(re.sub(r"<!--[\s\S]*?-->", "", source)).split())
    if heading:
        yield Mark(start, BlockKind.HEADING, int(heading[1]), " ".join(plain(heading[2]).split()))
    else:
        yield Mark(start, BlockKind.PROSE if text else None)


_KINDS = {
    "heading_open": BlockKind.HEADING,
    "paragraph_open": BlockKind.PROSE,
    "list_item_open": BlockKind.LIST,
    "fence": BlockKind.CODE,
    "code_block": BlockKind.CODE,
    "table_open": BlockKind.TABLE,
    "html_block": BlockKind.PROSE,
}
_HTML_HEADING = re.compile(r"<h([1-6])\b[^>]*>([\s\S]*?)</h\1>", re.IGNORECASE)


def _unused(token: Token) -> None: ...
