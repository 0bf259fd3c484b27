"""How fast this machine multiplies matrices: what training mostly does, and what its speed is measured against.

Takes a device, a precision and a shape; gives floating-point operations a second, measured in a few milliseconds. It
reads no model.
"""

from __future__ import annotations

import math
import time

import torch

from byheart.backends import company

# bfloat16 must be faster by so much; where a processor lacks it, it is a hundred times slower.
_GAIN = 1.3

# Rows, inner length and columns of the product by which a machine is measured: of a small and of a large model.
_SHAPES = {"cpu": (256, 576, 1536), "cuda": (1024, 4096, 11008)}

# Seconds between products that are timed.
_PAUSE = 0.03


def of_machine() -> float:
    """The floating-point operations a second of this machine's matrix products, in the faster of both precisions."""
    device = company.device()
    return max(_a_second(device, kind, _SHAPES[device.type]) for kind in (torch.float32, torch.bfloat16))


def of_model(device: torch.device, kind: torch.dtype, inner: int, columns: int) -> float:
    """The floating-point operations a second of products with a layer (`inner`, `columns`) of a model."""
    return _a_second(device, kind, (_SHAPES[device.type][0], inner, columns))


def is_bfloat16_faster(device: torch.device) -> bool:
    """Whether `device` multiplies matrices faster in bfloat16 than in float32: measured, in a few milliseconds."""
    shape = _SHAPES[device.type]
    return _a_second(device, torch.bfloat16, shape) > _GAIN * _a_second(device, torch.float32, shape)


def _a_second(device: torch.device, kind: torch.dtype, shape: tuple[int, int, int]) -> float:
    rows, inner, columns = shape
    one = torch.ones(rows, inner, dtype=kind, device=device)
    other = torch.ones(inner, columns, dtype=kind, device=device)
    torch.mm(one, other)
    best = math.inf
    for _ in range(4):
        best = min(best, *(_seconds(one, other) for _ in range(4)))
        # What another program takes for a moment is no property of the machine.
        time.sleep(_PAUSE)
    return 2 * math.prod(shape) / best


def _seconds(one: torch.Tensor, other: torch.Tensor) -> float:
    started = time.perf_counter()
    torch.mm(one, other)
    if one.is_cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - started
