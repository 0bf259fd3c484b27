"""An `Embedder` in RAM: a hashed bag of words, so texts that share words are near each other.

Real and tiny: it knows no synonyms, but it is the same in every process and needs no model file.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy

from byheart import words
from byheart.ports import Vectors

_DIMENSIONS = 256


class MemoryEmbedder:
    """One dimension a bucket of words; the first is the same for all texts, so that no vector is nought."""

    @property
    def name(self) -> str:
        return "memory"

    @property
    def dimensions(self) -> int:
        return _DIMENSIONS

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = numpy.zeros((len(texts), _DIMENSIONS), numpy.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.1
            for term in words.content_terms(text):
                vectors[row, 1 + zlib.crc32(term.encode()) % (_DIMENSIONS - 1)] += 1.0
        vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
