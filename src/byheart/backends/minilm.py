"""MiniLM as an `Embedder`: a sentence encoder in ONNX, run by onnxruntime in this process.

Takes a folder with `model.onnx` and `tokenizer.json`, gives the mean of the word pieces' states as unit vectors.
Texts of like length share a batch, so that little time goes into padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy
import onnxruntime
import tokenizers

from byheart.errors import LibraryDamaged, ModelMissing
from byheart.ports import Vectors
from byheart.settings import processors

# A text is read to this many word pieces, the length that the model was trained on: a third less work than with
# twice as many, and the right passage is found as often.
_LONGEST = 128

# Word pieces a batch, padding counted. From 512 to 4096 the speed is the same.
_BATCH = 2048


class MiniLM:
    """The encoder in `folder`; `name` is what byheart.toml calls it. `threads` 0: all processors."""

    def __init__(self, folder: Path, *, name: str = "", threads: int = 0) -> None:
        self._name = name or folder.name
        self._tokenizer, self._session = _load(folder, threads)
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._dimensions = int(self._session.get_outputs()[0].shape[-1])

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = numpy.zeros((len(texts), self._dimensions), numpy.float32)
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        for batch in _batches([len(ids) for ids in pieces]):
            vectors[batch] = self._run([pieces[place] for place in batch])
        return vectors

    def _run(self, pieces: Sequence[Sequence[int]]) -> Vectors:
        longest = max(len(ids) for ids in pieces)
        ids = numpy.zeros((len(pieces), longest), numpy.int64)
        mask = numpy.zeros_like(ids)
        for row, found in enumerate(pieces):
            ids[row, : len(found)] = found
            mask[row, : len(found)] = 1
        offered = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
        states = self._session.run(None, {key: value for key, value in offered.items() if key in self._inputs})[0]
        summed: Vectors = numpy.einsum("bsd,bs->bd", states, mask.astype(numpy.float32))
        summed /= numpy.linalg.norm(summed, axis=1, keepdims=True)
        return summed


def _load(folder: Path, threads: int) -> tuple[tokenizers.Tokenizer, onnxruntime.InferenceSession]:
    for file in ("tokenizer.json", "model.onnx"):
        if not (folder / file).is_file():
            raise ModelMissing(f"{folder} holds no {file}", hint="byheart fetch")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or processors()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that spin between two questions would take processors from the language model.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), sess_options=options, providers=["CPUExecutionProvider"]
        )
    # tokenizers raises bare Exception; onnxruntime's errors have no common class below it.
    except Exception as error:
        raise LibraryDamaged(f"the encoder in {folder} cannot be loaded: {error}", hint="byheart fetch") from error
    tokenizer.enable_truncation(_LONGEST)
    tokenizer.no_padding()
    return tokenizer, session


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of like length together, each batch within the limit once padded."""
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not batches or lengths[place] * (len(batches[-1]) + 1) > _BATCH:
            batches.append([])
        batches[-1].append(place)
    return batches
