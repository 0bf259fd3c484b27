"""Figures as people read them: shares, seconds, bytes, energy and money, in units that suit their size."""

from __future__ import annotations

NONE = "–"

_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def share(part: float | None) -> str:
    """A share (0 to 1) in percent."""
    return NONE if part is None else f"{part * 100:.0f} %"


def percent(probability: float) -> str:
    """A probability in percent; it is never told as a certainty."""
    return f"{min(99, max(1, round(probability * 100)))} %"


def interval(low: float | None, high: float | None) -> str:
    """The ends of a share's interval, in percent; nothing where there is none."""
    return "" if low is None or high is None else f"{low * 100:.0f}–{high * 100:.0f}"


def points(difference: float | None) -> str:
    """A difference of shares, signed, in points of a hundred."""
    return NONE if difference is None else f"{difference * 100:+.0f}".replace("-", "−")


def seconds(taken: float | None) -> str:
    """Seconds, from a tenth of a millisecond to days."""
    if taken is None:
        return NONE
    for least, unit, digits in ((86400, "d", 1), (7200, "h", 1), (120, "min", 1), (10, "s", 0), (1, "s", 2)):
        if taken >= least:
            return f"{taken / {'d': 86400, 'h': 3600, 'min': 60}.get(unit, 1):.{digits}f} {unit}"
    return f"{taken * 1000:.0f} ms" if taken >= 0.01 else f"{taken * 1000:.1f} ms"


def times(multiple: float | None) -> str:
    """How many times as much."""
    if multiple is None:
        return NONE
    return f"{multiple:.0f} ×" if multiple >= 100 else f"{multiple:.1f} ×" if multiple >= 10 else f"{multiple:.2f} ×"


def size(count: int | None) -> str:
    """Bytes, in thousands of thousands."""
    if count is None:
        return NONE
    for unit, name in _BYTES:
        if count >= unit:
            return f"{count / unit:.0f} {name}" if count >= 10 * unit else f"{count / unit:.1f} {name}"
    return f"{count} B"


def energy(joules: float | None) -> str:
    """Joules, or watt hours from 10,000 on."""
    if joules is None:
        return NONE
    return f"{joules / 3600:.1f} Wh" if joules >= 10_000 else f"{joules:.0f} J" if joules >= 10 else f"{joules:.1f} J"


def money(amount: float | None) -> str:
    """An amount in the currency of the prices that were named."""
    if amount is None:
        return NONE
    return f"{amount:,.2f}" if amount >= 0.1 or amount == 0 else f"{amount:.2g}"


def count(number: float | None) -> str:
    """A count, rounded, in groups of thousands."""
    return NONE if number is None else f"{number:,.0f}"
