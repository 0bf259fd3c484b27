"""The usual recipe, which byheart is compared with: documents as they are, three epochs, 2e-5, every token predicted.

Takes the texts of documents and a base model; gives weights as they are served, made by the same transformers'
`Trainer`, optimiser, precision and export as a study's. Texts are joined with an end-of-text token between them and cut
into chunks of 512 tokens, eight a step, in a new order each epoch; the learning rate falls to nought over the three
epochs, as transformers does it unasked. It ends after three epochs or when its minutes are over, and goes on from the
last checkpoint.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers

from byheart import models, records
from byheart.backends import checkpoints, gguf_export, student
from byheart.backends.masters import MasterAdamW
from byheart.backends.student import Student
from byheart.settings import Settings, processors

WEIGHTS = "model.gguf"
EPOCHS = 3
RATE = 2e-5
CHUNK = 512
CHUNKS_A_STEP = 8
# Two at a time, so that the logits of all tokens have room.
AT_ONCE = 2
BETAS = (0.9, 0.99)
CHECKPOINT_SECONDS = 40.0


def taught(texts: Sequence[str], settings: Settings, folder: Path, *, minutes: float) -> dict[str, Any]:
    """Trains in `folder`, at most so many minutes, and says what was done; the weights are `folder`/model.gguf."""
    done = records.read(folder / "usual.json")
    if done:
        return done
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(settings.threads or processors())
    torch.manual_seed(settings.seed)
    source = models.weights_to_teach(settings.model)
    base = source
    if source.is_dir():
        base = folder / "base.gguf"
        if not base.is_file():
            gguf_export.converted(source, base, models.converter())
    pupil = student.load(source, method=settings.method)
    config = pupil.model.config
    heads = [config.num_attention_heads, getattr(config, "num_key_value_heads", None) or config.num_attention_heads]
    placed = gguf_export.placings(base, pupil.weights, pupil.names, heads)
    course = Course(pupil, chunks(texts, pupil.tokenizer), folder, seconds=60 * minutes, seed=settings.seed)
    course.run()
    seconds = course.seconds()
    gguf_export.write(base, placed, pupil.weights, folder / WEIGHTS)
    done = {
        "minutes": seconds / 60,
        "tokens": course.steps * CHUNKS_A_STEP * CHUNK,
        "epochs": course.steps / course.steps_an_epoch,
        "loss": course.loss,
    }
    records.write(folder / "usual.json", done)
    return done


def chunks(texts: Sequence[str], tokenizer: Any) -> list[list[int]]:
    """All texts in pieces of equal length; what is left over in the end is left out, as is usual."""
    end = [tokenizer.eos_token_id]
    tokens = [token for text in texts for token in (*tokenizer(text, add_special_tokens=False).input_ids, *end)]
    return [tokens[at : at + CHUNK] for at in range(0, len(tokens) - CHUNK + 1, CHUNK)]


class Course(transformers.TrainerCallback):
    """Three epochs over `pieces`: how far through them, and for how long."""

    def __init__(self, pupil: Student, pieces: list[list[int]], folder: Path, *, seconds: float, seed: int) -> None:
        if len(pieces) < CHUNKS_A_STEP:
            raise SystemExit(f"{len(pieces)} chunks of {CHUNK} tokens are not enough for one step of {CHUNKS_A_STEP}")
        self.pupil = pupil
        self.steps_an_epoch = len(pieces) // CHUNKS_A_STEP
        self.steps = 0
        self.loss: float | None = None
        self._pieces = pieces
        self._folder = folder
        self._budget = seconds
        self._seed = seed
        self._spent = 0.0
        self._kept = 0
        self._begun = self._saved = time.perf_counter()
        self._optimizer = MasterAdamW(pupil.masters(), rate=RATE, betas=BETAS)

    def run(self) -> None:
        """Trains from the last checkpoint on."""
        kept = checkpoints.load(self._folder)
        if kept and kept.tensors:
            self.steps, self._spent, self.loss = (kept.state[key] for key in ("steps", "seconds", "loss"))
            self._kept = self.steps
            self.pupil.set(kept.tensors["weights"])
            self._optimizer.load_state_dict(kept.tensors["optimizer"])
        last, first = EPOCHS * self.steps_an_epoch, self.steps
        if first >= last or self._spent >= self._budget:
            return
        # The optimizer of a checkpoint has the rate of then: what falls is reckoned from the full one.
        for group in self._optimizer.param_groups:
            group["lr"] = group["initial_lr"] = RATE
        schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, lambda step: 1 - (first + step) / last)
        options = transformers.TrainingArguments(
            output_dir=str(self._folder),
            max_steps=last - first,
            per_device_train_batch_size=AT_ONCE,
            gradient_accumulation_steps=CHUNKS_A_STEP // AT_ONCE,
            save_strategy="no",
            logging_steps=1,
            report_to="none",
            disable_tqdm=True,
            seed=self._seed,
            use_cpu=self.pupil.model.device.type == "cpu",
        )
        trainer = transformers.Trainer(
            self.pupil.model,
            args=options,
            train_dataset=_Pieces(self._pieces, self._seed, first),
            data_collator=transformers.default_data_collator,
            optimizers=(self._optimizer, schedule),
            callbacks=[self],
        )
        trainer.remove_callback(transformers.PrinterCallback)
        self._begun = time.perf_counter()
        trainer.train()
        if self._kept != self.steps:
            self._save()

    def seconds(self) -> float:
        """The time spent, that of interrupted runs included."""
        return self._spent + time.perf_counter() - self._begun

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **given: Any) -> None:
        """The loss of the last step."""
        self.loss = logs.get("loss", self.loss)

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """The loop ends with the minutes."""
        self.steps += 1
        print(f"\rusual recipe: step {self.steps} of {EPOCHS * self.steps_an_epoch}\033[K", end="", file=sys.stderr)
        if self.seconds() >= self._budget:
            control.should_training_stop = True
        if time.perf_counter() - self._saved > CHECKPOINT_SECONDS:
            self._save()

    def _save(self) -> None:
        state = {"steps": self.steps, "seconds": self.seconds(), "loss": self.loss}
        tensors = {
            "weights": {name: tensor.detach() for name, tensor in self.pupil.learned.items()},
            "optimizer": self._optimizer.state_dict(),
        }
        checkpoints.save(self._folder, self.steps, state, tensors)
        self._saved, self._kept = time.perf_counter(), self.steps


class _Pieces(torch.utils.data.IterableDataset[dict[str, torch.Tensor]]):
    """The pieces of all epochs, each epoch in an order of its own, from step `first` on."""

    def __init__(self, pieces: list[list[int]], seed: int, first: int) -> None:
        self._pieces, self._seed, self._first = pieces, seed, first

    def __iter__(self) -> Iterator[dict[str, torch.Tensor]]:
        whole = len(self._pieces) // CHUNKS_A_STEP * CHUNKS_A_STEP
        ordered: list[list[int]] = []
        for epoch in range(EPOCHS):
            ordered += random.Random(f"{self._seed}/{epoch}").sample(self._pieces, whole)
        for piece in ordered[self._first * CHUNKS_A_STEP :]:
            tokens = torch.tensor(piece)
            yield {"input_ids": tokens, "labels": tokens}
