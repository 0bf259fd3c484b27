"""Markdown: markdown-it finds the blocks, the source stays as it is.

Takes source text, gives its structure. Besides CommonMark and tables it knows YAML front matter, HTML blocks,
MyST directives and the indented notes of MkDocs; what it does not know is read as the text that it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from byheart.formats import Mark, Structure, blocks, directives, title_among
from byheart.formats.header import Header, front_matter
from byheart.formats.markup import plain
from byheart.types import BlockKind


def parse(text: str) -> Structure:
    """The structure of Markdown source."""
    header = front_matter(text)
    found = marks(text, header)
    title = (header.title if header else "") or title_among(found)
    version, dated = (header.version, header.dated) if header else (None, None)
    return Structure(text, blocks(text, found, title=title), title, version, dated)


def marks(text: str, header: Header | None = None) -> list[Mark]:
    """The marks of Markdown source, whose `header`, if it has one, is a block of its own."""
    lines = text.split("\n")
    if not header:
        return list(_marks(lines))
    body = [""] * header.lines + lines[header.lines :]
    return [Mark(0, BlockKind.FIELDS), *_marks(body)]


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").disable("inline")


def _marks(lines: Sequence[str], *, kind: BlockKind = BlockKind.PROSE) -> Iterator[Mark]:
    tokens = _parser().parse("\n".join(lines))
    lists = 0
    is_note = False
    for number, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists -= 1
        if token.map is None or token.type not in _KINDS:
            continue
        text_kind = BlockKind.LIST if lists else kind
        start, end = token.map
        content = tokens[number + 1].content if token.type in ("paragraph_open", "heading_open") else token.content
        if token.type == "code_block" and is_note:
            # MkDocs: the text of a note is indented like code.
            yield from _moved(_marks([line[4:] for line in lines[start:end]], kind=text_kind), start)
            continue
        is_note = token.type == "paragraph_open" and bool(_NOTE.match(content))
        if token.type == "heading_open" and token.level == 0:
            yield Mark(start, BlockKind.HEADING, int(token.tag[1]), _name(content))
        elif token.type in ("paragraph_open", "heading_open"):
            yield Mark(start, None if _NAVIGATION.fullmatch(content) else text_kind)
        elif token.type == "fence":
            yield from _fence(token, lines, text_kind)
        elif token.type == "html_block":
            yield from _html(token, text_kind)
        else:
            yield Mark(start, _KINDS[token.type])


def _fence(token: Token, lines: Sequence[str], kind: BlockKind) -> Iterator[Mark]:
    """Code; or a MyST directive, which may hold text of its own."""
    start, end = token.map or (0, 0)
    named = _MYST.fullmatch(token.info.strip())
    found = directives.kind(named[1], has_argument=bool(named[2])) if named else BlockKind.CODE
    yield Mark(start, found)
    if not directives.is_whole(found):
        yield from _moved(_marks(token.content.split("\n")[: max(0, end - start - 2)], kind=kind), start + 1)


def _html(token: Token, kind: BlockKind) -> Iterator[Mark]:
    start, _ = token.map or (0, 0)
    source = _UNSEEN_HTML.sub("", token.content)
    heading = _HTML_HEADING.search(source)
    tag = re.match(r"\s*<(pre|table)\b", source, re.IGNORECASE)
    if heading and token.level == 0:
        yield Mark(start, BlockKind.HEADING, int(heading[1]), _name(re.sub("<[^>]*>", "", heading[2])))
    elif tag:
        yield Mark(start, BlockKind.CODE if tag[1].lower() == "pre" else BlockKind.TABLE)
    else:
        yield Mark(start, kind if re.sub("<[^>]*>", "", source).strip() else None)


def _name(content: str) -> str:
    return " ".join(plain(_ATTRIBUTES.sub("", content)).split())


def _moved(found: Iterator[Mark], lines: int) -> Iterator[Mark]:
    for mark in found:
        # A heading in a note is no heading of the document.
        kind = BlockKind.PROSE if mark.kind is BlockKind.HEADING else mark.kind
        yield replace(mark, line=mark.line + lines, kind=kind, level=0, name="")


_KINDS = {
    "heading_open": BlockKind.HEADING,
    "paragraph_open": BlockKind.PROSE,
    "fence": BlockKind.CODE,
    "code_block": BlockKind.CODE,
    "table_open": BlockKind.TABLE,
    "html_block": BlockKind.PROSE,
    "hr": None,
}

_NOTE = re.compile(r"(?:!!!|\?\?\?\+?|===\+?)\s")
_MYST = re.compile(r"\{([\w:.-]+)\}\s*(.*)")
_ATTRIBUTES = re.compile(r"\s*\{:?\s*[#.][^{}]*\}\s*$")
_UNSEEN_HTML = re.compile(r"<!--[\s\S]*?(?:-->|\Z)|<(script|style)\b[\s\S]*?(?:</\1>|\Z)", re.IGNORECASE)
_HTML_HEADING = re.compile(r"<h([1-6])\b[^>]*>([\s\S]*?)</h\1>", re.IGNORECASE)

# Links and signs alone, such as "< [Before](a) | [Contents](b) | [After](c) >" or "- [Section](#section)"; and fences
# of directives that stand alone.
_LINK = r"\[(?:[^\[\]]|\[[^\]]*\])*\]\([^)\s]*\)"
_SIGN = r"[\s<>|←→«»·•-]|&[lg]t;|&nbsp;"
_NAVIGATION = re.compile(
    rf"(?:{_SIGN})*{_LINK}(?:(?:{_SIGN})*[<>|←→«»](?:{_SIGN})*{_LINK})+(?:{_SIGN})*"
    rf"|(?:{_SIGN})+{_LINK}(?:{_SIGN})*"
    rf"|\[(?:[^\[\]]|\[[^\]]*\])*\]\(#[^)\s]*\)|[:/]{{3,}}"
)
