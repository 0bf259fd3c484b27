"""A file to a Document: its text, the blocks in it, and what it says of itself.

Takes a path; gives a Document, or raises UnreadableDocument with the reason in plain words. It deliberately
writes nothing and splits nothing (passages.py does); what each format is made of is known under formats/.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from byheart import works
from byheart.errors import UnreadableDocument
from byheart.formats import Structure
from byheart.formats.dates import iso
from byheart.formats.markup import plain
from byheart.types import Document

__all__ = ["files_below", "plain", "read"]

# Larger files and pages are refused, larger sources of marked-up text are read as plain text: their parsers would
# take minutes and gigabytes.
MOST_BYTES = 200_000_000
MOST_OF_A_PAGE = 30_000_000
MOST_MARKED_UP = 10_000_000


def read(path: Path) -> Document:
    """The document in the file at `path`; UnreadableDocument if there is none."""
    form = _form(path)
    found = _structure(_bytes(path), form)
    if not found.blocks:
        raise UnreadableDocument("no text of its own in it: only markup, links or includes")
    is_licence = bool(_LICENCE.fullmatch(path.name)) or path.parent.name.lower() in _LICENCE_FOLDERS
    return Document(
        text=found.text,
        title=found.title or _from_name(path),
        blocks=found.blocks,
        version=None if is_licence else found.version or works.version_of(path.as_posix(), found.title),
        dated=found.dated or iso(found.title) or works.date_of(path.as_posix()),
        is_licence=is_licence,
    )


def files_below(path: Path) -> list[Path]:
    """The files below a folder that could be documents, sorted; `path` itself if it is a file.

    Left out without a word are hidden files, programs and what belongs to them, pictures and other media;
    whatever else is no document is for `read` to refuse with a reason.
    """
    if path.is_file():
        return [path]
    found: list[Path] = []
    for folder, inner, names in os.walk(path):
        inner[:] = [name for name in inner if not name.startswith(".") and name not in _SKIPPED]
        if _LIBRARY.issubset(names):
            # A library that lies among the documents is none of them.
            inner.clear()
            continue
        files = [Path(folder, name) for name in names if not name.startswith(".")]
        found += [file for file in files if file.suffix.lower() not in _ASSETS and file.is_file()]
    return sorted(found)


def _form(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix in _FORMS:
        return _FORMS[suffix]
    if not suffix or _LICENCE.fullmatch(path.name):
        return "text"
    raise UnreadableDocument(f"unsupported: {suffix}")


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise UnreadableDocument(f"too large: {size / 1e6:.0f} MB, the most is {MOST_BYTES / 1e6:.0f} MB")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableDocument(f"cannot be opened: {error.strerror or error}") from error
    if not data.strip():
        raise UnreadableDocument("no text in it: the file is empty")
    return data


def _structure(data: bytes, form: str) -> Structure:
    if form == "pdf":
        from byheart.formats import pdf

        return pdf.parse(data)
    text = _decoded(data)
    if form == "notebook":
        from byheart.formats import notebook

        return notebook.parse(text)
    if form == "html":
        if len(text) > MOST_OF_A_PAGE:
            raise UnreadableDocument(f"too large for a page: {len(text) / 1e6:.0f} MB of HTML")
        from byheart.formats import html

        return html.parse(text)
    if form == "text" and _is_rest(text):
        form = "rest"
    try:
        if form == "rest" and len(text) <= MOST_MARKED_UP:
            from byheart.formats import rest

            return rest.parse(text)
        if form == "markdown" and len(text) <= MOST_MARKED_UP:
            from byheart.formats import markdown

            return markdown.parse(text)
    except RecursionError:
        # Nested deeper than anyone writes: what it holds is still text.
        form = "text"
    from byheart.formats import pairs
    from byheart.formats import text as plain_text

    if form == "pairs" or (form == "table" and pairs.is_of_pairs(text)):
        return pairs.parse(text, ".jsonl" if form == "pairs" else ".csv")
    return plain_text.parse_table(text) if form == "table" else plain_text.parse(text)


def _decoded(data: bytes) -> str:
    """The text of a file, its line ends made one: UTF-8 or UTF-16, else what Windows and old Unix wrote."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    elif data[1:40:2].count(0) > 12 or data[0:40:2].count(0) > 12:
        text = data.decode("utf-16-le" if data[1] == 0 else "utf-16-be", errors="replace")
    elif b"\0" in data or data.startswith((b"%PDF-", b"PK\x03\x04")):
        raise UnreadableDocument("not text: it holds binary data")
    else:
        text = _decoded_bytes(data)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")


def _decoded_bytes(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(data[:2048])
    if declared:
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    lenient = data.decode("utf-8", errors="replace")
    odd = lenient.count("\ufffd")
    if odd * 4 < sum(character > "\x7f" for character in lenient):
        return lenient
    text = data.decode("cp1252", errors="replace")
    controls = sum(character < " " and character not in "\t\n\f\r\x1b" for character in text)
    if controls > 0.02 * len(text):
        raise UnreadableDocument("not text: it holds binary data")
    return text


def _is_rest(text: str) -> bool:
    return bool(_REST.search(text[:200_000]))


def _from_name(path: Path) -> str:
    words = " ".join(re.split(r"[\s_-]+", path.stem)).strip()
    return words[:1].upper() + words[1:] if words else path.name


_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z][\w-]{2,30})""")
_REST = re.compile(r"^\.\. [\w:-]+::(?:\s|$)|^\.\. _[^:\n]+:|(?<!\w):[a-z:]+:`[^`\n]+`|::\n\n[ \t]+\S", re.MULTILINE)

_LICENCE = re.compile(
    r"(?:un)?(?:licen[cs]e|copying|copyright|notice)s?(?:[.\-_ ](?:a?gpl|apache|artistic|bsd|cc|eupl|lesser|lgpl|mit"
    r"|mpl|psf|readme|[a-z]{0,4}\d[\w.]*|html?|md|markdown|pdf|rst|rtf|text|txt)\d*)*",
    re.IGNORECASE,
)
_LICENCE_FOLDERS = frozenset(("licenses", "licences"))

_FORMS = {
    **dict.fromkeys((".rst", ".rest"), "rest"),
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".mdx", ".rmd", ".qmd"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".txt", ".text"), "text"),
    **dict.fromkeys((".csv", ".tsv"), "table"),
    ".jsonl": "pairs",
    ".ipynb": "notebook",
    ".pdf": "pdf",
}

_LIBRARY = {"byheart.toml", "library.db"}
_SKIPPED = frozenset(("__pycache__", "node_modules", "venv", "site-packages"))
_ASSETS = frozenset(
    ".bmp .eps .gif .ico .jpeg .jpg .png .svg .tif .tiff .webp .avi .flac .mov .mp3 .mp4 .ogg .wav .webm .eot .otf "
    ".ttf .woff .woff2 .css .js .less .map .mjs .sass .scss .ts .tsx .jsx .vue .c .cc .cfg .cpp .go .h .hpp .ini "
    ".java .json .lock .pl .po .pot .py .pyc .pyi .pyo .pyx .r .rb .rs .sh .bat .sql .toml .xml .yaml .yml .a .class "
    ".dll .exe .o .so .bib .graffle .dot .drawio .inv".split()
)
