"""Dates and versions as documents write them of themselves."""

from __future__ import annotations

import re
from datetime import date


def iso(text: str) -> str | None:
    """The first full date in `text`, as an ISO date: 2020-09-12, 12-Sep-2020, Sep 12, 2020, 12 September 2020."""
    for pattern in _DATES:
        for found in pattern.finditer(text):
            month = found["month"]
            number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
            try:
                return date(int(found["year"]), number, int(found["day"])).isoformat()
            except ValueError:
                continue
    return None


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})"
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DATES = (
    re.compile(rf"\b{_YEAR}[-/](?P<month>\d{{1,2}})[-/]{_DAY}\b"),
    re.compile(rf"\b{_DAY}(?:st|nd|rd|th)?[- ]{_MONTH}\.?,?[- ]{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR}\b", re.IGNORECASE),
)
