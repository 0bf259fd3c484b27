"""A `Trainer` in RAM: learns prompts by heart, and writes the file that `MemoryModel.load` reads.

Real and tiny: it knows what a round taught it, is tested on the probes with the model it will become, goes on after
an interruption and stops when its time is up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from byheart import records
from byheart.backends.memory.model import MemoryModel
from byheart.errors import TrainingFailed
from byheart.grading import gives
from byheart.outcomes import Round, TrainingProgress, TrainingResult
from byheart.ports import Curriculum
from byheart.types import Lesson

_CHECKPOINT = "checkpoint.json"
_WEIGHTS = "model.gguf"
_TIMEOUT = 60.0
_PATIENCE = 4
_TOKENS_A_SECOND = 500.0


class MemoryTrainer:
    """Learns the closed-book lessons of a curriculum, word for word; `upon` is what an earlier training wrote."""

    def __init__(self, upon: Path | None = None) -> None:
        self._upon = upon

    def tokens_a_second(self) -> float:
        """The same on every machine, so that the same facts are planned."""
        return _TOKENS_A_SECOND

    def train(
        self,
        curriculum: Curriculum,
        folder: Path,
        *,
        minutes: float,
        seed: int,
        watch: Callable[[TrainingProgress], None],
    ) -> TrainingResult:
        """Trains in `folder`, round by round; each round ends in a checkpoint."""
        folder.mkdir(parents=True, exist_ok=True)
        known = (records.read(self._upon) if self._upon else None) or {}
        state: dict[str, Any] = {"known": known, "round": 0, "tokens": 0, "seconds": 0.0, "history": []}
        if kept := records.read(folder / _CHECKPOINT):
            state = kept
            curriculum.restore(state["curriculum"])
        begun = time.perf_counter() - state["seconds"]
        while state["seconds"] < minutes * 60 and not _has_settled(state):
            if not (lessons := curriculum.round(state["round"])):
                break
            for lesson in lessons:
                state["tokens"] += len(lesson.prompt.split()) + len(lesson.completion.split())
                if not lesson.is_open_book:
                    state["known"][lesson.prompt] = lesson.completion
            taught = time.perf_counter()
            model = MemoryModel(state["known"])
            curriculum.graded([_is_right(model, probe) for probe in curriculum.probes()])
            now = time.perf_counter()
            done = Round(now - begun, now - taught, state["tokens"], len(curriculum.mastered()))
            state |= {
                "curriculum": curriculum.state(),
                "round": state["round"] + 1,
                "seconds": done.seconds,
                "history": [*state["history"], asdict(done)],
            }
            _write(folder / _CHECKPOINT, state)
            watch(_progress(curriculum, state, minutes))
        _write(folder / _WEIGHTS, state["known"])
        return TrainingResult.from_data(folder / _WEIGHTS, {**state, "rounds": state["round"]})


def _has_settled(state: Mapping[str, Any]) -> bool:
    """Whether the last rounds taught nothing more: what is learned by rote has then been learned."""
    mastered = [done["mastered"] for done in state["history"]]
    return len(mastered) > _PATIENCE and max(mastered[-_PATIENCE:]) <= mastered[-_PATIENCE - 1]


def _is_right(model: MemoryModel, probe: Lesson) -> bool:
    draft = model.complete(probe.prompt, tokens=len(probe.completion.split()) + 1, timeout=_TIMEOUT)
    return gives(draft.text, probe.completion, in_gist=probe.in_gist)


def _progress(curriculum: Curriculum, state: Mapping[str, Any], minutes: float) -> TrainingProgress:
    left = max(0.0, minutes * 60 - state["seconds"])
    facts = len(curriculum.probes())
    return TrainingProgress(state["seconds"], left, state["round"], len(curriculum.mastered()), facts, 0.0)


def _write(path: Path, record: Mapping[str, Any]) -> None:
    try:
        records.write(path, record)
    except OSError as error:
        raise TrainingFailed(
            f"the training could not be written to {path.parent}: {error.strerror or error}",
            hint="free some disk space, then run `byheart study` again: it goes on from the last round",
        ) from error
