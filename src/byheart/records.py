"""Records of work in progress: JSON in a file that is whole or not there, whenever the process is killed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write(path: Path, record: Mapping[str, object]) -> None:
    """Writes `record` to `path`, whole or not at all."""
    partial = path.with_suffix(".partial")
    try:
        partial.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read(path: Path) -> dict[str, Any] | None:
    """The record in `path`; None if none was written."""
    if not path.is_file():
        return None
    record = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(record, dict)
    return record
