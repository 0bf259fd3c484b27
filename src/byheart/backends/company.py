"""The processes that train together: what the first tells the others, and what all of them add up.

`accelerate launch -m byheart study` starts them. Only the first has a library; the others wait for a training to
share in, and end when it does. A process on its own is the first of one, to which nothing is sent.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import TypeVar

import accelerate
import torch
from torch import distributed

from byheart.errors import TrainingFailed

# While the first plans and examines, the others wait.
_PATIENCE = timedelta(days=7)

Kind = TypeVar("Kind")


def join() -> int:
    """Meets the others, and gives the place (from 0) of this process among them."""
    accelerate.PartialState(cpu=not torch.cuda.is_available(), timeout=_PATIENCE)
    signal.signal(signal.SIGTERM, _left_alone)
    return place()


def size() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def place() -> int:
    """The place of this process, from 0."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def size_here() -> int:
    """How many of them are on this machine."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1")) if size() > 1 else 1


def device() -> torch.device:
    """Where this process computes: on a GPU of its own, where there are any."""
    is_there = torch.cuda.is_available()
    return torch.device("cuda", torch.cuda.current_device()) if is_there else torch.device("cpu")


def told(value: Kind) -> Kind:
    """What the first process holds, in all of them."""
    if size() == 1:
        return value
    held = [value]
    with _connected():
        distributed.broadcast_object_list(held, src=0)
    return held[0]


def gathered(own: Sequence[Kind]) -> list[Kind]:
    """What each process holds of a list that was dealt out (`list[place()::size()]`), whole and in its order."""
    if size() == 1:
        return list(own)
    hands: list[Sequence[Kind]] = [()] * size()
    with _connected():
        distributed.all_gather_object(hands, own)
    dealt = max(map(len, hands))
    return [hand[turn] for turn in range(dealt) for hand in hands if turn < len(hand)]


def add_up(tensors: Sequence[torch.Tensor]) -> None:
    """Sets each of `tensors`, which have the same shapes in all processes, to the sum over these."""
    together = torch.cat([tensor.detach().flatten().float() for tensor in tensors])
    with _connected():
        distributed.all_reduce(together)
    totals = torch.split_with_sizes(together, [tensor.numel() for tensor in tensors])
    for tensor, total in zip(tensors, totals, strict=True):
        tensor.detach().copy_(total.view_as(tensor))


def call(work: Callable[[], None]) -> None:
    """Has the others do `work` from now on."""
    told(work)


def serve() -> None:
    """Does what the first process calls for, until it is done or gone."""
    while work := _awaited():
        work()
    distributed.destroy_process_group()


def dismiss() -> None:
    """Lets the others go: what was called for is done."""
    told(None)
    distributed.destroy_process_group()


def _awaited() -> Callable[[], None] | None:
    try:
        return told(None)
    except TrainingFailed:
        # The first ended before there was anything to share in, and has said why.
        return None


@contextmanager
def _connected() -> Iterator[None]:
    """What torch says when another process is gone, as our error."""
    try:
        yield
    except RuntimeError as error:
        raise _gone() from error


def _left_alone(number: int, frame: FrameType | None) -> None:
    # Whoever started the processes ends them all when one has failed.
    raise _gone()


def _gone() -> TrainingFailed:
    # This process ends by itself, and is not to be interrupted while it says why.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return TrainingFailed(
        "another process of this training has ended",
        hint="see what it said; the same command goes on from the last minute",
    )
