"""What all plots share, as Vega-Lite: axes, layers and the frame, in colours that the page names.

Takes values, gives the description of a drawing; backends/vegalite.py draws it. It knows nothing of what is plotted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]
Values = Sequence[Mapping[str, Any]]

ROW = 34
_WIDTH = 420
_HEIGHT = 280

# Labels of rows are cut from this width on.
_MOST_ROOM = 150


@dataclass(frozen=True, slots=True)
class Plot:
    """One drawing: `reading` says how to read it, `key` gives what is drawn and its colour on the page."""

    name: str
    title: str
    reading: str
    key: Mapping[str, str]
    spec: Spec


def quantity(field: str, title: str, **options: Any) -> Spec:
    """An axis of numbers; `options` are those of its Vega-Lite channel."""
    return {"field": field, "type": "quantitative", "title": title, "axis": {"tickCount": 5}, **options}


def count(field: str, title: str, **options: Any) -> Spec:
    """An axis of counts, in thousands and millions where they are large: longer labels run together on a phone."""
    return quantity(field, title, axis={"format": "~s", "tickCount": 5}, **options)


def share(field: str, title: str) -> Spec:
    """An axis of shares, from 0 to 100 %."""
    return quantity(field, title, axis={"format": ".0%", "tickCount": 5}, scale={"domain": [0, 1]})


def rows(field: str, names: Sequence[str], **axis: Any) -> Spec:
    """An axis with a row for each of `names`, in their order, and room for them in whatever font the reader has."""
    room = {"minExtent": min(_MOST_ROOM, 7.5 * max(map(len, names))), "labelLimit": _MOST_ROOM}
    return {"field": field, "type": "nominal", "sort": list(names), "title": None, "axis": {**room, **axis}}


def colour(field: str, key: Mapping[str, str]) -> Spec:
    """The colours of what is drawn, by name; the page says which is which."""
    scale = {"domain": list(key), "range": list(key.values())}
    return {"field": field, "type": "nominal", "scale": scale, "legend": None}


def layer(mark: str | Spec, values: Values | None = None, /, **encoding: Spec) -> Spec:
    """Marks, of the plot's own values or of others."""
    drawn: Spec = {"mark": mark, "encoding": encoding}
    return drawn if values is None else {**drawn, "data": {"values": list(values)}}


def diagonal(x: str, y: str) -> Spec:
    """The dotted line on which the shares `x` and `y` are equal."""
    ends = [{x: end, y: end} for end in (0, 1)]
    axes = {name: {"field": field, "type": "quantitative"} for name, field in (("x", x), ("y", y))}
    return layer({"type": "line", "strokeDash": [2, 4], "color": "var(--muted)"}, ends, **axes)


def reliability(values: Values, x: Spec, y: Spec, **ink: Any) -> Spec:
    """Shares right against probabilities, with the line on which they are equal; larger dots stand for more answers.

    `values` have a `probability`, a share `right` and how many there are, `n`; `ink` colours both marks.
    """
    size = {
        "field": "n",
        "type": "quantitative",
        "scale": {"rangeMin": 25, "rangeMax": 320, "domainMin": 0},
        "legend": None,
    }
    layers = [
        diagonal("probability", "right"),
        layer({"type": "line", "strokeWidth": 1.5, "opacity": 0.6}, x=x, y=y, **ink),
        layer({"type": "circle", "opacity": 0.9}, x=x, y=y, size=size, **ink),
    ]
    return framed(values, layers)


def framed(values: Values, layers: Sequence[Spec], height: int = _HEIGHT) -> Spec:
    """The whole drawing of `layers` over each other."""
    ink = {"labelColor": "var(--muted)", "titleColor": "var(--muted)", "labelFontSize": 12, "titleFontSize": 12}
    lines = {"gridColor": "var(--line)", "domainColor": "var(--line)", "tickColor": "var(--line)"}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _WIDTH,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 4,
        "background": None,
        "data": {"values": list(values)},
        "layer": list(layers),
        "config": {
            "font": "system-ui, sans-serif",
            "view": {"stroke": None},
            "axis": {**ink, **lines, "titleFontWeight": "normal", "titlePadding": 8},
            "text": {"fontSize": 12},
        },
    }
