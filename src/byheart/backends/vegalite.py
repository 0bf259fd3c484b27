"""Vega-Lite to SVG, by vl-convert: drawn once, in this process, with no browser, no network and no script in it.

Colours may be CSS variables: they are passed through as they are, so one drawing serves light and dark pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import vl_convert

_VERSION = "5.21"
# The page gives a drawing its size; its own would not shrink on a phone.
_SIZE = re.compile(r'(<svg [^>]*?) width="[\d.]+" height="[\d.]+"')


def svg(spec: Mapping[str, Any]) -> str:
    """The drawing that `spec` describes, as an SVG element that fills the width it is given."""
    drawn: str = vl_convert.vegalite_to_svg(dict(spec), vl_version=_VERSION)
    return _SIZE.sub(r"\1", drawn, count=1)
