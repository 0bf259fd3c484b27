"""Sentences of a passage, and the words in them that could be the value of a fact.

Takes source markup (reST, Markdown) or plain text; gives sentences with exact spans, and in each the
code terms, versions, dates, numbers and names. Code, tables, headings and directives are left out. It
does not judge what is worth learning (facts.py does).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from byheart.types import FactKind
from byheart.wordings import NUMBER_WORDS, STOP_WORDS, TYPE_NOUNS, UNITS


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that could be a value, what sort of thing it is ("function", "version"), and how sure the text is of it."""

    kind: FactKind
    start: int
    end: int
    sort: str
    is_marked: bool = False


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a passage, in order."""
    for start, end in _paragraphs(text):
        begin = start
        for match in _SENTENCE_END.finditer(text, start, end):
            if _ABBREVIATION.search(text, begin, match.start() + 1):
                continue
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
        yield from _trimmed(text, begin, end)


def candidates(text: str, start: int, end: int) -> list[Candidate]:
    """What could be a value in the sentence `text[start:end]`, in order and without overlap."""
    found: list[Candidate] = []
    for pattern, make in _FINDERS:
        for match in pattern.finditer(text, start, end):
            made = make(text, match, end)
            if made and not any(made.start < other.end and other.start < made.end for other in found):
                found.append(made)
    return sorted(found, key=lambda candidate: candidate.start)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


_SENTENCE_END = re.compile(r"[.!?][\"')\]*_”’`]*(?=\s+[\"'(\[`*:“‘_]*[A-Z0-9])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|Mr|Mrs|Dr|St|No|Fig|Eq|approx|resp|viz|al)|(?:^|\s)[A-Z])\.$")

_LIST_MARK = re.compile(r"[ \t]*(?:[-*+•]|\(?(?:\d+|[a-z]|#)[.)])[ \t]+")
_PROSE_DIRECTIVE = re.compile(
    r"[ \t]*\.\. (?:note|warning|tip|hint|important|caution|attention|danger|error|admonition|seealso|epigraph"
    r"|version\w+|deprecated)::"
)
_CODE_LINE = re.compile(
    r"[ \t]*(?:>>>|\.\.\. |\$ |% |In ?\[\d*\]|Out ?\[\d*\]|(?:def|class|import|from|for|while|if|elif|else|try|except|with"
    r"|return|print|async|raise|assert|del|global|lambda|yield)\b[^.]*[:(=)\]]\s*(?:#.*)?$|@\w|#(?!\.)"
    r"|[\w.\[\]'\", ]+ (?:[-+*/%&|^]|//|\*\*)?= \S|[\w.]+\([^ ]*\)?\s*(?:#.*)?$|(?:Traceback|\w+Error:)|[\[{(<].*[\]})>,]\s*$)"
)
_UNDERLINE = re.compile(r"[ \t]*([=\-~^\"'`#*+.:_])\1{2,}\s*$")
_HEADING = re.compile(r"#{1,6} ")
_SKIPPED_LINE = re.compile(r"[ \t]*(?:\||\+[-=]|={2,}( +=+)*\s*$|:[\w ]+:(?:\s|$)|<!--|<[/a-z!])")


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Spans of running text: what is left when code, tables, headings, directives and comments are taken out."""
    start = end = -1
    code_indent = skip_indent = -1
    fence = ""
    offset = 0
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        begin, offset = offset, offset + len(line)
        bare = line.strip()
        indent = len(line) - len(line.lstrip())
        is_break = True
        if fence:
            fence = "" if bare.startswith(fence) else fence
        elif bare.startswith(("```", "~~~")):
            fence = bare[:3]
        elif not bare:
            pass
        elif max(code_indent, skip_indent) >= 0 and indent > max(code_indent, skip_indent):
            pass
        else:
            code_indent = skip_indent = -1
            after = lines[number + 1] if number + 1 < len(lines) else ""
            directive = _PROSE_DIRECTIVE.match(line)
            mark = _LIST_MARK.match(line)
            if directive:
                begin += directive.end()
            elif bare.startswith(".. "):
                skip_indent = indent
                continue_from = -1
                if start >= 0:
                    yield start, end
                    start = continue_from
                continue
            if _is_prose(line) and not (_UNDERLINE.match(after) and not _UNDERLINE.match(line) and indent == 0 and start < 0):
                if start >= 0 and (mark or directive):
                    yield start, end
                    start = -1
                if start < 0:
                    start = begin + (mark.end() if mark and not directive else 0)
                end = offset - len(line) + len(line.rstrip())
                is_break = False
        if bare.endswith("::") and code_indent < 0 and not fence:
            code_indent = indent
        if is_break and start >= 0:
            yield start, end
            start = -1
    if start >= 0:
        yield start, end


def _is_prose(line: str) -> bool:
    return not (_CODE_LINE.match(line) or _UNDERLINE.match(line) or _HEADING.match(line) or _SKIPPED_LINE.match(line))
