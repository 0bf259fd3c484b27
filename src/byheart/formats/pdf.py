"""PDF: the text layer by pypdfium2, put back into headings, paragraphs, lists and code.

Takes the bytes of a file, gives its structure. Headings come from the outline (bookmarks), or else from the size
of the type; what every page repeats is left out. It reads no picture: a scan has no text.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pypdfium2
from pypdfium2 import raw

from byheart.errors import UnreadableDocument
from byheart.formats import Piece, Structure, compose
from byheart.formats.dates import iso
from byheart.types import BlockKind


def parse(data: bytes) -> Structure:
    """The structure of a PDF; UnreadableDocument if it is damaged, locked, or holds no text."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise UnreadableDocument("locked with a password" if locked else "a damaged PDF, or none") from error
    try:
        pages = _without_repeats([_lines(page) for page in _pages(document)])
        named = str(document.get_metadata_dict().get("Title") or "").strip()
        outline = _outline(document)
    finally:
        document.close()
    lines = _hyphens_mended(_without_contents([line for page in pages for line in page], outline))
    if not lines:
        raise UnreadableDocument("no text in it: a scan?")
    title = "" if _JUNK_TITLE.search(named) else named
    title = title or _biggest(lines)
    text, blocks = compose(_pieces(lines, _headings(lines, outline)), title=title)
    front = [line.text for line in lines if line.page == lines[0].page]
    dated = next((iso(line) for line in front if len(line) < 30 and iso(line)), None)
    version = next((found[1] for line in front if (found := _VERSION.search(line))), None)
    return Structure(text, blocks, title, version, dated)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as it stands on a page (from 0): its text and place in points, `bottom` counted from the page's foot."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    height: float
    is_code: bool
    is_at_edge: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the outline: its title, level (1 is outermost), and the page (from 0) it leads to."""

    title: str
    level: int
    page: int


def _pages(document: pypdfium2.PdfDocument) -> Iterator[tuple[int, pypdfium2.PdfPage]]:
    for number in range(len(document)):
        try:
            yield number, document[number]
        except pypdfium2.PdfiumError:
            # One damaged page does not take the others with it.
            continue


def _lines(numbered: tuple[int, pypdfium2.PdfPage]) -> list[_Line]:
    number, page = numbered
    try:
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return []
    height = page.get_height()
    found: list[_Line] = []
    begin = 0
    codes = [raw.FPDFText_GetUnicode(text.raw, index) for index in range(text.count_chars())]
    for end in [*(index for index, code in enumerate(codes) if code in (10, 13)), len(codes)]:
        seen = [index for index in range(begin, end) if codes[index] > 32 and codes[index] != _SOFT_HYPHEN]
        content = _LONE.sub(" ", "".join(map(chr, codes[begin:end])).translate(_SHOWN)).strip()
        begin = end + 1
        if not seen or not content:
            continue
        left, bottom, _, top = text.get_charbox(seen[0], loose=True)
        right = text.get_charbox(seen[-1], loose=True)[2]
        code = all(_is_fixed(text, seen[at]) for at in {0, len(seen) // 3, len(seen) // 2, len(seen) - 1})
        at_edge = bottom > 0.9 * height or top < 0.1 * height
        found.append(_Line(content, number, left, right, bottom, top - bottom, code, at_edge))
    page.close()
    return found


def _is_fixed(text: pypdfium2.PdfTextPage, index: int) -> bool:
    """Whether a character is set in a type of fixed width, as code is."""
    flags = ctypes.c_int()
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(text.raw, index, name, 128, ctypes.byref(flags))
    return bool(flags.value & 1) or bool(_FIXED.search(name.value.decode("utf-8", "replace")))


def _without_repeats(pages: Sequence[list[_Line]]) -> list[list[_Line]]:
    """`pages` without page numbers, and without the lines that stand at the edge of one page after the other."""
    usual = _usual_size([line for page in pages for line in page])
    edges = Counter(_numberless(line.text) for page in pages for line in page if line.is_at_edge)

    def is_repeated(line: _Line) -> bool:
        # A chapter's heading also stands at the top of its page, but in larger type.
        if not line.is_at_edge or _size(line) > 1.1 * usual:
            return False
        return edges[_numberless(line.text)] >= 3 or bool(_PAGE_NUMBER.fullmatch(line.text))

    return [[line for line in page if not is_repeated(line) and not _LEADERS.search(line.text)] for page in pages]


def _without_contents(lines: list[_Line], outline: Sequence[_Entry]) -> list[_Line]:
    """`lines` without those that only send to a later page: what the outline says, once more and with a number."""
    last = {_key(entry.title): entry.page for entry in outline}
    return [
        line for line in lines if not ((sent := _SENDS.fullmatch(line.text)) and line.page < last.get(_key(sent[1]), 0))
    ]


def _numberless(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _hyphens_mended(lines: list[_Line]) -> list[_Line]:
    """`lines` with words put together that were broken at a line's end; a hyphen stays where the document has it
    elsewhere within a line."""
    words = Counter(word.lower() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text))

    def mended(found: re.Match[str]) -> str:
        together, apart = (found[1] + found[2]).lower(), f"{found[1]}-{found[2]}".lower()
        return f"{found[1]}-{found[2]}" if words[apart] > words[together] else found[1] + found[2]

    pattern = re.compile(rf"(?<![^\s(])([^\W\d_]+){_HYPHEN}\s*([^\W\d_]+)")
    return [
        replace(line, text=pattern.sub(mended, line.text).replace(_HYPHEN, "-")) if _HYPHEN in line.text else line
        for line in lines
    ]


def _outline(document: pypdfium2.PdfDocument) -> list[_Entry]:
    found: list[_Entry] = []
    for mark in document.get_toc(max_depth=6):
        destination = mark.get_dest()
        page = destination.get_index() if destination else None
        title = " ".join(mark.get_title().split())
        if page is not None and title and not _JUNK_ENTRY.fullmatch(title):
            found.append(_Entry(title, mark.level + 1, page))
    return found


def _headings(lines: Sequence[_Line], outline: Sequence[_Entry]) -> dict[int, tuple[int, int]]:
    """By the number of a heading's first line: how many lines it takes, and its level."""
    return _outlined(lines, outline) if len(outline) > 2 else _by_size(lines)


def _outlined(lines: Sequence[_Line], outline: Sequence[_Entry]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    first_of: dict[int, int] = {}
    for number, line in enumerate(lines):
        first_of.setdefault(line.page, number)
    after = 0
    for entry in outline:
        wanted = _key(entry.title)
        start = max(after, first_of.get(entry.page, len(lines)))
        for number in range(start, len(lines)):
            if lines[number].page > entry.page:
                break
            count = _matching(lines, number, wanted)
            if count:
                before = int(number > start and bool(_CHAPTER.fullmatch(lines[number - 1].text)))
                found[number - before] = (count + before, entry.level)
                after = number + count
                break
    return found


def _matching(lines: Sequence[_Line], number: int, wanted: str) -> int:
    """How many lines from `number` on make up the heading `wanted`; 0 if they do not."""
    together = ""
    for count in range(1, 5):
        if number + count > len(lines):
            return 0
        together = f"{together} {lines[number + count - 1].text}"
        key = _key(together)
        if key == wanted:
            return count
        if key and not wanted.startswith(key):
            return 0
    return 0


def _key(title: str) -> str:
    letters = re.sub(r"[^\w]+", "", _NUMBERED.sub("", title.strip()).lower())
    return letters or re.sub(r"\s+", "", title)


def _by_size(lines: Sequence[_Line]) -> dict[int, tuple[int, int]]:
    """Lines in larger type than the text, of few words; the larger, the further out."""
    usual = _usual_size(lines)
    large = [number for number, line in enumerate(lines) if _size(line) >= 1.15 * usual and _could_head(line)]
    levels = sorted({_size(lines[number]) for number in large}, reverse=True)
    found: dict[int, tuple[int, int]] = {}
    last = -1
    for number in large:
        size = _size(lines[number])
        if last >= 0 and number == last + found[last][0] and size == _size(lines[last]):
            found[last] = (found[last][0] + 1, found[last][1])
            continue
        last = number
        found[number] = (1, min(levels.index(size) + 1, 6))
    return found


def _usual_size(lines: Sequence[_Line]) -> float:
    sizes = Counter[float]()
    for line in lines:
        sizes[_size(line)] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _size(line: _Line) -> float:
    return round(line.height * 2) / 2


def _could_head(line: _Line) -> bool:
    return not line.is_code and len(line.text) <= 120 and len(re.findall(r"[^\W\d_]", line.text)) >= 2


def _biggest(lines: Sequence[_Line]) -> str:
    """The lines in the largest type on the first page, if they are larger than the others there."""
    first = [line for line in lines if line.page == lines[0].page and _could_head(line)]
    largest = max(map(_size, first), default=0.0)
    found = [line.text for line in first if _size(line) == largest]
    return " ".join(found) if len(found) < len(first) and len(found) <= 4 else ""


def _pieces(lines: Sequence[_Line], headings: dict[int, tuple[int, int]]) -> Iterator[Piece]:
    pitch = _pitch(lines)
    run: list[_Line] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if number in headings or (run and _parts(run, line, pitch)):
            yield from _piece(run)
            run = []
        if number in headings:
            count, level = headings[number]
            text = " ".join(one.text for one in lines[number : number + count])
            yield Piece(BlockKind.HEADING, text, level)
            number += count
            continue
        run.append(line)
        number += 1
    yield from _piece(run)


def _pitch(lines: Sequence[_Line]) -> float:
    """The usual distance from one line to the next."""
    distances = Counter(
        round(above.bottom - below.bottom, 1)
        for above, below in pairwise(lines)
        if above.page == below.page and 4 < above.bottom - below.bottom < 40
    )
    return distances.most_common(1)[0][0] if distances else 12.0


def _parts(run: Sequence[_Line], line: _Line, pitch: float) -> bool:
    """Whether a new block begins with `line`, after those of `run`."""
    last = run[-1]
    if line.is_code != last.is_code:
        return True
    if line.is_code:
        return line.page == last.page and last.bottom - line.bottom > 3.5 * pitch
    if _BULLET.match(line.text):
        return True
    if line.page != last.page or line.bottom > last.bottom + pitch:
        # On a new page or in a new column only a sentence goes on.
        return bool(re.search(r"[.:!?)]$", last.text)) or not line.text[:1].islower()
    if last.bottom - line.bottom > 1.6 * pitch:
        return True
    if _BULLET.match(run[0].text):
        return line.left <= run[0].left + 1 and last.bottom - line.bottom > 1.1 * pitch
    return line.left > last.left + 6 and line.left - last.left < 60 and bool(re.search(r"[.:!?)]$", last.text))


def _piece(run: Sequence[_Line]) -> Iterator[Piece]:
    if not run:
        return
    if run[0].is_code:
        yield Piece(BlockKind.CODE, _code(run))
    else:
        is_item = bool(_BULLET.match(run[0].text))
        text = "\n".join(line.text for line in run)
        yield Piece(BlockKind.LIST if is_item else BlockKind.PROSE, text, is_tight=is_item)


def _code(run: Sequence[_Line]) -> str:
    """Code with the indentation that it has on the page, by the width of its characters."""
    widths = [(line.right - line.left) / len(line.text) for line in run if len(line.text) > 3]
    width = sorted(widths)[len(widths) // 2] if widths else 6.0
    left = min(line.left for line in run)
    return "\n".join(" " * (4 + round((line.left - left) / max(width, 1.0))) + line.text for line in run)


_SOFT_HYPHEN = 0xFFFE
_HYPHEN = "\u00ad"
# As pdfium has them: the sign for a hyphen at a line's end, ligatures, control characters.
_SHOWN = dict.fromkeys(range(32), " ") | {2: _HYPHEN, _SOFT_HYPHEN: _HYPHEN}
_SHOWN |= dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
_LONE = re.compile("[\ud800-\udfff]")
_FIXED = re.compile(
    r"mono|courier|consol|menlo|typewriter|inconsolata|cmtt|sftt|cmsltt|cmitt|nimbusmon|lettergothic", re.IGNORECASE
)
_BULLET = re.compile(r"[•◦▪‣●○■∗–·*-]\s+\S")
_PAGE_NUMBER = re.compile(r"(?:page\s+)?(?:\d+|[ivxlc]+)(?:\s*(?:of|/)\s*\d+)?", re.IGNORECASE)
_SENDS = re.compile(r"(.*\S)\s+(?:\d+|[ivxlc]+)")
_CHAPTER = re.compile(r"(?:chapter|part|appendix)\s+(?:\d+|[ivxlc]+|[a-z])", re.IGNORECASE)
_LEADERS = re.compile(r"(?:\.\s?){6,}\s*\S{0,6}$")
_NUMBERED = re.compile(
    r"^(?:(?:chapter|part|appendix|section)\s+)?(?:\d+|[A-Z](?=\.\d|\s\S))(?:\.\d+)*\.?\s+", re.IGNORECASE
)
_JUNK_TITLE = re.compile(r"^(?:untitled|title|document\d*|microsoft word)\b|\.(?:docx?|odt|dvi|tex|ps|indd|pdf)$", re.I)
_JUNK_ENTRY = re.compile(r"(?:page|slide)?\s*\d+", re.IGNORECASE)
_VERSION = re.compile(r"\b[Vv](?:ersion )?(\d+\.\d+(?:\.\d+)*)\b")
