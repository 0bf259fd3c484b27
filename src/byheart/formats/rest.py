"""reStructuredText: docutils finds the blocks, the source stays as it is.

Takes source text, gives its structure. No directive is ever carried out and no role looked up, so nothing
is included, generated or lost: what Sphinx, or anyone, adds to reST is read as the text that it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from docutils import frontend, nodes, utils
from docutils.parsers import rst
from docutils.parsers.rst import directives

from byheart.formats import Mark, Structure, blocks, title_among
from byheart.formats import directives as names
from byheart.formats.header import Header, leading
from byheart.formats.markup import plain
from byheart.types import BlockKind


def parse(text: str) -> Structure:
    """The structure of reST source; raises RecursionError for nesting that no one writes."""
    header = leading(text)
    marks = _marks(text, header)
    title = (header.title if header else "") or title_among(marks)
    version, dated = (header.version, header.dated) if header else (None, None)
    in_field_list = _VERSION.search(text, 0, _TOP)
    version = version or (in_field_list[1] if in_field_list else None)
    return Structure(text, blocks(text, marks, title=title), title, version, dated)


def _marks(text: str, header: Header | None) -> list[Mark]:
    lines = text.split("\n")
    found = [Mark(0, BlockKind.FIELDS)] if header else []
    tree = _tree([""] * header.lines + lines[header.lines :] if header else lines)
    found += _Walk(lines).marks(tree, level=1)
    return _closed(found, lines)


def _tree(lines: list[str]) -> nodes.document:
    directives.register_directive(_OURS, _Directive)
    settings = frontend.get_default_settings(rst.Parser)
    settings.report_level = settings.halt_level = 5
    settings.warning_stream = False
    settings.file_insertion_enabled = settings.raw_enabled = False
    settings.line_length_limit = max(map(len, lines), default=0) + 1000
    document = utils.new_document("", settings)
    source = "\n".join(lines).translate(_NOT_A_LINE_BREAK)
    rst.Parser(inliner=_NoInline()).parse(_DIRECTIVE.sub(rf"\1.. {_OURS}:: \2 ", source), document)
    return document


# docutils breaks lines at these, a text editor does not.
_NOT_A_LINE_BREAK = {ord(mark): " " for mark in "\v\f\x1c\x1d\x1e\x85\u2028\u2029"}

# A document's own field list stands near its top.
_TOP = 2_000
_VERSION = re.compile(r"^:(?:Version|Release):[ \t]*v?(\d+(?:\.\d+)*)[ \t]*$", re.MULTILINE | re.IGNORECASE)

_OURS = "byheart"
_DIRECTIVE = re.compile(
    r"^([ \t]*(?:(?:[-*+•]|\w{1,3}[.)]|#\.)[ \t]+)?)\.\. +([A-Za-z][\w:.+-]*?) ?::(?=[ \t]|$)", re.MULTILINE
)


class _NoInline:
    """Takes docutils' inline parser's place: only blocks are asked for, and roles need not be known."""

    def init_customizations(self, settings: object) -> None: ...

    def adjust_uri(self, uri: str) -> str:
        return uri

    def parse(self, text: str, lineno: int, memo: object, parent: object) -> tuple[list[nodes.Text], list[object]]:
        return [nodes.Text(text)], []


class _directive(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """Any directive: `kind` is that of the block it begins; its children are its content."""


class _Directive(rst.Directive):  # type: ignore[misc]
    """Stands for every directive, whose true name comes first in its content."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        name, _, argument = self.content[0].partition(" ")
        kind = names.kind(name, has_argument=bool(argument.strip()))
        node = _directive("", kind=kind)
        node.line = self.lineno
        if not names.is_whole(kind):
            skipped = self._head(bool(argument.strip()))
            self.state.nested_parse(self.content[skipped:], self.content_offset + skipped, node)
        return [node]

    def _head(self, has_argument: bool) -> int:
        """How many lines of the content are argument and options."""
        count = 1
        while count < len(self.content):
            line = self.content[count].strip()
            if not (line if has_argument else _OPTION.match(line)):
                break
            count += 1
        return count


_OPTION = re.compile(r":[^:\s][^:]*:(?:\s|$)")


class _Walk:
    """Walks a docutils tree and marks the source lines where its leaves begin."""

    _LEAVES: ClassVar[dict[type[nodes.Element], BlockKind | None]] = {
        nodes.literal_block: BlockKind.CODE,
        nodes.doctest_block: BlockKind.CODE,
        nodes.math_block: BlockKind.CODE,
        nodes.table: BlockKind.TABLE,
        nodes.field_list: BlockKind.FIELDS,
        nodes.comment: None,
        nodes.target: None,
        nodes.substitution_definition: None,
        nodes.transition: None,
    }

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def marks(self, node: nodes.Element, level: int, kind: BlockKind = BlockKind.PROSE) -> Iterator[Mark]:
        for child in node.children:
            if isinstance(child, nodes.section):
                yield from self._section(child, level)
            elif isinstance(child, _directive):
                yield from self._opened(child, child["kind"], level, joins=True)
            elif isinstance(child, nodes.paragraph | nodes.line_block):
                yield Mark(_line(child), kind)
            elif isinstance(child, nodes.list_item):
                yield from self._opened(child, BlockKind.LIST, level)
            elif isinstance(child, nodes.definition_list_item | nodes.option_list_item):
                yield from self._opened(child, BlockKind.DEFINITION, level)
            elif isinstance(child, nodes.footnote | nodes.citation):
                yield from self._opened(child, BlockKind.PROSE, level)
            elif type(child) in self._LEAVES:
                yield Mark(_line(child), self._LEAVES[type(child)])
            elif isinstance(child, nodes.Element) and not isinstance(child, nodes.system_message | nodes.title):
                yield from self.marks(child, level, kind)

    def _section(self, section: nodes.section, level: int) -> Iterator[Mark]:
        title = section.next_node(nodes.title)
        name = title.rawsource.strip()
        near = _line(section)
        line = next((at for at in (near - 1, near, near - 2, near + 1) if self._is(at, name)), near)
        above = line - 1 if line and _ADORNMENT.fullmatch(self._lines[line - 1].rstrip()) else line
        yield Mark(above, BlockKind.HEADING, level, " ".join(plain(name).split()))
        yield from self.marks(section, level + 1)

    def _opened(
        self, node: nodes.Element, kind: BlockKind | None, level: int, *, joins: bool = False
    ) -> Iterator[Mark]:
        """What begins with a line of its own: an item, a directive. A paragraph right after it is part of it."""
        inner = list(self.marks(node, level, kind or BlockKind.PROSE))
        starts_with = inner[0].kind if inner else kind
        if joins and kind is BlockKind.PROSE and starts_with:
            kind = starts_with
        yield Mark(_line(node), kind)
        begins_with_text = inner and (inner[0].kind is kind or starts_with is BlockKind.PROSE)
        yield from inner[1:] if begins_with_text else inner

    def _is(self, line: int, name: str) -> bool:
        return 0 <= line < len(self._lines) and self._lines[line].strip() == name


_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1+")


def _line(node: nodes.Element) -> int:
    """The line (from 0) at which a node begins."""
    found = next((child.line for child in node.findall() if child.line), 1)
    return int(found) - 1


def _closed(marks: list[Mark], lines: list[str]) -> list[Mark]:
    """`marks`, and one at the end of each unseen stretch: what follows it unmarked is to be seen.

    Only a "::" that stands alone is not: docutils leaves it out, and so does every reader.
    """
    found = list(marks)
    for mark in marks:
        if mark.kind is None:
            end = mark.line + 1
            indent = _indent(lines[mark.line])
            while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > indent):
                end += 1
            if end < len(lines) and lines[end].strip() != "::":
                found.append(Mark(end, BlockKind.PROSE))
    return found


def _indent(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())
