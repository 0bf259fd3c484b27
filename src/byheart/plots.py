"""The plots of a measurement, as Vega-Lite: what is drawn against what, in colours that the page names.

Takes what was measured, gives plots with a title, a sentence on how to read them, and the drawing's description. It
draws nothing itself and computes nothing anew but where lines begin and end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from byheart import units
from byheart.costs import BreakEven, a_question
from byheart.figures import ArmFigures, Tally
from byheart.measurement import Measured

Spec = dict[str, Any]
Values = list[dict[str, Any]]

_WIDTH = 420
_HEIGHT = 280
_ROW = 34

STAGES = ("look around", "recall", "confidence", "search", "read", "resolve", "server", "the rest")

_SHARE = {"format": ".0%", "tickCount": 5}


@dataclass(frozen=True, slots=True)
class Plot:
    """One drawing: `reading` says how to read it, `key` gives what is drawn and its colour on the page."""

    name: str
    title: str
    reading: str
    key: Mapping[str, str]
    spec: Spec


def plots(measured: Measured) -> list[Plot]:
    """Every plot that the measurement has figures for."""
    makers: tuple[Callable[[Measured], Plot | None], ...] = (
        _accuracy_against_latency,
        _stages,
        _reliability,
        _risk_against_coverage,
        _cost_against_questions,
        _books,
        _kinds,
    )
    return [plot for maker in makers if (plot := maker(measured))]


# ── one plot each ──


def _accuracy_against_latency(measured: Measured) -> Plot:
    values = [
        {
            "arm": arm.arm,
            "seconds": max(arm.seconds.p50, 1e-4),
            "slow": max(arm.seconds.p95, 1e-4),
            "right": arm.total.share.value,
            "low": arm.total.share.low,
            "high": arm.total.share.high,
        }
        for arm in measured.figures.arms.values()
    ]
    x = {
        "field": "seconds",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False, "padding": 24},
        "title": "seconds an answer takes (logarithmic)",
        "axis": {"values": _ROUND_SECONDS, "format": "~g"},
    }
    y = {"field": "right", "type": "quantitative", "title": "right", "axis": _SHARE, "scale": {"domain": [0, 1]}}
    arms = _arm_colour(measured)
    spec = _framed(
        values,
        [
            _layer("rule", x=x, y={**y, "field": "low"}, y2={"field": "high"}, color=arms, opacity={"value": 0.7}),
            _layer("rule", x=x, x2={"field": "slow"}, y=y, color=arms, opacity={"value": 0.35}),
            _layer({"type": "circle", "size": 110, "opacity": 1}, x=x, y=y, color=arms),
        ],
        _HEIGHT,
    )
    return Plot(
        "accuracy",
        "Accuracy against latency",
        "Higher is more often right, further left is faster. Upright lines are 95 % intervals; level ones reach from "
        "the median to the slowest twentieth.",
        _key(measured.figures.arms),
        spec,
    )


def _stages(measured: Measured) -> Plot:
    arms = list(measured.figures.arms.values())
    values = [
        {"arm": arm.arm, "stage": stage, "seconds": seconds, "order": STAGES.index(stage)}
        for arm in arms
        for stage, seconds in _parts(arm).items()
    ]
    totals = [{"arm": arm.arm, "seconds": arm.seconds.mean, "label": units.seconds(arm.seconds.mean)} for arm in arms]
    used = [stage for stage in STAGES if any(value["stage"] == stage for value in values)]
    names = [arm.arm for arm in arms]
    y = {"field": "arm", "type": "nominal", "sort": names, "title": None, "axis": _label_room(names)}
    x = {"field": "seconds", "type": "quantitative", "title": "mean seconds an answer", "axis": {"tickCount": 5}}
    colour = {
        "field": "stage",
        "type": "nominal",
        "scale": {"domain": used, "range": [_stage_colour(stage) for stage in used]},
        "legend": None,
    }
    bars = _layer({"type": "bar", "height": {"band": 0.62}}, x=x, y=y, color=colour, order={"field": "order"})
    labels = _layer(
        {"type": "text", "align": "left", "dx": 5, "color": "var(--ink)"}, x=x, y=y, text={"field": "label"}
    )
    # Room for the label behind the longest bar.
    x["scale"] = {"domain": [0, 1.16 * max(arm.seconds.mean for arm in arms)]}
    spec = _framed(values, [bars, {**labels, "data": {"values": totals}}], 60 + _ROW * len(arms))
    key = {stage: _stage_colour(stage) for stage in used}
    return Plot("stages", "Where the time goes", "Mean seconds of an answer, by stage.", key, spec)


def _stage_colour(stage: str) -> str:
    return f"var(--stage-{STAGES.index(stage)})"


def _parts(arm: ArmFigures) -> dict[str, float]:
    """Mean seconds by stage, and what no stage accounts for."""
    parts = {stage: found.mean for stage, found in arm.stages.items()}
    return {**parts, "the rest": max(0.0, arm.seconds.mean - sum(parts.values()))}


def _reliability(measured: Measured) -> Plot | None:
    values = [
        {"arm": name, "probability": one.probability, "right": one.right, "n": one.n}
        for name, arm in measured.figures.arms.items()
        if arm.calibrated
        for one in arm.calibrated.bins
    ]
    if not values:
        return None
    x = {
        "field": "probability",
        "type": "quantitative",
        "title": "how sure it said it was",
        "axis": _SHARE,
        "scale": {"domain": [0, 1]},
    }
    y = {"field": "right", "type": "quantitative", "title": "right", "axis": _SHARE, "scale": {"domain": [0, 1]}}
    arms = _arm_colour(measured)
    size = {
        "field": "n",
        "type": "quantitative",
        "scale": {"rangeMin": 25, "rangeMax": 320, "domainMin": 0},
        "legend": None,
    }
    spec = _framed(
        values,
        [
            _diagonal(),
            _layer({"type": "line", "strokeWidth": 1.5, "opacity": 0.6}, x=x, y=y, color=arms),
            _layer({"type": "circle", "opacity": 0.9}, x=x, y=y, color=arms, size=size),
        ],
        _HEIGHT,
    )
    return Plot(
        "reliability",
        "Is it as sure as it is right?",
        "On the dotted line, of answers said to be 80 % sure 80 % are right; below it confidence is too high. Larger "
        "dots stand for more answers.",
        _key(dict.fromkeys(str(value["arm"]) for value in values)),
        spec,
    )


def _risk_against_coverage(measured: Measured) -> Plot | None:
    values = [
        {"arm": name, "coverage": one.coverage, "risk": one.risk}
        for name, arm in measured.figures.arms.items()
        if arm.calibrated
        for one in arm.calibrated.curve
    ]
    if not values:
        return None
    x = {
        "field": "coverage",
        "type": "quantitative",
        "title": "share of questions answered, the surest first",
        "axis": _SHARE,
        "scale": {"domain": [0, 1]},
    }
    y = {
        "field": "risk",
        "type": "quantitative",
        "title": "wrong among them",
        "axis": _SHARE,
        "scale": {"domain": [0, 1]},
    }
    arms = _arm_colour(measured)
    line = _layer({"type": "line", "strokeWidth": 2}, x=x, y=y, color=arms)
    first = {value["arm"]: value for value in reversed(values)}
    begin = {
        **_layer({"type": "circle", "size": 45, "opacity": 1}, x=x, y=y, color=arms),
        "data": {"values": list(first.values())},
    }
    spec = _framed(values, [line, begin], _HEIGHT)
    return Plot(
        "risk",
        "Risk against coverage",
        "If only the surest answers were given: how many of them would be wrong. Lower is better; a line that begins "
        "low knows what it knows.",
        _key(dict.fromkeys(str(value["arm"]) for value in values)),
        spec,
    )


def _cost_against_questions(measured: Measured) -> Plot | None:
    run, figures = measured.run, measured.figures
    if run.study is None or not figures.break_even:
        return None
    unit = figures.break_even[0].unit
    one_time = figures.break_even[0].one_time
    means = {name: _mean_cost(measured, name) for name in figures.arms}
    lines = {name: mean for name, mean in means.items() if mean is not None and name not in ("untaught",)}
    marked = _soonest(figures.break_even)
    end = max(100.0, 2.2 * max((one.questions or 0.0 for one in marked), default=0.0), 1.2 * _parity(one_time, lines))
    scale = 1.0 if unit == "money" else 1 / 3600
    begin = {name: one_time if name in ("memory", "both") else 0.0 for name in lines}
    values = [
        {"arm": name, "questions": questions, "cost": scale * (begin[name] + mean * questions)}
        for name, mean in lines.items()
        for questions in (0.0, end)
    ]
    marks = [
        {
            "arm": one.arm,
            "questions": one.questions,
            "cost": scale * (one_time + lines[one.arm] * one.questions),
            "label": f"{units.count(one.questions)}, against {one.other}",
        }
        for one in marked
        if one.questions is not None and one.arm in lines
    ]
    x = {
        "field": "questions",
        "type": "quantitative",
        "title": "questions asked",
        "axis": {"tickCount": 5},
        "scale": {"nice": False},
    }
    y = {
        "field": "cost",
        "type": "quantitative",
        "title": "money" if unit == "money" else "hours of this machine",
        "axis": {"tickCount": 5},
    }
    arms = _arm_colour(measured)
    points = _layer({"type": "point", "size": 90, "strokeWidth": 2, "filled": False}, x=x, y=y, color=arms)
    drop = _layer({"type": "rule", "strokeDash": [3, 3], "color": "var(--muted)"}, x=x, y=y, y2={"datum": 0})
    label = _layer(
        {"type": "text", "align": "left", "dx": 4, "dy": -14, "color": "var(--ink)"}, x=x, y=y, text={"field": "label"}
    )
    layers = [_layer({"type": "line", "strokeWidth": 2}, x=x, y=y, color=arms)]
    layers += [{**layer, "data": {"values": marks}} for layer in (drop, points, label)] if marks else []
    return Plot(
        "cost",
        "When the study has paid for itself",
        f"A study is paid once, an answer every time. Circles mark where byheart ({', '.join(_names(marks))}) becomes "
        "cheaper than looking everything up."
        if marks
        else "A study is paid once, an answer every time. Here it saved nothing: the lines do not meet.",
        _key(lines),
        _framed(values, layers, _HEIGHT),
    )


def _names(marks: Values) -> list[str]:
    return list(dict.fromkeys(str(mark["arm"]) for mark in marks))


def _soonest(found: Sequence[BreakEven]) -> list[BreakEven]:
    """For `both`, or else for memory alone, the break-even against each arm that it has one with."""
    for arm in ("both", "memory"):
        if reached := [one for one in found if one.arm == arm and one.questions is not None]:
            return reached
    return []


def _parity(one_time: float, means: Mapping[str, float]) -> float:
    """After so many questions answers have cost as much as the study."""
    dearest = max(means.values(), default=0.0)
    return one_time / dearest if dearest else 0.0


def _mean_cost(measured: Measured, name: str) -> float | None:
    is_here = name in measured.run.here
    costs = [a_question(row, measured.run.prices, is_here=is_here) for row in measured.rows if row.arm == name]
    known = [cost for cost in costs if cost is not None]
    return sum(known) / len(known) if known else None


def _books(measured: Measured) -> Plot | None:
    return _grouped(
        measured,
        "books",
        "What each book gains",
        "Share right by book. The distance from a reference dot to ours is what byheart brings for that book.",
        lambda arm: arm.by_book,
    )


def _kinds(measured: Measured) -> Plot | None:
    return _grouped(
        measured,
        "kinds",
        "By kind of question",
        "Share right by kind of question: which kinds memory carries, and which need the documents.",
        lambda arm: arm.by_kind,
    )


def _grouped(
    measured: Measured, name: str, title: str, reading: str, groups: Callable[[ArmFigures], Mapping[str, Tally]]
) -> Plot | None:
    arms = measured.figures.arms
    sizes: dict[str, int] = {}
    for arm in arms.values():
        for group, tally in groups(arm).items():
            sizes[group] = max(sizes.get(group, 0), tally.n)
    if len(sizes) < 2:
        return None
    labels = {group: f"{group} ({n})" for group, n in sizes.items()}
    values = [
        {"arm": arm.arm, "group": labels[group], "right": tally.share.value}
        for arm in arms.values()
        for group, tally in groups(arm).items()
    ]
    x = {
        "field": "right",
        "type": "quantitative",
        "title": "right (in brackets: how many questions)",
        "axis": _SHARE,
        "scale": {"domain": [0, 1]},
    }
    y = {
        "field": "group",
        "type": "nominal",
        "sort": list(labels.values()),
        "title": None,
        "axis": {"grid": True, **_label_room(list(labels.values()))},
    }
    # Dots of arms that are equally good would hide each other: each has a lane of its own within its row.
    lane = {"field": "arm", "type": "nominal", "sort": list(arms), "scale": {"paddingInner": 0.15}}
    spec = _framed(
        values,
        [_layer({"type": "circle", "size": 75, "opacity": 1}, x=x, y=y, yOffset=lane, color=_arm_colour(measured))],
        80 + max(_ROW, 9 * len(arms)) * len(sizes),
    )
    return Plot(name, title, reading, _key(arms), spec)


# ── what plots share ──

# Where a logarithmic axis of seconds has its marks.
_ROUND_SECONDS = [digit * 10.0**power for power in range(-4, 4) for digit in (1, 3)]


def _key(arms: Iterable[str]) -> dict[str, str]:
    return {name: f"var(--{name})" for name in arms}


def _label_room(labels: Sequence[str]) -> Spec:
    """Room for the labels of an axis in whatever font the reader has, up to a limit."""
    most = 150
    return {"minExtent": min(most, 7.5 * max(map(len, labels))), "labelLimit": most}


def _arm_colour(measured: Measured) -> Spec:
    names = list(measured.figures.arms)
    return {
        "field": "arm",
        "type": "nominal",
        "scale": {"domain": names, "range": [f"var(--{name})" for name in names]},
        "legend": None,
    }


def _diagonal() -> Spec:
    ends = [{"probability": end, "right": end} for end in (0, 1)]
    drawn = _layer(
        {"type": "line", "strokeDash": [2, 4], "color": "var(--muted)"},
        x={"field": "probability", "type": "quantitative"},
        y={"field": "right", "type": "quantitative"},
    )
    return {**drawn, "data": {"values": ends}}


def _layer(mark: str | Spec, **encoding: Spec) -> Spec:
    return {"mark": mark, "encoding": encoding}


def _framed(values: Values, layers: Sequence[Spec], height: int) -> Spec:
    ink = {"labelColor": "var(--muted)", "titleColor": "var(--muted)", "labelFontSize": 12, "titleFontSize": 12}
    lines = {"gridColor": "var(--line)", "domainColor": "var(--line)", "tickColor": "var(--line)"}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _WIDTH,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 4,
        "background": None,
        "data": {"values": values},
        "layer": list(layers),
        "config": {
            "font": "system-ui, sans-serif",
            "view": {"stroke": None},
            "axis": {**ink, **lines, "titleFontWeight": "normal", "titlePadding": 8},
            "text": {"fontSize": 12},
        },
    }
