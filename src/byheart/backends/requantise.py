"""A GGUF file to one at another precision, with the same weights or others: nothing but numpy, no torch, no tools.

llama.cpp reads prompts twice as fast at Q8_0 as at Q4_1 on processors without 4-bit kernels, and reading
prompts is what an answer from documents costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path

import gguf
import numpy
from numpy.typing import NDArray

from byheart.errors import LibraryDamaged
from byheart.outcomes import Precision

Weights = NDArray[numpy.float32]

_FILE_TYPE = "general.file_type"

# What llama.cpp calls a file whose matrices are at a precision, and such a matrix.
_TYPES = {
    "q8_0": (gguf.LlamaFileType.MOSTLY_Q8_0, gguf.GGMLQuantizationType.Q8_0),
    "f16": (gguf.LlamaFileType.MOSTLY_F16, gguf.GGMLQuantizationType.F16),
}


def requantise(
    source: Path,
    target: Path,
    precision: Precision = "q8_0",
    *,
    weights: Callable[[str], Weights | None] = lambda name: None,
    texts: Mapping[str, str] | None = None,
) -> None:
    """Writes `source` to `target`: at `precision` each matrix whose rows are whole blocks of 32, the rest in fp32.

    `weights` gives, by a tensor's name, what is written in its place; None keeps it, byte for byte where it is at
    `precision` already. `texts` are written in place of the metadata of their names.
    """
    reader = opened(source)
    writer = gguf.GGUFWriter(target, str(reader.fields["general.architecture"].contents()))
    file_type, matrix_type = _TYPES[precision]
    for name, text in (texts or {}).items():
        writer.add_string(name, text)
    for field in reader.fields.values():
        # The writer sets these itself.
        if field.name.startswith("GGUF.") or field.name == "general.architecture" or field.name in (texts or {}):
            continue
        kind = field.types[0]
        value = int(file_type) if field.name == _FILE_TYPE else field.contents()
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, value, kind, sub_type=inner)
    for tensor in reader.tensors:
        given = weights(tensor.name)
        is_matrix = len(tensor.shape) > 1 and int(tensor.shape[0]) % 32 == 0
        wanted = matrix_type if is_matrix else gguf.GGMLQuantizationType.F32
        if given is None and tensor.tensor_type == wanted:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=wanted)
        else:
            kept = dequantised(tensor) if given is None else given
            writer.add_tensor(tensor.name, gguf.quantize(kept, wanted), raw_dtype=wanted)
    with closing(writer):
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()


def opened(source: Path) -> gguf.GGUFReader:
    """The reader of a GGUF file, which is parsed once; LibraryDamaged where it is none."""
    try:
        return _parsed(source, source.stat().st_mtime_ns)
    except (ValueError, IndexError, OSError) as error:
        raise LibraryDamaged(f"{source} is not a readable GGUF file: {error}", hint="byheart fetch") from error


@lru_cache(maxsize=1)
def _parsed(source: Path, written: int) -> gguf.GGUFReader:
    """The reader of a file as it was `written` (in nanoseconds): its vocabulary takes seconds to parse."""
    return gguf.GGUFReader(source)


def dequantised(tensor: gguf.ReaderTensor) -> Weights:
    """The weights of a tensor, its dimensions in numpy's order."""
    shape = [int(length) for length in reversed(tensor.shape)]
    weights: Weights = gguf.dequantize(tensor.data, tensor.tensor_type).reshape(shape).astype(numpy.float32)
    return weights
