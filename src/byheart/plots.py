"""The plots of a measurement, as Vega-Lite: what is drawn against what, in colours that the page names.

Takes what was measured, gives plots with a title, a sentence on how to read them, and the drawing's description. It
draws nothing itself and computes nothing anew but where lines begin and end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from byheart import charts, units
from byheart.charts import ROW, Plot, Spec, Values, layer
from byheart.costs import BreakEven, a_question
from byheart.figures import ArmFigures, Tally
from byheart.measurement import Measured

STAGES = ("look around", "recall", "confidence", "search", "read", "resolve", "server", "the rest")

# Where a logarithmic axis of seconds has its marks.
_ROUND_SECONDS = [digit * 10.0**power for power in range(-4, 4) for digit in (1, 3)]


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
            "right": arm.main.share.value,
            "low": arm.main.share.low,
            "high": arm.main.share.high,
        }
        for arm in measured.figures.arms.values()
    ]
    x = charts.quantity(
        "seconds",
        "seconds an answer takes (logarithmic)",
        scale={"type": "log", "nice": False, "padding": 24},
        axis={"values": _ROUND_SECONDS, "format": "~g"},
    )
    y = charts.share("right", "right")
    arms = _arm_colour(measured)
    spec = charts.framed(
        values,
        [
            layer("rule", x=x, y={**y, "field": "low"}, y2={"field": "high"}, color=arms, opacity={"value": 0.7}),
            layer("rule", x=x, x2={"field": "slow"}, y=y, color=arms, opacity={"value": 0.35}),
            layer({"type": "circle", "size": 110, "opacity": 1}, x=x, y=y, color=arms),
        ],
    )
    return Plot(
        "accuracy",
        "Accuracy against latency",
        "Higher is more often right of what these documents answer, further left is faster. Upright lines are 95 % "
        "intervals; level ones reach from the median to the slowest twentieth.",
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
    y = charts.rows("arm", names)
    # Room for the label behind the longest bar.
    widest = 1.16 * max(arm.seconds.mean for arm in arms)
    x = charts.quantity("seconds", "mean seconds an answer", scale={"domain": [0, widest]})
    key = {stage: f"var(--stage-{STAGES.index(stage)})" for stage in used}
    colour = charts.colour("stage", key)
    bars = layer({"type": "bar", "height": {"band": 0.62}}, x=x, y=y, color=colour, order={"field": "order"})
    text = {"type": "text", "align": "left", "dx": 5, "color": "var(--ink)"}
    labels = layer(text, totals, x=x, y=y, text={"field": "label"})
    spec = charts.framed(values, [bars, labels], 60 + ROW * len(arms))
    return Plot("stages", "Where the time goes", "Mean seconds of an answer, by stage.", key, spec)


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
    x, y = charts.share("probability", "how sure it said it was"), charts.share("right", "right")
    return Plot(
        "reliability",
        "Is it as sure as it is right?",
        "On the dotted line, of answers said to be 80 % sure 80 % are right; below it confidence is too high. Larger "
        "dots stand for more answers.",
        _key(dict.fromkeys(str(value["arm"]) for value in values)),
        charts.reliability(values, x, y, color=_arm_colour(measured)),
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
    x = charts.share("coverage", "share of questions answered, the surest first")
    y = charts.share("risk", "wrong among them")
    arms = _arm_colour(measured)
    line = layer({"type": "line", "strokeWidth": 2}, x=x, y=y, color=arms)
    first = {value["arm"]: value for value in reversed(values)}
    begin = layer({"type": "circle", "size": 45, "opacity": 1}, list(first.values()), x=x, y=y, color=arms)
    spec = charts.framed(values, [line, begin])
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
    x = charts.count("questions", "questions asked", scale={"nice": False})
    y = charts.quantity("cost", "money" if unit == "money" else "hours of this machine")
    arms = _arm_colour(measured)
    layers = [layer({"type": "line", "strokeWidth": 2}, x=x, y=y, color=arms)]
    if marks:
        dotted = {"type": "rule", "strokeDash": [3, 3], "color": "var(--muted)"}
        circle = {"type": "point", "size": 90, "strokeWidth": 2, "filled": False}
        text = {"type": "text", "align": "left", "dx": 4, "dy": -14, "color": "var(--ink)"}
        layers += [
            layer(dotted, marks, x=x, y=y, y2={"datum": 0}),
            layer(circle, marks, x=x, y=y, color=arms),
            layer(text, marks, x=x, y=y, text={"field": "label"}),
        ]
    return Plot(
        "cost",
        "When the study has paid for itself",
        f"A study is paid once, an answer every time. Circles mark where byheart ({', '.join(_names(marks))}) becomes "
        "cheaper than looking everything up."
        if marks
        else "A study is paid once, an answer every time. Here it saved nothing: the lines do not meet.",
        _key(lines),
        charts.framed(values, layers),
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
    x = charts.share("right", "right (in brackets: how many questions)")
    y = charts.rows("group", list(labels.values()), grid=True)
    # Dots of arms that are equally good would hide each other: each has a lane of its own within its row.
    lane = {"field": "arm", "type": "nominal", "sort": list(arms), "scale": {"paddingInner": 0.15}}
    dots = layer({"type": "circle", "size": 75, "opacity": 1}, x=x, y=y, yOffset=lane, color=_arm_colour(measured))
    spec = charts.framed(values, [dots], 80 + max(ROW, 9 * len(arms)) * len(sizes))
    return Plot(name, title, reading, _key(arms), spec)


# ── what they share ──


def _key(arms: Iterable[str]) -> dict[str, str]:
    return {name: f"var(--{name})" for name in arms}


def _arm_colour(measured: Measured) -> Spec:
    return charts.colour("arm", _key(measured.figures.arms))
