"""Jupyter notebooks: Markdown cells as they are; code and its short text outputs indented, as Markdown has code."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace

import nbformat
from nbformat import reader

from byheart.errors import UnreadableDocument
from byheart.formats import Mark, Structure, blocks, markdown, title_among
from byheart.types import BlockKind

# A longer output is a dump of data, not something that is read.
LONGEST_OUTPUT = 2000


def parse(text: str) -> Structure:
    """The structure of a notebook's JSON, of any notebook format; UnreadableDocument if it is none."""
    texts: list[str] = []
    marks: list[Mark] = []
    line = 0
    for cell in _cells(text):
        for content, found in _shown(cell):
            if content.strip():
                texts.append(content)
                marks += [replace(mark, line=mark.line + line) for mark in found]
                line += content.count("\n") + 2
    whole = "\n\n".join(texts)
    title = title_among(marks)
    return Structure(whole, blocks(whole, marks, title=title), title)


def _cells(text: str) -> list[Mapping[str, object]]:
    try:
        # Not nbformat.reads: it also validates, and there are many readable notebooks that are not valid.
        notebook = nbformat.convert(reader.reads(text), 4)  # type: ignore[no-untyped-call]
        return [cell for cell in notebook["cells"] if isinstance(cell, Mapping)]
    except (reader.NotJSONError, json.JSONDecodeError) as error:
        raise UnreadableDocument("a notebook that is not JSON: damaged?") from error
    except RecursionError as error:
        raise UnreadableDocument("a notebook nested too deeply to be read") from error
    except (KeyError, TypeError, ValueError, AttributeError, nbformat.ValidationError) as error:
        raise UnreadableDocument("JSON, but not a notebook that is known") from error


def _shown(cell: Mapping[str, object]) -> Iterator[tuple[str, list[Mark]]]:
    source = _joined(cell.get("source")).rstrip()
    if cell.get("cell_type") == "markdown":
        yield source, markdown.marks(source)
    elif cell.get("cell_type") == "code":
        for content in (source, *_outputs(cell.get("outputs"))):
            yield textwrap.indent(content.strip("\n"), "    "), [Mark(0, BlockKind.CODE)]
    else:
        yield source, [Mark(0, BlockKind.PROSE)]


def _outputs(outputs: object) -> Iterator[str]:
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, Mapping):
            continue
        data = output.get("data")
        if output.get("output_type") == "error":
            content = f"{output.get('ename', '')}: {output.get('evalue', '')}"
        elif isinstance(data, Mapping):
            content = _joined(data.get("text/plain"))
        else:
            content = _joined(output.get("text"))
        if len(content) < LONGEST_OUTPUT:
            yield _ANSI.sub("", content).rstrip()


def _joined(source: object) -> str:
    text = "".join(map(str, source)) if isinstance(source, list) else source if isinstance(source, str) else ""
    return text.replace("\r\n", "\n").replace("\r", "\n")


_ANSI = re.compile(r"\x1b\[[0-9;]*m")
