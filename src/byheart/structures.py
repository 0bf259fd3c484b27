"""What a passage says in a fixed form: header fields, definitions, tables, signatures, "new in" notes.

Takes passages of source markup (reST, Markdown) or plain text; gives sayings: spans with subject and attribute, not
yet judged. It does not drop, rank or reword anything (facts.py does), and a form that it is not sure of is left to
the sentences.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from byheart.candidates import sort_of_code
from byheart.read import plain
from byheart.sentences import prose, without_code
from byheart.types import FactKind, Passage


@dataclass(frozen=True, slots=True)
class Saying:
    """A span of a passage that could be the value of a fact; `statement` is the plain line or sentence around it."""

    kind: FactKind
    start: int
    end: int
    statement: str
    subject: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Described:
    """An object (function, class, option) that a stretch of a passage, `start` to `end`, is the description of."""

    name: str
    sort: str
    term: tuple[int, int]
    start: int
    end: int

    @property
    def called(self) -> str:
        """The name as one speaks of it: "len()" of a function."""
        return f"{self.name}()" if self.sort in _CALLED else self.name


def folded(text: str) -> str:
    """Plain text of a stretch of source markup, its white space folded."""
    return " ".join(plain(text).split())


def as_value(source: str) -> str:
    """The value that a span of source says: without inline markup, e-mail addresses, line breaks and outer quotes."""
    value = folded(_EMAIL.sub("", source)).rstrip(",")
    return value[1:-1] if re.fullmatch(r"\"[^\"]+\"|“[^”]+”", value) else value


def as_cell(source: str) -> str:
    """The value that a cell of a table says: without footnote marks and a full stop."""
    return re.sub(r"\s*\[\d+\]_?$|\.$", "", as_value(source))


def identity(passage: Passage) -> str:
    """What a header names itself by its first field ("PEP: 634" is "PEP 634"); empty where there is no such header."""
    for block in _field_blocks(passage.text):
        name, start, end = block[0]
        value = as_value(passage.text[start:end])
        if re.fullmatch(r"[A-Z]{2,8}", name) and value.isdigit():
            return f"{name} {value}"
    return ""


def fields(passage: Passage, subject: str, *, is_first: bool) -> Iterator[Saying]:
    """Fields of a field list (":Status: Final") and, in a document's first passage, of its header ("Status: Final")."""
    text = passage.text
    for block in _field_blocks(text):
        if not (is_first or text[block[0][1] - 1 - len(block[0][0]) :].lstrip().startswith(":")):
            continue
        for name, start, end in block:
            if not subject.lower().startswith(f"{name.lower()} "):
                statement = f"{name}: {as_value(text[start:end])}"
                yield Saying(FactKind.FIELD, start, end, statement, subject, name)


def objects(text: str, carried: Described | None = None) -> list[Described]:
    """Objects described in a passage, by a reST directive or by a signature over an indented text; the outer first.

    `carried` is the one that the passage before ended in: an indented opening goes on with its description.
    """
    found: list[Described] = []
    if carried and text[:1] in (" ", "\t"):
        outdented = re.search(r"^\S", text, re.M)
        found.append(Described(carried.name, carried.sort, (-1, -1), 0, outdented.start() if outdented else len(text)))
    for match in _OBJECT.finditer(without_code(text)):
        start, end = match.span("body")
        name = match["term"] or match["plain"]
        around = [other for other in found if other.start <= match.start() and end <= other.end]
        if around and "." not in name and around[-1].sort in ("class", "exception"):
            name = f"{around[-1].name}.{name}"
        sort = _OBJECTS.get(match["object"], match["object"]) if match["object"] else sort_of_code(f"{name}()")
        span = match.span("term") if match["term"] else match.span("plain")
        found.append(Described(name, sort, span, start, end))
    return found


def unfinished(text: str, described: Sequence[Described]) -> Described | None:
    """The object whose description a passage ends in, and the next one may go on with."""
    return described[-1] if described and not text[described[-1].end :].strip() else None


def owner(described: Sequence[Described], place: int) -> Described | None:
    """The innermost of the objects whose description holds `place`."""
    return next((one for one in reversed(described) if one.start <= place < one.end), None)


def definitions(passage: Passage, subject: str, described: Sequence[Described]) -> Iterator[Saying]:
    """Terms with their descriptions: described objects, reST definition lists, "term: description" bullets."""
    text = passage.text
    under_methods = any("method" in heading.lower() for heading in (passage.title, *passage.heading))
    for one in described:
        opening = re.split(r"\n[ \t]*\n", text[one.start : one.end].lstrip(), maxsplit=1)[0]
        if one.term[0] >= 0 and re.match(r"\w+ ", opening):
            sort = "method" if one.sort == "function" and under_methods else one.sort
            yield _defined(one.term, one.name, opening, subject, sort)
    running = prose(text)
    for pattern in (_DEFINITION_ITEM, _TERM_BULLET, _LEAD_BULLET):
        for match in pattern.finditer(running):
            term = folded(match["term"]).rstrip(";,")
            if pattern is _LEAD_BULLET and not is_lead(term):
                continue
            if dated := _DATED.match(match["body"]):
                at = match.start("body")
                about = f"{term} ({subject})" if subject else term
                yield Saying(FactKind.NUMBER, at, at + dated.end("date"), dated["date"], about, "date")
                continue
            sort = sort_of_code(term) if re.search(r"^[`\"]|\w\(|^:\w+:`", match["term"]) else "term"
            yield _defined(match.span("term"), term, match["body"], subject, sort)


def is_lead(phrase: str) -> bool:
    """Whether a phrase before a colon names what comes after it, and is no sentence of its own."""
    words = phrase.split()
    return len(words) <= 6 and not any(word.lower() in _NO_LEAD for word in words)


def tables(passage: Passage, subject: str) -> Iterator[Saying]:
    """Cells of reST and Markdown tables with a head, by the first cell of their row and the head of their column."""
    text = passage.text
    lines = _lines(without_code(text))
    for head, rows in [*_pipe_tables(lines), *_simple_tables(lines), *_grid_tables(lines)]:
        for row in rows:
            label, *_ = cells = [as_cell(text[start:end]) for start, end in row]
            said = " | ".join(cells)
            for name, cell, (start, end) in zip(head[1:], cells[1:], row[1:], strict=False):
                if label and name and cell:
                    yield Saying(FactKind.TABLE, start, end, said, _row_name(label, subject), folded(name))
            if len(head) == 2 and head[0] and all(cells):
                yield Saying(FactKind.TABLE, *row[0], said, _row_name(cells[1], subject), folded(head[0]))


def signatures(passage: Passage, described: Sequence[Described]) -> Iterator[Saying]:
    """Defaults and return types of signatures: those of described objects, and lines that cannot be calls."""
    text = passage.text
    named = {one.term[0]: one.name for one in described}
    for match in _SIGNATURE.finditer(text):
        start = match.start("name")
        if not (start in named or match["declared"] or match["returns"] or _SEPARATOR.search(match["arguments"])):
            continue  # it may as well be a call, whose keyword arguments are no defaults
        name, line = f"{named.get(start, match['name'])}()", folded(match["signature"])
        for argument in _DEFAULT.finditer(text, *match.span("arguments")):
            yield Saying(FactKind.SIGNATURE, *argument.span("value"), line, name, f"default of {argument['name']}")
        if match["returns"] and (not match["returns"].islower() or match["returns"] in _BUILTIN_TYPES):
            yield Saying(FactKind.SIGNATURE, *match.span("returns"), line, name, "return type")


def version_notes(passage: Passage, subject: str, described: Sequence[Described]) -> Iterator[Saying]:
    """Notes of what a version brought, changed, deprecated or removed, about the object they stand at.

    A note that says what is new is no fact about its object: its attribute is "version", its statement the note.
    """
    text = passage.text
    for match in _VERSION_NOTE.finditer(text):
        at = owner(described, match.start())
        if not at and match[0][:1] in (" ", "\t"):
            continue  # about something that is named in no passage at hand
        about = at.called if at else subject
        verb = (match["directive"] or match["verb"]).lower().removeprefix("version")
        said = folded(re.split(r"(?<=[.!?])\s+(?=[A-Z`*\"])", match["said"] or "", maxsplit=1)[0])
        if not said:
            yield Saying(FactKind.NUMBER, *match.span("version"), match["version"], about, _NOTES[verb])
        elif len(said.split()) > 3:
            statement = f"{_SAID[_NOTES[verb]]} version {match['version']}: {said}"
            yield Saying(FactKind.NUMBER, *match.span("version"), statement, about, "version")


def is_version_note(text: str, place: int) -> bool:
    """Whether a version note stands at `place`, or in the line that `place` is in."""
    return bool(_VERSION_NOTE.match(text, text.rfind("\n", 0, place) + 1))


def _row_name(label: str, subject: str) -> str:
    unquoted = re.sub(r'"([^"\s]+)"', r"\1", label)
    return f"“{unquoted}” ({subject})" if " " in unquoted else f"{unquoted} ({subject})"


def _defined(span: tuple[int, int], term: str, body: str, subject: str, sort: str) -> Saying:
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z`*\"])", body.strip(), maxsplit=1)[0]
    if sort in _CALLED and not term.endswith(")"):
        term += "()"
    return Saying(FactKind.DEFINITION, *span, f"{term}: {folded(sentence)}", subject, sort)


_EMAIL = re.compile(r"\s*<[^<>\s]+(?:@| at )[^<>]+>|\s*\([^()\s]+@[^()\s]+\)")

_CALLED = frozenset(("function", "method", "special method", "classmethod", "staticmethod", "C function"))
_BUILTIN_TYPES = frozenset("bool bytes dict float int list object set str tuple type frozenset complex".split())
_OBJECTS = {"data": "variable", "envvar": "environment variable", "classmethod": "method", "staticmethod": "method"}
_OBJECT_NAMES = "function|class|method|attribute|data|exception|module|decorator|option|envvar|classmethod|staticmethod"
# The body is only looked at, so that objects described inside it are found too.
_OBJECT = re.compile(
    rf"^(?P<indent>[ \t]*)(?:\.\. (?:\w+:)?(?P<object>{_OBJECT_NAMES}):: *(?P<term>-*[\w.-]+)[^\n]*"
    r"(?:\n(?P=indent)[ \t]+\S[^\n]*)*|(?P<plain>[A-Za-z_][\w.]*)\([^\n]*\)(?: -> [^\n]+)?)\n"
    r"(?=(?:[ \t]*\n)+(?P<body>(?P=indent)[ \t]+\S[^\n]*(?:\n(?:(?P=indent)[ \t]+[^\n]*|[ \t]*$))*))",
    re.M,
)
_DEFINITION_ITEM = re.compile(
    r"^(?P<pad>[ \t]*)(?P<term>(?!\.\.|[-*+#>|:=]|\d+\.)\S[^\n]{0,60}?(?<![.:,;(){}]))\n"
    r"(?P<body>(?P=pad)[ \t]{1,8}[A-Z`*\"]\S*[ ][^\n]*(?:\n(?P=pad)[ \t]+\S[^\n]*)*)",
    re.M,
)
_TERM_BULLET = re.compile(
    r"^[ \t]*[-*+] +(?P<term>``[^`\n]+``|`[^`\n]+`|\*\*[^*\n]+\*\*|\*[^*\n]+\*|\"[^\"\n]+\")"
    r"(?::| --+| —| –| -)[ \n]+(?P<body>\S[^\n]*(?:\n[ \t]+(?![-*+] )\S[^\n]*)*)",
    re.M,
)

_LEAD_BULLET = re.compile(
    r"^[ \t]*[-*+•] +(?P<term>(?![`*\"]+[^`*\"\n]+[`*\"]+(?::| -))[^\s:`][^\n:!?]{1,50}?)(?:: +| --+ | — | – )"
    r"(?P<body>\S[^\n]*(?:\n[ \t]+(?![-*+•] )\S[^\n]*)*)",
    re.M,
)

_SIGNATURE = re.compile(
    r"^(?P<declared>[ \t]*\.\. (?:py:)?\w+:: *|#+ +`?)?[ \t]*"
    r"(?P<signature>(?:async +)?(?:class +)?(?P<name>[A-Za-z_][\w.]*)"
    r"\((?P<arguments>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)(?: *-> *(?P<returns>[\w.\[\], |]+?))?)`?[ ]*$",
    re.M,
)
_SEPARATOR = re.compile(r"(?:^|, *)[*/] *(?:,|$)")
_DEFAULT = re.compile(
    r"(?P<name>[A-Za-z_]\w*)(?: *: *[\w.\[\]| ]+?)? *= *"
    r"(?P<value>'[^'\n]*'|\"[^\"\n]*\"|-?\d+(?:\.\d+)?[eE][+-]?\d+|-?[\w.]+(?:\(\))?|\(\)|\[\]|\{\})"
    r"(?= *(?:[,)\]]|\[,|$))"
)

_NOTES = {
    "added": "new in",
    "new": "new in",
    "changed": "changed in",
    "deprecated": "deprecated since",
    "deprecated-removed": "deprecated since",
    "removed": "removed in",
}
_SAID = {
    "new in": "Added in",
    "changed in": "Changed in",
    "deprecated since": "Deprecated since",
    "removed in": "Removed in",
}
_VERSION_NOTE = re.compile(
    r"^[ \t]*(?:\.\. (?P<directive>version(?:added|changed|removed)|deprecated(?:-removed)?):: *"
    r"|(?P<verb>New|Added|Changed|Deprecated|Removed) (?:in|since) (?:version |Python )+)"
    r"(?P<version>v?\d+(?:\.\d+)+)(?:, removed in version [\d.]+)?(?:\.[ \t]*$|[:.]?[ \t]*(?:\n[ \t]*\n(?=[ \t]+\w))?"
    r"(?P<said>\S?[^\n]*(?:\n[ \t]*(?!\.\. )\S[^\n]*)*)|$)",
    re.M,
)

_DATED = re.compile(
    r"(?P<date>(?:\w+day, )?(?:\d{4}-\d\d-\d\d|\d{1,2}[- ]\w{3,9}[- ]\d{4}|\w{3,9} \d{1,2}, \d{4}))\s*(?:\(|$)", re.M
)
_NO_LEAD = frozenset(
    "is are was were be can could should must will would has have do does if when because you we i it they this that "
    "these those there here e.g i.e note example examples".split()
)
_FIELD = re.compile(
    r"(?:(?:[-*] +)?(?:\*\*)?(?P<name>[A-Z][A-Za-z0-9 /_-]{0,30}?)(?:\*\*)?:(?:\*\*)?"
    r"|:(?P<listed>[A-Z][^:`\n]{0,40}):)(?:[ \t]+(?P<value>\S.*?))?\s*$"
)
_BORDER = re.compile(r"\s*=+(?: +=+)+\s*$")

Line = tuple[int, str]
Row = list[tuple[int, int]]
Table = tuple[list[str], list[Row]]


def _lines(text: str) -> list[Line]:
    lines, offset = [], 0
    for line in text.splitlines(keepends=True):
        lines.append((offset, line.rstrip("\r\n")))
        offset += len(line)
    return lines


def _field_blocks(text: str) -> list[list[tuple[str, int, int]]]:
    blocks: list[list[tuple[str, int, int]]] = [[]]
    for offset, line in _lines(without_code(text)):
        match = _FIELD.match(line)
        if match and match["value"]:
            name = match["name"] or match["listed"]
            blocks[-1].append((name, offset + match.start("value"), offset + match.end("value")))
        elif line.strip() and line[0] in " \t" and blocks[-1]:
            name, start, _ = blocks[-1].pop()
            blocks[-1].append((name, start, offset + len(line.rstrip())))
        elif not match:
            blocks.append([])
    return [block for block in blocks if len(block) > 1]


def _trimmed(line: str, start: int, end: int, offset: int) -> tuple[int, int]:
    cell = line[start:end]
    start += len(cell) - len(cell.lstrip())
    return offset + start, offset + max(start, start + len(cell.strip()))


def _pipe_tables(lines: list[Line]) -> Iterator[Table]:
    def row(line: Line) -> Row:
        offset, text = line
        edges = [-1, *(m.start() for m in re.finditer(r"(?<!\\)\|", text)), len(text)]
        cells = [_trimmed(text, a + 1, b, offset) for a, b in itertools.pairwise(edges)]
        return cells[text.lstrip().startswith("|") : len(cells) - text.rstrip().endswith("|")]

    for number in range(1, len(lines)):
        if not re.fullmatch(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*", lines[number][1]):
            continue
        body = itertools.takewhile(lambda line: "|" in line[1], lines[number + 1 :])
        offset, text = lines[number - 1]
        yield [text[a - offset : b - offset] for a, b in row(lines[number - 1])], [row(line) for line in body]


def _simple_tables(lines: list[Line]) -> Iterator[Table]:
    borders = [number for number, (_, line) in enumerate(lines) if _BORDER.match(line)]
    for top, middle, bottom in zip(borders[::3], borders[1::3], borders[2::3], strict=False):
        starts = [match.start() for match in re.finditer("=+", lines[top][1])]
        columns = list(itertools.pairwise([*starts, 10_000]))
        head = [" ".join(line[a:b].strip() for _, line in lines[top + 1 : middle]).strip() for a, b in columns]
        inside = [line for line in lines[middle + 1 : bottom] if line[1].strip()]
        rows = [[_trimmed(text, a, b, offset) for a, b in columns] for offset, text in inside]
        has_continued_rows = any(start == end for (start, end), *_ in rows)
        if not has_continued_rows:
            yield head, rows


def _grid_tables(lines: list[Line]) -> Iterator[Table]:
    for number, (_, line) in enumerate(lines):
        if not re.fullmatch(r"\s*[+|]=+(?:[+|]=+)+[+|]\s*", line):
            continue
        edges = [match.start() for match in re.finditer(r"[+|]", line)]
        columns = [(a + 1, b) for a, b in itertools.pairwise(edges)]
        above = list(itertools.takewhile(lambda item: "+-" not in item[1], reversed(lines[:number])))
        head = [" ".join(text[a:b].strip() for _, text in reversed(above)).strip() for a, b in columns]
        body = itertools.takewhile(lambda item: item[1].lstrip()[:1] in ("|", "+"), lines[number + 1 :])
        rows = []
        for is_rule, group in itertools.groupby(body, lambda item: item[1].lstrip().startswith("+")):
            cell_lines = list(group)
            if not is_rule and len(cell_lines) == 1:
                rows.append([_trimmed(cell_lines[0][1], a, b, cell_lines[0][0]) for a, b in columns])
        yield head, rows
