"""Chroma as a `Store`: embedded in a folder, or a server by address.

It is given our own vectors and asked for nothing else: no embedding function, so it downloads no model, and its
telemetry is off. Whatever goes wrong in it is StoreUnavailable with the remedy.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromadb
import httpx
from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from byheart.errors import ByheartError, StoreUnavailable
from byheart.ports import Vectors

_REPAIR = "byheart doctor --repair fills it anew from the ledger, without embedding anything"

# How many neighbours are kept in view while searching: no fewer than are ever asked for, or good ones are missed.
_IN_VIEW = 200


class Chroma:
    """The vectors of one library: `place` is a folder, or the address of a server ("http://127.0.0.1:8000").

    `collection` tells libraries on one server apart. Without `create`, a store that is not there is
    StoreUnavailable; `empty` throws away what it held. `timeout` (seconds) is for each call to a server.
    """

    def __init__(
        self,
        place: str | Path,
        *,
        create: bool,
        empty: bool = False,
        timeout: float = 30.0,
        collection: str = "byheart",
    ) -> None:
        self._place = str(place)
        is_server = self._place.startswith(("http://", "https://"))
        if not is_server and not create and not empty and not _is_there(Path(place)):
            raise StoreUnavailable(f"there is no vector store in {place}", hint=_REPAIR)
        with self._translated():
            self._client = _served(self._place, timeout) if is_server else _embedded(Path(place), empty=empty)
            try:
                self._collection = _opened(self._client, collection, create=create, empty=empty)
                self._most = self._client.get_max_batch_size()
            except BaseException:
                _close(self._client)
                raise

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        with self._translated():
            for start in range(0, len(ids), self._most):
                end = start + self._most
                self._collection.upsert(ids=list(ids[start:end]), embeddings=vectors[start:end])

    def drop(self, ids: Sequence[str]) -> None:
        with self._translated():
            for start in range(0, len(ids), self._most):
                self._collection.delete(ids=list(ids[start : start + self._most]))

    def nearest(self, vector: Vectors, k: int) -> Sequence[tuple[str, float]]:
        with self._translated():
            found = self._collection.query(query_embeddings=vector[None], n_results=k, include=["distances"])
            distances = found["distances"]
            if distances is None:
                raise StoreUnavailable(f"{self._place} gave no distances", hint=_REPAIR)
            return [(passage, 1.0 - distance) for passage, distance in zip(found["ids"][0], distances[0], strict=True)]

    def count(self) -> int:
        with self._translated():
            return self._collection.count()

    def close(self) -> None:
        """Lets go of files and connections."""
        _close(self._client)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Chroma raises its own errors, ValueError for an address where nothing answers, and httpx's."""
        try:
            yield
        except ByheartError:
            raise
        except NotFoundError as error:
            raise StoreUnavailable(f"the vector store at {self._place} is gone: {error}", hint=_REPAIR) from error
        except httpx.HTTPError as error:
            raise StoreUnavailable(
                f"the Chroma server at {self._place} does not answer: {error or type(error).__name__}",
                hint="start it, or correct chroma in byheart.toml",
            ) from error
        except (ChromaError, ValueError, OSError) as error:
            raise StoreUnavailable(f"the vector store at {self._place} failed: {error}", hint=_REPAIR) from error


def _embedded(folder: Path, *, empty: bool) -> ClientAPI:
    if empty and _is_there(folder):
        # Not only the collection: what is damaged could not be opened to be emptied.
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return chromadb.PersistentClient(str(folder), settings=_settings())
    except AttributeError as error:
        # What Chroma says when an earlier attempt in this process failed.
        raise StoreUnavailable(f"the vector store in {folder} cannot be opened", hint=_REPAIR) from error


def _is_there(folder: Path) -> bool:
    return (folder / "chroma.sqlite3").is_file()


def _served(address: str, timeout: float) -> ClientAPI:
    # Asked first by ourselves: Chroma's client waits without limit, while it is made too.
    httpx.get(f"{address.rstrip('/')}/api/v2/heartbeat", timeout=timeout).raise_for_status()
    parts = urlsplit(address)
    is_secure = parts.scheme == "https"
    client = chromadb.HttpClient(
        parts.hostname or "", parts.port or (443 if is_secure else 80), ssl=is_secure, settings=_settings()
    )
    for session in _sessions(client):
        session.timeout = httpx.Timeout(timeout)
    return client


def _close(client: Any) -> None:
    for session in _sessions(client):
        session.close()
    client.close()


def _sessions(client: Any) -> list[httpx.Client]:
    """The connections to a server: Chroma has no setting that limits them and no call that closes them."""
    servers = (client._server, client._admin_client._server)
    return [server._session for server in servers if hasattr(server, "_session")]


def _settings() -> Settings:
    logging.getLogger("chromadb.telemetry").setLevel(logging.CRITICAL)
    return Settings(anonymized_telemetry=False)


def _opened(client: ClientAPI, name: str, *, create: bool, empty: bool) -> Collection:
    if empty and name in {held.name for held in client.list_collections()}:
        client.delete_collection(name)
    if not create and not empty:
        return client.get_collection(name, embedding_function=None)
    return client.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": _IN_VIEW}}
    )
