"""Advice as text for a terminal: what to do with which documents and why, what to expect, and what is not known.

Takes advice, gives text drawn by rich, with or without styles. It prints nothing and computes nothing anew.
"""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from byheart import units
from byheart.drawing import FigureTable, drawn, sentence
from byheart.outcomes import Advice, Advised, Prospect
from byheart.shown import place

# So many rows are shown; --json gives all.
_MOST_ROWS = 20


def told(advice: Advice, *, has_styles: bool) -> str:
    """All of an advice, in the order in which it is read."""
    parts: list[RenderableType] = [_advised(advice)] if advice.advised else [Text("no document is held yet")]
    if len(advice.advised) > _MOST_ROWS:
        parts.append(sentence(f"and {len(advice.advised) - _MOST_ROWS:,} more: --json lists them"))
    if any(one.right for one in advice.prospects):
        parts += [Text("what to expect, from measured answers", style="bold"), *_prospects(advice)]
    parts += [sentence(note) for note in advice.notes]
    if advice.advised:
        parts += [Text("to do", style="bold"), *map(sentence, advice.commands or ["nothing: it is held as advised"])]
    if advice.missing:
        parts.append(Text("not known, and what would settle it", style="bold"))
        parts += [sentence(f"{one.what}: {one.remedy}") for one in advice.missing]
    return drawn(parts, has_styles=has_styles)


def _advised(advice: Advice) -> Table:
    rows = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    rows.add_column("documents", overflow="fold", max_width=34)
    rows.add_column("advice", no_wrap=True)
    rows.add_column("why", ratio=1)
    alike: dict[tuple[str, str], list[Advised]] = {}
    for one in advice.advised[:_MOST_ROWS]:
        alike.setdefault((one.rule, one.figure), []).append(one)
    for (rule, figure), those in alike.items():
        why = Text.assemble((f"{rule}: ", "bold"), f"{those[0].reason}\n", (f"{figure}\n", "dim"))
        rows.add_row("\n".join(map(_where, those)), Text(those[0].way.value, style="bold"), why)
    return rows


def _where(one: Advised) -> str:
    if one.all_there == 1:
        return place(one.place)
    counted = f"{one.documents:,}" if one.documents == one.all_there else f"{one.documents:,} of {one.all_there:,}"
    return f"{place(one.place)} ({counted})"


def _prospects(advice: Advice) -> list[RenderableType]:
    rows = [_prospect(one, "" if number else "bold") for number, one in enumerate(advice.prospects)]
    units_of = f"cost: {advice.cost_unit}; study: what it takes to teach what is not known yet"
    return [FigureTable(rows, ("memory", "cost", "p95"), "--json tells them"), sentence(units_of)]


def _prospect(one: Prospect, style: str) -> dict[str, str | Text]:
    return {
        "plan": Text(one.name, style=style),
        "right": units.share(one.right.value if one.right else None),
        "95 %": units.interval(one.right.low, one.right.high) if one.right else "",
        "p50": units.seconds(one.p50),
        "p95": units.seconds(one.p95),
        "cost": units.money(one.cost),
        "memory": units.size(one.peak_bytes),
        "study": "none" if one.study_minutes == 0 else units.seconds(one.study_minutes and 60 * one.study_minutes),
    }
