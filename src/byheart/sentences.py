"""Sentences of a passage, by exact spans, with everything that is not running text left out.

Takes source markup (reST, Markdown) or plain text. Code, tables, headings, directives and comments are blanked out,
never cut, so that offsets stay true. It does not judge which sentence is worth learning (facts.py does).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache


@lru_cache(maxsize=16)
def prose(text: str) -> str:
    """`text` with code, tables, headings, directives and comments blanked out, every offset kept."""
    text = without_code(text)
    for pattern in _NO_PROSE:
        text = blanked(text, pattern)
    return text


@lru_cache(maxsize=16)
def without_code(text: str) -> str:
    """`text` with code, comments and directives that hold no prose blanked out, every offset kept."""
    fences = list(_FENCE.finditer(text))
    if len(fences) % 2 and not fences[0]["info"]:
        # The passage begins inside of a fenced block.
        text = blanked(text, re.compile(rf"(?s)\A.{{{fences[0].end()}}}"))
    for pattern in _CODE:
        text = blanked(text, pattern)
    return text


def blanked(text: str, pattern: re.Pattern[str]) -> str:
    """`text` with what `pattern` matches replaced by spaces, its line breaks and every offset kept."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a passage, in order."""
    for start, end, is_whole in _paragraphs(text):
        begin = start
        for match in _SENTENCE_END.finditer(text, start, end):
            if not _ABBREVIATION.search(text, begin, match.start() + 1):
                yield _trimmed(text, begin, match.end())
                begin = match.end()
        if is_whole and text[begin:end].strip():
            yield _trimmed(text, begin, end)


def _paragraphs(text: str) -> Iterator[tuple[int, int, bool]]:
    """Spans of paragraphs and list items of running text, and whether their last sentence is whole.

    A paragraph at the end of a passage that does not close may have been cut there.
    """
    for match in _RUN.finditer(prose(text)):
        lines = match[0].splitlines()
        if sum(bool(_CODE_LINE.match(line)) for line in lines) * 2 >= len(lines) and not _OPENS.match(match[0]):
            continue
        start = match.end("mark") if match["mark"] else match.start()
        if quote := _QUOTE.match(text, start, match.end()):
            start = quote.end()
        body = text[start : match.end()].strip()
        is_closed = bool(_CLOSED.search(body))
        is_item = bool(match["mark"]) and len(body.split()) > 4
        is_prose = bool(_OPENS.match(body)) and len(body.split()) > 7
        if is_closed or is_item or is_prose:
            yield *_trimmed(text, start, match.end()), is_closed or is_item or bool(text[match.end() :].strip())


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    stretch = text[start:end]
    return start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())


_SENTENCE_END = re.compile(r"[.!?][\"')\]*_”’`]*(?=\s+[\"'(\[`*“‘_]*(?:[A-Z0-9]|:[\w:]+:`))")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|vs|cf|Mr|Mrs|Dr|St|No|Fig|Eq|approx|resp|viz|al)|(?:^|\s)[A-Z])\.$")
_QUOTE = re.compile(r"[ \t]*>[ \t]*")
_CLOSED = re.compile(r"[.!?:)][\"')\]*_”’`]*(?:\s*\[[\w#*-]+\]_?)?$")

_PROSE = "note|warning|tip|hint|important|caution|attention|danger|error|admonition|seealso|epigraph"
_NOTE = r"version\w+|deprecated(?:-removed)?"
_OBJECT = (
    r"(?:\w+:)?(?:function|class|method|attribute|data|exception|module|decorator|option|envvar|classmethod|staticmethod"
    r"|property|opcode|describe|confval|setting|program)"
)
# Two words that open an English sentence; code of two words has no capital followed by a small word.
_OPENS = re.compile(r"\s*[A-Z][a-z]* (?:[a-z]+|[A-Z][a-z]+) [a-z]+")
_CODE_LINE = re.compile(
    r"[ \t]*(?:(?:def|class|import|for|while|if|elif|else|try|except|finally|with|return|print|async|raise|assert"
    r"|del|global|lambda|yield)\b[^.]*[:(=)\]]\s*(?:#.*)?$"
    r"|(?:import|from) [\w.]+(?: import .*)?$|@\w|[\w.\[\]'\", ]+ (?:[-+*/%&|^]|//|\*\*)?= \S"
    r"|[\w.]+\([^ ]*\)?\s*(?:#.*)?$|(?:Traceback|\w+Error:)|[\[{(<].*[\]})>,]\s*$|\w+ +::= |[\])}])"
)

_MARK = r"[ \t]*(?:[-*+•]|\(?(?:\d{1,2}|[a-z]|#)[.)]|\[\d+\])[ \t]+"
# A line indented further than the first one opens another paragraph, but in list items, whose lines hang.
_RUN = re.compile(
    rf"^(?:(?P<mark>{_MARK})\S[^\n]*(?:\n(?!{_MARK})[ \t]*\S[^\n]*)*"
    rf"|(?P<pad>[ \t]*)\S[^\n]*(?:\n(?!{_MARK}|(?P=pad)[ \t])[ \t]*\S[^\n]*)*)",
    re.M,
)

_FENCE = re.compile(r"^[ \t>]*(?:[-*+] +)?(?:```+|~~~+)(?P<info>[^\n`]*)$", re.M)
_CODE = tuple(
    re.compile(pattern, re.M)
    for pattern in (
        r"^[ \t]*(?:[-*+] +)?(?P<fence>```+|~~~+)[^\n]*\n(?:(?![ \t]*(?P=fence))[^\n]*\n)*"
        r"(?:[ \t]*(?P=fence)[^\n]*|[^\n]*\Z)",
        rf"^(?P<pad>[ \t]*)\.\.[ \t](?![ \t]*(?:{_PROSE}|{_OBJECT}|{_NOTE})::)[^\n]*"
        r"(?:\n(?:(?P=pad)[ \t]+\S[^\n]*|[ \t]*$))*",
        r"(?<=::)[ \t]*\n(?:[ \t]*\n)+(?P<pad>[ \t]+)\S[^\n]*(?:\n(?:(?P=pad)[^\n]*|[ \t]*$))*",
        r"^[ \t]*(?:>>>|\.\.\. |\$ |% |In ?\[\d*\]|Out ?\[\d*\]|\(Pdb\))[^\n]*$",
    )
)
_NO_PROSE = tuple(
    re.compile(pattern, re.M)
    for pattern in (
        rf"^[ \t]*\.\.[ \t]+(?:{_PROSE})::|^[ \t]*\.\.[ \t]+(?:{_OBJECT}|{_NOTE})::[^\n]*(?:\n[ \t]+:\w+:[^\n]*)*",
        r"^[ \t]*\S[^\n]*\n[ \t]*(?P<line>[=\-~^\"'`#*+.:_])(?P=line){2,}[ \t]*$",
        r"^[ \t]*(?:\||\+[-=]|={2,}(?: +=+)+[ \t]*$|:[\w /-]+:(?:\s|$))[^\n]*$",
        r"^[ \t]*(?:<!--|</?[a-zA-Z!]|!?\[[^\]\n]*\]:|#{1,6} |-\[ )[^\n]*$",
    )
)
