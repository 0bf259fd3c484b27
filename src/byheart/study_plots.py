"""The plots of a study: how facts were mastered over time, what was learned of them, and what its gate is worth.

Takes a study's figures, gives plots as Vega-Lite; what the study did not record has no plot. It computes nothing anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from byheart import charts
from byheart.charts import ROW, Plot, Spec, layer
from byheart.study_figures import Group, StudyFigures

_MASTERED = {"mastered": "var(--memory)"}
_KINDS = {**_MASTERED, "right in words never taught": "var(--both)"}
_GATE = {"answers the gate never saw": "var(--documents)"}
_MUTED = {"color": "var(--muted)", "strokeDash": [2, 4]}


def plots(found: StudyFigures) -> list[Plot]:
    """Every plot that the study has figures for."""
    drawn = [
        _mastery(found, "minutes", [done.seconds / 60 for done in found.history]),
        _mastery(found, "tokens", [done.tokens for done in found.history]),
        _kinds(found.by_kind),
        _reliability(found),
        _risk(found),
    ]
    return [plot for plot in drawn if plot]


def _mastery(found: StudyFigures, unit: str, spent: Sequence[float]) -> Plot | None:
    if not found.history:
        return None
    values = [
        {"spent": at, "mastered": done.mastered, "round": place}
        for place, (at, done) in enumerate(zip(spent, found.history, strict=True), start=1)
    ]
    axis = charts.count if unit == "tokens" else charts.quantity
    x = axis("spent", f"{unit} of training", scale={"domainMin": 0, "nice": False})
    # A little room above the line of what was planned.
    y = charts.quantity("mastered", "facts mastered", scale={"domain": [0, 1.08 * found.planned], "nice": False})
    planned = [{"mastered": found.planned, "label": f"{found.planned:,} planned"}]
    above = {"type": "text", "align": "left", "baseline": "bottom", "dx": 4, "dy": -2, "color": "var(--muted)"}
    label = layer(above, planned, x={"value": 0}, y=y, text={"field": "label"})
    colour = {"color": "var(--memory)"}
    layers = [
        layer({"type": "rule", **_MUTED}, planned, y=y),
        label,
        layer({"type": "line", "strokeWidth": 2, **colour}, x=x, y=y),
        layer({"type": "circle", "size": 50, "opacity": 1, **colour}, x=x, y=y),
    ]
    return Plot(
        f"mastery-{unit}",
        f"Mastered over {'time' if unit == 'minutes' else unit}",
        "A dot is a round of lessons and its test. Mastered is what was answered right in two successive tests.",
        _MASTERED,
        charts.framed(values, layers),
    )


def _kinds(groups: Sequence[Group]) -> Plot | None:
    if not groups:
        return None
    mastered, sealed = _KINDS
    names = {group.name: f"{group.name} ({group.planned:,})" for group in groups}
    values = [
        {"kind": names[group.name], "what": mastered, "share": group.mastered / group.planned} for group in groups
    ] + [
        {
            "kind": names[group.name],
            "what": sealed,
            "share": group.sealed.value,
            "low": group.sealed.low,
            "high": group.sealed.high,
        }
        for group in groups
        if group.sealed.n
    ]
    x = charts.share("share", "share of the planned facts (in brackets: how many)")
    y = charts.rows("kind", list(names.values()), grid=True)
    lane = {"field": "what", "type": "nominal", "sort": list(_KINDS), "scale": {"paddingInner": 0.15}}
    place = {"y": y, "yOffset": lane, "color": charts.colour("what", _KINDS)}
    known = {"transform": [{"filter": "isValid(datum.low)"}]}
    layers = [
        {**layer("rule", x={**x, "field": "low"}, x2={"field": "high"}, **place), **known},
        layer({"type": "circle", "size": 75, "opacity": 1}, x=x, **place),
    ]
    return Plot(
        "kinds",
        "What was learned, by kind",
        "Lines are 95 % intervals. Words never taught are what tells learning from parroting.",
        _KINDS,
        charts.framed(values, layers, 80 + ROW * len(groups)),
    )


def _reliability(found: StudyFigures) -> Plot | None:
    if not found.gate.bins:
        return None
    values = [{"probability": one.probability, "right": one.right, "n": one.n} for one in found.gate.bins]
    x, y = charts.share("probability", "how sure the gate was"), charts.share("right", "right")
    return Plot(
        "reliability",
        "Is it as sure as it is right?",
        "On the dotted line, of answers held to be 80 % sure 80 % are right; below it the gate is too sure. Larger "
        "dots stand for more answers.",
        _GATE,
        charts.reliability(values, x, y, color={"value": "var(--documents)"}),
    )


def _risk(found: StudyFigures) -> Plot | None:
    gate = found.gate
    if not gate.curve:
        return None
    values = [{"coverage": one.coverage, "risk": one.risk} for one in gate.curve]
    x = charts.share("coverage", "share of questions answered, the surest first")
    y = charts.share("risk", "wrong among them")
    layers = [layer({"type": "line", "strokeWidth": 2, **_colour()}, x=x, y=y)]
    if gate.trust is not None:
        allowed = [{"risk": 1 - gate.trust, "label": f"{1 - gate.trust:.0%} allowed"}]
        over = {"type": "text", "align": "right", "baseline": "bottom", "dx": -4, "dy": -2, "color": "var(--muted)"}
        layers += [
            layer({"type": "rule", **_MUTED}, allowed, y=y),
            layer(over, allowed, x={"value": "width"}, y=y, text={"field": "label"}),
        ]
    if answered := [one for one in gate.curve if one.probability >= gate.threshold]:
        at = [{"coverage": answered[-1].coverage, "risk": answered[-1].risk, "label": f"from {gate.threshold:.0%} on"}]
        # Over the flat part of the line, which lies to the left, where there is room for it.
        side = {"align": "right", "dx": 4} if answered[-1].coverage > 0.25 else {"align": "left", "dx": -4}
        text = {"type": "text", "dy": -12, "color": "var(--ink)", **side}
        layers += [
            layer({"type": "point", "size": 90, "strokeWidth": 2, "filled": False, **_colour()}, at, x=x, y=y),
            layer(text, at, x=x, y=y, text={"field": "label"}),
        ]
    return Plot(
        "risk",
        "Risk against coverage",
        "If only the surest answers were given from memory: how many of them would be wrong. The circle is the "
        "threshold. Answers that recite no studied fact are never given, so the line ends before all are answered.",
        _GATE,
        charts.framed(values, layers),
    )


def _colour() -> Spec:
    return {"color": "var(--documents)"}
