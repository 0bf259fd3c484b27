"""Where an interrupted training goes on: its state on disk, whole or not at all.

A checkpoint is a folder of its own, written under another name and renamed when it is complete; the one before is
removed afterwards. So a process killed at any moment leaves one that can be loaded, or none.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from byheart.errors import TrainingFailed

_TENSORS = "tensors.pt"
_STATE = "state.json"
_PARTIAL = "checkpoint.partial"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Plain data, and tensors (weights and the optimizer's state); no tensors once the training is finished."""

    state: Mapping[str, Any]
    tensors: Mapping[str, Any] | None


def save(folder: Path, number: int, state: Mapping[str, Any], tensors: Mapping[str, Any] | None) -> None:
    """Makes checkpoint `number` (higher than those before) in `folder`, then removes the ones before."""
    partial = folder / _PARTIAL
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir()
        if tensors is not None:
            torch.save(tensors, partial / _TENSORS)
        (partial / _STATE).write_text(json.dumps(state), encoding="utf-8")
        before = _made(folder)
        partial.replace(folder / f"checkpoint-{number:09}")
    except (OSError, RuntimeError) as error:
        # torch tells of a full disk by a RuntimeError.
        shutil.rmtree(partial, ignore_errors=True)
        raise TrainingFailed(
            f"the state of the training could not be written to {folder}: {str(error).splitlines()[0]}",
            hint="free some disk space, then run `byheart study` again: it goes on from the last minute",
        ) from error
    for path in before:
        shutil.rmtree(path, ignore_errors=True)


def load(folder: Path) -> Checkpoint | None:
    """The latest checkpoint in `folder`; None where there is none."""
    made = _made(folder)
    if not made:
        return None
    state = json.loads((made[-1] / _STATE).read_text(encoding="utf-8"))
    tensors = made[-1] / _TENSORS
    return Checkpoint(state, torch.load(tensors, map_location="cpu", weights_only=True) if tensors.is_file() else None)


def _made(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoint-*"))
