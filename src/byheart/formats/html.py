"""HTML: the main content of a page as text; navigation, scripts and decoration left out.

Takes the bytes of a page, gives its structure. The text holds the words of the page and white space, no marks:
code is indented, a table has its columns side by side, a definition stands indented below its term.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from byheart.formats import Mark, Piece, Structure, compose, title_among
from byheart.formats.dates import iso
from byheart.types import BlockKind


def parse(source: str) -> Structure:
    """The structure of a page's main content."""
    # Without a tag, or with the first line of XML, BeautifulSoup doubts that this is HTML, and warns.
    page = BeautifulSoup(re.sub(r"^\s*<\?xml[^>]*>", "", source if "<" in source else f"<p>{source}</p>"), "lxml")
    name = _folded(page.title.get_text()) if page.title else ""
    version = _VERSION.search(name)
    # A page of a documented version also tells when it was built, which says nothing of its text.
    dated = None if version else _dated(page)
    first_heading = page.find("h1")
    first_title = _shown(first_heading) if isinstance(first_heading, Tag) else ""
    for tag in page.find_all(_is_unwanted):
        if not tag.decomposed and not tag.find("h1"):
            tag.decompose()
    for line_break in page.find_all("br"):
        line_break.replace_with("\n")
    main = _main(page)
    try:
        pieces = list(_Walk(main).pieces(main, BlockKind.PROSE))
    except RecursionError:
        # Elements nested deeper than anyone writes: what they hold is still text.
        pieces = [Piece(BlockKind.PROSE, re.sub(r"\s*\n\s*", "\n", main.get_text("\n")))]
    marks = [Mark(number, piece.kind, piece.level, piece.text) for number, piece in enumerate(pieces)]
    title = title_among(marks) or first_title or _TAIL.sub("", name)
    text, blocks = compose(pieces, title=title)
    return Structure(text, blocks, title, version[1] if version else None, dated)


def _is_unwanted(tag: Tag) -> bool:
    """Whether an element is no content: navigation, decoration, or hidden."""
    if tag.name in _UNWANTED:
        return True
    found = tag.attrs
    if not found:
        return False
    classes = found.get("class") or ()
    return (
        "hidden" in found
        or found.get("role") in _UNWANTED_ROLES
        or found.get("id") in _UNWANTED_CLASSES
        or any(name in _UNWANTED_CLASSES or _UNWANTED_CLASS.search(name) for name in classes)
        or ("contents" in classes and "topic" in classes)
        or "display:none" in str(found.get("style", "")).replace(" ", "")
    )


def _dated(page: BeautifulSoup) -> str | None:
    for tag in page.find_all(("meta", "time")):
        named = {str(tag.get(key, "")).lower() for key in ("property", "name", "http-equiv", "itemprop")}
        found = iso(str(tag.get("content") or tag.get("datetime") or "")) if named & _MODIFIED else None
        if found:
            return found
    updated = _UPDATED.search(page.get_text(" "))
    return iso(updated[0]) if updated else None


def _main(page: BeautifulSoup) -> Tag:
    """The element that holds the content: the one marked as such, else where most words outside links are."""
    marked: list[Tag] = page.find_all(role="main") or page.find_all("main")
    if marked:
        return max(marked, key=_weight)
    articles: list[Tag] = page.find_all("article") or page.find_all(itemprop="articleBody")
    if len(articles) == 1:
        return articles[0]
    inner: Tag = page.body or page
    weight = _weight(inner)
    for _ in range(_DEPTH):
        heavy = next(
            (child for child in inner.find_all(_CONTAINERS, recursive=False) if _weight(child) > 0.8 * weight), None
        )
        if not heavy:
            break
        inner, weight = heavy, _weight(heavy)
    return inner


def _weight(tag: Tag) -> int:
    return len(tag.get_text()) - sum(len(link.get_text()) for link in tag.find_all("a"))


class _Walk:
    """Walks an element and gives what it shows, block by block."""

    def __init__(self, root: Tag) -> None:
        self._with_blocks: set[int] = set()
        for tag in root.find_all(_BLOCKS):
            for parent in tag.parents:
                if id(parent) in self._with_blocks or parent is root:
                    break
                self._with_blocks.add(id(parent))

    def pieces(self, tag: Tag, kind: BlockKind) -> Iterator[Piece]:
        line: list[str] = []
        for child in tag.children:
            if isinstance(child, Tag) and (child.name in _BLOCKS or id(child) in self._with_blocks):
                yield from _paragraph(line, kind)
                line = []
                yield from self._block(child, kind)
            elif isinstance(child, Tag):
                line.append(child.get_text())
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                line.append(str(child))
        yield from _paragraph(line, kind)

    def _block(self, tag: Tag, kind: BlockKind) -> Iterator[Piece]:
        if re.fullmatch("h[1-6]", tag.name):
            yield Piece(BlockKind.HEADING, _shown(tag), int(tag.name[1]))
        elif tag.name == "pre":
            yield Piece(BlockKind.CODE, textwrap.indent(tag.get_text().strip("\n"), "    "))
        elif tag.name in ("ul", "ol"):
            yield from self._list(tag)
        elif tag.name == "dl":
            yield from self._definitions(tag)
        elif tag.name == "table" and not tag.find(("table", "pre", "h1", "h2", "h3", "dl")):
            yield Piece(BlockKind.TABLE, _table(tag))
        else:
            yield from self.pieces(tag, kind)

    def _list(self, tag: Tag) -> Iterator[Piece]:
        was_short = False
        for item in tag.find_all(True, recursive=False):
            shown = list(self.pieces(item, BlockKind.LIST))
            if was_short and len(shown) == 1 and shown[0].kind is BlockKind.LIST:
                shown = [replace(shown[0], is_tight=True)]
            was_short = len(shown) == 1
            yield from shown

    def _definitions(self, tag: Tag) -> Iterator[Piece]:
        terms: list[str] = []
        for item in tag.find_all(("dt", "dd")):
            if item.find_parent("dl") is not tag:
                continue
            if item.name == "dt":
                terms.append(_shown(item))
                continue
            shown = self.pieces(item, BlockKind.DEFINITION)
            first = next(shown, None)
            begin = "\n".join(terms)
            terms = []
            if first and first.kind is BlockKind.DEFINITION:
                yield Piece(BlockKind.DEFINITION, f"{begin}\n    {first.text}" if begin else first.text)
                yield from shown
            else:
                yield Piece(BlockKind.DEFINITION, begin)
                yield from chain([first] if first else [], shown)
        yield Piece(BlockKind.DEFINITION, "\n".join(terms))


def _paragraph(line: list[str], kind: BlockKind) -> Iterator[Piece]:
    text = _folded("".join(line))
    if text:
        yield Piece(kind, text)


def _shown(tag: Tag) -> str:
    return _folded(tag.get_text()).removesuffix("¶").rstrip()


def _folded(text: str) -> str:
    return " ".join(text.split())


def _table(tag: Tag) -> str:
    """A table as reST has it, if it has a head and is narrow; else a line a row."""
    lines = [row.find_all(("td", "th")) for row in tag.find_all("tr")]
    rows = [[_folded(cell.get_text(" ")) for cell in line] for line in lines if line]
    widths = [max(map(len, column)) for column in zip(*rows, strict=False)]
    has_head = bool(lines and lines[0] and all(cell.name == "th" for cell in lines[0]))
    if not has_head or sum(widths) > 160 or len({len(row) for row in rows}) > 1:
        return "\n".join("  ".join(row).strip() for row in rows)
    rule = "  ".join("=" * max(width, 1) for width in widths)
    head, *body = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join((rule, head, rule, *body, rule))


_UNWANTED = frozenset(
    "script style nav header footer noscript template svg iframe button form select textarea dialog".split()
)
_UNWANTED_ROLES = frozenset(("navigation", "search", "banner", "contentinfo"))
_UNWANTED_CLASSES = frozenset(
    "headerlink linenodiv lineno linenos menu mw-editsection navbar related sidebar sidebar-tree sidenav sphinxsidebar "
    "toc".split()
)
_UNWANTED_CLASS = re.compile(r"breadcrumb|cookie-?(?:banner|consent)|(?:^|-)(?:sidebar|toc)(?:-(?!backref)|$)")
# No page that someone wrote has its content deeper.
_DEPTH = 60
_CONTAINERS = ("div", "section", "article", "main", "td", "table", "tbody", "tr", "center", "form")
_BLOCKS = (
    "address article aside blockquote center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr li main ol p pre section summary table ul"
).split()
_VERSION = re.compile(r"\bv?(\d+(?:\.\d+)+)\b(?= documentation| release notes)")
_TAIL = re.compile(r"\s+[—|–·-]\s+.*")
_UPDATED = re.compile(r"Last (?:updated|modified|edited)(?: on)?:? [\w ,/-]{8,20}")
_MODIFIED = frozenset(
    (
        "article:modified_time",
        "og:updated_time",
        "dcterms.modified",
        "dc.date.modified",
        "last-modified",
        "datemodified",
    )
)
