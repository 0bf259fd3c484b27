"""Where a training is: the lessons of the round, how far through them, what has been spent, and what was learned.

Takes a curriculum and a student; gives the batches of each step and its learning rate, tests the probes after every
round, and makes checkpoints. When it is over, it says so; it computes no gradient (transformers.py).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psutil
import torch

from byheart.backends import checkpoints, company
from byheart.backends.batches import Batch, Encoded, answer_tokens, encode, share
from byheart.backends.masters import MasterAdamW
from byheart.backends.student import Student
from byheart.outcomes import Round, TrainingProgress
from byheart.ports import Curriculum
from byheart.prompts import PromptFormat
from byheart.types import Lesson

# Lessons a step. Fewer learn more from the same tokens, until a step costs more than its lessons.
_LESSONS = 8

# At this many parameters the learning rate is _RATE, and that of adapters _ADAPTER_RATE; it falls with the square root
# of their number: 2e-4 for the adapters of a model of 7 billion.
_RATE, _AT = 3e-4, 135e6
_ADAPTER_RATE = 1.4e-3
_RATES = (2e-5, 3e-3)
_WARM_UP = 8

# How far from the base towards what was taught the weights may stay in the end, the farthest first; and the share of
# the probes that may be lost on the way back.
_STAYS = (0.9, 0.8, 0.7, 0.6)
_LOST = 0.01

CHECKPOINT_SECONDS = 50.0
WATCH_SECONDS = 0.3

_BETAS = (0.9, 0.99)


class Course:
    """Where a training is: the lessons of the round, how far through them, and what has been spent."""

    def __init__(
        self,
        curriculum: Curriculum,
        taught: Student,
        format: PromptFormat,
        folder: Path,
        *,
        seconds: float,
        watch: Callable[[TrainingProgress], None],
    ) -> None:
        self.student = taught
        self.optimizer = MasterAdamW(taught.masters(), rate=_full_rate(taught), betas=_BETAS)
        self.steps = 0
        # The share of the way from the base at which the weights stay.
        self.stays = 1.0
        self._curriculum = curriculum
        self._format = format
        self._folder = folder
        self._budget = seconds
        self._watch = watch
        self._probes = [self._encoded(probe) for probe in curriculum.probes()]
        # Said as likely as before the training, not more surely: what is learned by heart of a general answer spreads
        # to its neighbours.
        replayed = [self._encoded(lesson) for lesson in curriculum.replayed()]
        self._likely = {lesson.tokens: likely for lesson, likely in zip(replayed, taught.likely(replayed), strict=True)}
        self._lessons: list[Encoded] = []
        # Tokens that were computed; what lessons of a batch begin with alike is computed once.
        self._round = self._at = self._tokens = self._computed = 0
        self._share_right = self._spent = 0.0
        self._history: list[Round] = []
        self._loss = math.nan
        self._started = self._saved = time.perf_counter()
        self._shown = -math.inf

    def begins(self) -> bool:
        """Starts the clock; False when there is nothing to teach, or no time."""
        self._started = self._saved = time.perf_counter()
        return self._is_opened() and self._goes_on()

    def step(self) -> list[Batch]:
        """The batches of this process in the next step."""
        made = list(self.student.batches(share(self._taken(), company.place(), company.size())))
        self._computed = company.size() * sum(batch.inputs.numel() for batch in made)
        return made

    def answer_tokens(self) -> int:
        """How many tokens of answers all processes predict in this step."""
        return answer_tokens(self._taken())

    def rate(self) -> float:
        """The share (0 to 1) of the full learning rate: a short warm-up, then down to a tenth as the end comes near.

        How many steps there will be is not known. So the end is seen coming from two sides: the second half of the
        time is spent slowing down, and so is what is left to learn, down to a third when all probes are right.
        """
        time_left = max(0.0, 1 - self._time() / max(self._budget, 1e-9))
        return min(1.0, (self.steps + 1) / _WARM_UP) * max(0.1, min(1.0, 2 * time_left, 1 - self._share_right * 2 / 3))

    def learned(self, loss: float) -> None:
        """Takes note of what a step taught."""
        self.steps += 1
        self._tokens += self._computed
        self._at += len(self._taken())
        self._loss = loss if math.isnan(self._loss) else 0.9 * self._loss + 0.1 * loss

    def goes_on(self) -> bool:
        """After a step: saves when it is time to, tests when the round is over; False when the training is."""
        self._show()
        if company.place() == 0 and time.perf_counter() - self._saved > CHECKPOINT_SECONDS:
            self.save()
        return self._goes_on()

    def draw_back(self, base: Mapping[str, torch.Tensor]) -> None:
        """Moves the weights back towards those of `base`, as far as what was learned stays: more stays known of before.

        The straight way between the two is taken (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022).
        """
        # What the optimizer holds is not needed any more, and as large as both.
        self.optimizer.state.clear()
        psutil.heap_trim()
        taught = {name: tensor.detach().clone() for name, tensor in self.student.learned.items()}
        least = (1 - _LOST) * sum(self.student.answers(self._probes, self._show))
        for stays in _STAYS:
            self.student.set({name: torch.lerp(base[name], tensor, stays) for name, tensor in taught.items()})
            if sum(self.student.answers(self._probes, self._show)) < least:
                break
            self.stays = stays
        self.student.set({name: torch.lerp(base[name], tensor, self.stays) for name, tensor in taught.items()})

    def seconds(self) -> float:
        """The time spent so far, that of interrupted runs included."""
        return self._spent + time.perf_counter() - self._started

    def state(self) -> dict[str, Any]:
        """Where the training is, as plain data."""
        return {
            "curriculum": self._curriculum.state(),
            "round": self._round,
            "at": self._at,
            "steps": self.steps,
            "tokens": self._tokens,
            "share right": self._share_right,
            "loss": self._loss,
            "seconds": self.seconds(),
            "stays": self.stays,
            "history": [asdict(done) for done in self._history],
            "operations": self.student.operations(),
            "precision": str(self.student.model.dtype).removeprefix("torch."),
        }

    def save(self) -> None:
        """Makes a checkpoint."""
        tensors = {
            "weights": {name: tensor.detach() for name, tensor in self.student.learned.items()},
            "optimizer": self.optimizer.state_dict(),
            "chance": torch.get_rng_state(),
        }
        checkpoints.save(self._folder, self.steps, self.state(), tensors)
        self._saved = time.perf_counter()

    def restore(self, state: Mapping[str, Any], tensors: Mapping[str, Any]) -> None:
        """Goes back to where a checkpoint was made."""
        self._curriculum.restore(state["curriculum"])
        self._round, self._at, self.steps, self._tokens = (state[key] for key in ("round", "at", "steps", "tokens"))
        self._share_right, self._loss, self._spent = (state[key] for key in ("share right", "loss", "seconds"))
        self._history = [Round(**done) for done in state.get("history", ())]
        self.student.set(tensors["weights"])
        self.optimizer.load_state_dict(tensors["optimizer"])
        torch.set_rng_state(tensors["chance"])

    def _goes_on(self) -> bool:
        is_over = self._is_over()
        if not is_over and self._at < len(self._lessons):
            return True
        if self._at:
            self._test()
        return not is_over and self._is_opened()

    def _test(self) -> None:
        """Tests the probes, tells the curriculum, and writes down how the round went."""
        begun = self.seconds()
        # Rows of all lengths have left holes.
        psutil.heap_trim()
        own = self._probes[company.place() :: company.size()]
        right = company.gathered(self.student.answers(own, self._show))
        self._curriculum.graded(right)
        self._share_right = sum(right) / max(len(right), 1)
        self._round, self._at = self._round + 1, 0
        now, mastered = self.seconds(), len(self._curriculum.mastered())
        # Measured beside each round: a machine that is busy otherwise multiplies more slowly, too.
        products = self.student.products()
        self._history.append(Round(now, now - begun, self._tokens, mastered, self._loss, products))

    def _is_opened(self) -> bool:
        """Sets out the lessons of the round; False when there are none."""
        made = [self._encoded(lesson) for lesson in company.told(self._curriculum.round(self._round))]
        self._lessons = [replace(lesson, likely=self._likely.get(lesson.tokens)) for lesson in made]
        return bool(self._lessons)

    def _is_over(self) -> bool:
        """Whether the time is up, less what the last test takes."""
        # The first process decides for all: each has its own clock.
        return company.told(self.seconds() + self._test_seconds() >= self._budget)

    def _test_seconds(self) -> float:
        """What a test takes: as much as the last one; before there was any, its tokens pass forwards only, which is a
        third of the work of teaching them."""
        if self._history:
            return self._history[-1].test_seconds
        tokens = sum(len(probe.tokens) for probe in self._probes)
        return self.seconds() / self._tokens * tokens / 3 if self._tokens else 0.0

    def _time(self) -> float:
        """The seconds spent as the first process counts them: what all must decide alike is decided by it."""
        return company.told(self.seconds())

    def _taken(self) -> list[Encoded]:
        """The lessons of the next step: of those of the round, at least one for each process."""
        return self._lessons[self._at : self._at + max(_LESSONS, company.size())]

    def _show(self) -> None:
        now = time.perf_counter()
        if now - self._shown < WATCH_SECONDS:
            return
        self._shown = now
        seconds = self.seconds()
        mastered, left = len(self._curriculum.mastered()), max(0.0, self._budget - seconds)
        self._watch(TrainingProgress(seconds, left, self._round, mastered, len(self._probes), self._loss))

    def _encoded(self, lesson: Lesson) -> Encoded:
        return encode(self.student.tokenizer, self._format, lesson)


def _full_rate(taught: Student) -> float:
    parameters = taught.model.num_parameters()
    rate = _ADAPTER_RATE if taught.scale else _RATE
    return min(max(rate * math.sqrt(_AT / parameters), _RATES[0]), _RATES[1])
