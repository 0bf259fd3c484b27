"""The header at the top of a document: "PEP: 634" and lines like it, or YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from byheart.formats.dates import iso
from byheart.formats.markup import plain


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of a header (names in lower case), and how many lines of the document it takes."""

    fields: Mapping[str, str]
    lines: int

    @property
    def title(self) -> str:
        """The title that the header gives; with the number of a series before it ("PEP 634: ...")."""
        title = " ".join(plain(self.fields.get("title", "")).split())
        series, number = next(iter(self.fields.items()))
        return f"{series.upper()} {number}: {title}" if title and number.isdigit() else title

    @property
    def dated(self) -> str | None:
        """The ISO date that the header says the text is of."""
        return next((iso(self.fields[name]) for name in _DATES if iso(self.fields.get(name, ""))), None)

    @property
    def version(self) -> str | None:
        """The version that the header says the text is of."""
        found = (_VERSION.fullmatch(self.fields.get(name, "")) for name in ("version", "release"))
        return next((match[1] for match in found if match), None)


def leading(text: str) -> Header | None:
    """The header that `text` begins with: two "Name: value" lines or more, then a blank line."""
    return _header(_FIELDS.match(text))


def front_matter(text: str) -> Header | None:
    """The YAML front matter that `text` begins with; only its plain "name: value" lines are read."""
    return _header(_FRONT_MATTER.match(text))


def _header(found: re.Match[str] | None) -> Header | None:
    if not found:
        return None
    fields = {name.lower(): " ".join(value.split()).strip("\"'") for name, value in _FIELD.findall(found.group())}
    return Header(fields, found.group().count("\n")) if fields else None


_FIELDS = re.compile(r"(?:[A-Z][A-Za-z-]*:(?:[ \t].*)?\n(?:[ \t]+\S.*\n)*){2,}(?=[ \t]*\n|\Z)")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_FIELD = re.compile(r"^([A-Za-z][\w-]*):[ \t]*((?:.*)(?:\n[ \t]+\S.*)*)", re.MULTILINE)

_DATES = ("last-modified", "lastmod", "last_modified", "updated", "date", "revised")
_VERSION = re.compile(r"v?(\d+(?:\.\d+)*(?:(?:a|b|rc|\.?dev|\.post)\d*)?)")
