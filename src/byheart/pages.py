"""Templates to pages that stand alone: style and script are in them, so they need no network and no other file.

Takes the name of a template in `page/` and what it shows; gives HTML in which text is shown as it is, never as markup.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import jinja2

from byheart import units

_FILTERS = ("share", "interval", "points", "seconds", "times", "size", "energy", "money", "count")


def page(template: str, **shown: Any) -> str:
    """The page that `template` makes of what is shown."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_part), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    for name in _FILTERS:
        environment.filters[name] = getattr(units, name)
    return environment.get_template(template).render(**shown)


def _part(name: str) -> str:
    """A file of the page: template, style or script."""
    return (files("byheart") / "page" / name).read_text(encoding="utf-8")
