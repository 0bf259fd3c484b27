"""What a passage says in a fixed form: header fields, definitions, tables, signatures, "new in" notes.

Takes passages of source markup (reST, Markdown) or plain text; gives sayings: spans with subject and
attribute, not yet judged. It does not drop, rank or reword anything (facts.py does), and a form that
it is not sure of is left to sentences.py.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from byheart.read import plain
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


def folded(text: str) -> str:
    """Plain text of a stretch of source markup, its white space folded."""
    return " ".join(plain(text).split())


def as_value(source: str) -> str:
    """The value that a span of source says: without inline markup, e-mail addresses and line breaks."""
    return folded(_EMAIL.sub("", source)).rstrip(",")


def identity(passage: Passage) -> str:
    """What a header names itself by its first field ("PEP: 634" is "PEP 634"); empty where there is no such header."""
    for block in _field_blocks(passage.text):
        name, start, end = block[0]
        value = as_value(passage.text[start:end])
        if re.fullmatch(r"[A-Z]{2,8}", name) and re.fullmatch(r"\d+|[A-Z]*-?\d+", value):
            return f"{name} {value}"
    return ""


def fields(passage: Passage, subject: str) -> Iterator[Saying]:
    """Header lines ("Status: Final") and field lists (":Status: Final"), of two fields or more."""
    text = passage.text
    for block in _field_blocks(text):
        for name, start, end in block:
            if subject.lower().startswith(f"{name.lower()} "):
                continue
            yield Saying(FactKind.FIELD, start, end, f"{name}: {as_value(text[start:end])}", subject, name)


def described(passage: Passage, subject: str) -> Iterator[Saying]:
    """Terms with their descriptions: reST definition lists and object directives, "term: description" bullets."""
    for pattern in (_DESCRIBED_OBJECT, _DEFINITION_ITEM, _TERM_BULLET):
        for match in pattern.finditer(_without_fences(passage.text)):
            sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z`*])", match["body"], maxsplit=1)[0]
            term, description = folded(match["term"]), folded(sentence)
            if term and not description.endswith(":"):
                what = match.groupdict().get("object") or "term"
                yield Saying(
                    FactKind.DEFINITION, *match.span("term"), f"{term}: {description}", subject, _OBJECTS.get(what, what)
                )


def tables(passage: Passage, subject: str) -> Iterator[Saying]:
    """Cells of reST and Markdown tables with a head, by the first cell of their row and the head of their column."""
    text = passage.text
    lines = _lines(_without_fences(text))
    for head, rows in [*_pipe_tables(lines), *_simple_tables(lines), *_grid_tables(lines)]:
        for row in rows:
            label = folded(text[slice(*row[0])])
            said = " ".join(folded(text[start:end]) for start, end in row)
            for name, (start, end) in zip(head[1:], row[1:], strict=False):
                if label and name and start < end:
                    yield Saying(FactKind.TABLE, start, end, said, f"{label} ({subject})", folded(name))


def signatures(passage: Passage) -> Iterator[Saying]:
    """Defaults and return types of signatures that stand on a line of their own."""
    text = passage.text
    for match in _SIGNATURE.finditer(text):
        if not (match["declared"] or match["returns"] or _SEPARATOR.search(match["arguments"])):
            continue  # it may as well be a call, whose keyword arguments are no defaults
        name, line = match["name"], folded(match["signature"])
        for argument in _DEFAULT.finditer(text, *match.span("arguments")):
            yield Saying(FactKind.SIGNATURE, *argument.span("value"), line, name, f"default of {argument['name']}")
        if match["returns"]:
            yield Saying(FactKind.SIGNATURE, *match.span("returns"), line, name, "return type")


def version_notes(passage: Passage, subject: str) -> Iterator[Saying]:
    """Notes of what a version brought, changed, deprecated or removed, about the nearest object named before."""
    text = passage.text
    for match in _VERSION_NOTE.finditer(text):
        named = [found["term"] for found in _OBJECT_LINE.finditer(text, 0, match.start())]
        verb = (match["directive"] or match["verb"]).lower().removeprefix("version")
        line = text[match.start() : text.find("\n", match.end()) % (len(text) + 1)]
        statement = folded(re.sub(r"^\s*\.\. (\w+)::", r"\1", line))
        yield Saying(
            FactKind.NUMBER, *match.span("version"), statement, named[-1] if named else subject, _NOTES[verb]
        )


_EMAIL = re.compile(r"\s*<[^<>\s]+(?:@| at )[^<>]+>|\s*\([^()\s]+@[^()\s]+\)")

_OBJECTS = {"py:function": "function", "data": "variable", "envvar": "environment variable", "c:function": "C function"}
_OBJECT_NAMES = "function|class|method|attribute|data|exception|module|decorator|option|envvar|classmethod|staticmethod"
_OBJECT_HEAD = rf"^(?P<indent>[ \t]*)\.\. (?:py:|c:)?(?P<object>{_OBJECT_NAMES}):: *(?P<term>[\w.-]+)[^\n]*"
_OBJECT_LINE = re.compile(_OBJECT_HEAD, re.M)
_DESCRIBED_OBJECT = re.compile(
    _OBJECT_HEAD + r"\n(?:[ \t]+:\w+:[^\n]*\n)*\s*\n(?P<body>(?:(?P=indent)[ \t]+(?!\.\.|:)\S[^\n]*(?:\n|$))+)", re.M
)
_DEFINITION_ITEM = re.compile(
    r"^(?P<term>(?!\.\.|[-*+#>|:=]|\d+\.)\S[^\n]{0,60}?(?<![.:,;(){}]))\n"
    r"(?P<body>[ \t]{2,8}[A-Z`*]\S*[ ][^\n]*(?:\n[ \t]+\S[^\n]*)*)",
    re.M,
)
_TERM_BULLET = re.compile(
    r"^[ \t]*[-*+] +(?P<term>``[^`\n]+``|`[^`\n]+`|\*\*[^*\n]+\*\*|\*[^*\n]+\*)"
    r"(?::| --+| —| –| -)[ \n]+(?P<body>\S[^\n]*(?:\n[ \t]+(?![-*+] )\S[^\n]*)*)",
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
    r"(?P<value>'[^'\n]*'|\"[^\"\n]*\"|-?[\w.]+(?:\(\))?|\(\)|\[\]|\{\})(?= *(?:[,)\]]|\[,|$))"
)

_NOTES = {
    "added": "new in",
    "new": "new in",
    "changed": "changed in",
    "deprecated": "deprecated since",
    "deprecated-removed": "deprecated since",
    "removed": "removed in",
}
_VERSION_NOTE = re.compile(
    r"(?:^[ \t]*\.\. (?P<directive>version(?:added|changed|removed)|deprecated(?:-removed)?):: *"
    r"|(?:^|(?<=[(*\s]))(?P<verb>[Nn]ew|[Aa]dded|[Cc]hanged|[Dd]eprecated|[Rr]emoved) (?:in|since) "
    r"(?:version |Python )?)(?P<version>v?\d+(?:\.\d+)+)",
    re.M,
)

_FIELD = re.compile(
    r"(?:(?:[-*] +)?(?:\*\*)?(?P<name>[A-Z][A-Za-z0-9 /_-]{0,30}?)(?:\*\*)?:(?:\*\*)?"
    r"|:(?P<listed>[A-Z][^:`\n]{0,40}):)(?:[ \t]+(?P<value>\S.*?))?\s*$"
)
_BORDER = re.compile(r"\s*=+(?: +=+)+\s*$")
_FENCE = re.compile(r"^([ \t]*)(```+|~~~+)[^\n]*\n.*?(?:^[ \t]*\2[`~]*[ \t]*$|\Z)", re.M | re.S)

Line = tuple[int, str]
Row = list[tuple[int, int]]
Table = tuple[list[str], list[Row]]


def _lines(text: str) -> list[Line]:
    lines, offset = [], 0
    for line in text.splitlines(keepends=True):
        lines.append((offset, line.rstrip("\r\n")))
        offset += len(line)
    return lines


def _without_fences(text: str) -> str:
    """The text with fenced code blanked out, offsets kept."""
    return _FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _field_blocks(text: str) -> list[list[tuple[str, int, int]]]:
    blocks: list[list[tuple[str, int, int]]] = [[]]
    for offset, line in _lines(_without_fences(text)):
        match = _FIELD.match(line)
        if match and match["value"]:
            blocks[-1].append((match["name"] or match["listed"], offset + match.start("value"), offset + match.end("value")))
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

        def row(line: Line, columns: list[tuple[int, int]] = columns) -> Row:
            return [_trimmed(line[1], a, b, line[0]) for a, b in columns]

        head = [" ".join(line[a:b].strip() for _, line in lines[top + 1 : middle]).strip() for a, b in columns]
        rows = [row(line) for line in lines[middle + 1 : bottom] if line[1].strip()]
        has_continued_rows = any(start == end for (start, end), *_ in rows)
        if not has_continued_rows:
            yield head, rows


def _grid_tables(lines: list[Line]) -> Iterator[Table]:
    for number, (_, line) in enumerate(lines):
        if not re.fullmatch(r"\s*\+=+(?:\+=+)+\+\s*", line):
            continue
        edges = [match.start() for match in re.finditer(r"\+", line)]
        columns = [(a + 1, b) for a, b in itertools.pairwise(edges)]
        above = list(itertools.takewhile(lambda item: "+-" not in item[1], reversed(lines[:number])))
        head = [" ".join(text[a:b].strip() for _, text in reversed(above)).strip() for a, b in columns]
        body = list(itertools.takewhile(lambda item: item[1].lstrip()[:1] in ("|", "+"), lines[number + 1 :]))
        rows = []
        for is_rule, group in itertools.groupby(body, lambda item: item[1].lstrip().startswith("+")):
            cell_lines = list(group)
            if not is_rule and len(cell_lines) == 1:
                rows.append([_trimmed(cell_lines[0][1], a, b, cell_lines[0][0]) for a, b in columns])
        yield head, rows
