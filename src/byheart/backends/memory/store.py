"""A `Store` in RAM: vectors in a dictionary, the nearest by comparing with all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy

from byheart.ports import Vectors


class MemoryStore:
    """Vectors by passage id, gone when the process ends."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vectors] = {}

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        self._vectors |= dict(zip(ids, vectors, strict=True))

    def drop(self, ids: Sequence[str]) -> None:
        for passage in ids:
            self._vectors.pop(passage, None)

    def nearest(self, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        if not self._vectors:
            return []
        ids = list(self._vectors)
        similarity = numpy.stack(list(self._vectors.values())) @ vector
        best = numpy.argsort(-similarity, kind="stable")[:k]
        return [(ids[place], float(similarity[place])) for place in best]

    def count(self) -> int:
        return len(self._vectors)

    def close(self) -> None: ...
