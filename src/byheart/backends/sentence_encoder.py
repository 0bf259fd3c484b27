"""A sentence encoder as an `Embedder`, through sentence-transformers in fp32: what most tutorials embed with.

byheart's own embedder is `minilm`; this one is there to be compared with.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stderr
from pathlib import Path

import numpy

from byheart.errors import ByheartError
from byheart.ports import Vectors


class SentenceEncoder:
    """The encoder in `folder`, on the processor."""

    def __init__(self, folder: Path) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ByheartError(
                "sentence-transformers is not installed", hint="pip install sentence-transformers"
            ) from error
        self._name = folder.name
        # It draws a bar while it loads, and has no switch for that.
        with redirect_stderr(io.StringIO()):
            self._model = SentenceTransformer(str(folder), device="cpu")

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return int(self.embed(["How long is a vector?"]).shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return numpy.asarray(vectors, dtype=numpy.float32)
