"""Any OpenAI-compatible server as a `Model` or an `Embedder`: Ollama, vLLM, llama-server, a hosted one.

Every call ends within its time limit, whatever the server does: refuse, stall, or drip a byte a second. What it
says is checked before it is used; anything but an answer with log-probabilities is ModelUnavailable with the
remedy. The API key is read from BYHEART_API_KEY and is in no message. Servers differ in whether the end-of-turn
token is among the log-probabilities, which is why a calibration is bound to the model's name.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import numpy

from byheart.errors import ByheartError, ModelUnavailable
from byheart.ports import Vectors
from byheart.prompts import as_data
from byheart.types import Draft, Token

T = TypeVar("T")

KEY_VARIABLE = "BYHEART_API_KEY"

_LARGEST = 64 * 1024 * 1024

# A token of which nothing is known but that it was generated.
_UNTOLD = Token("", math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Named:
    """Where the user named a server and its model, what to do when it is slow, and without it: for hints."""

    address: str = "server in byheart.toml"
    model: str = "server_model in byheart.toml"
    slow: str = "raise timeout in byheart.toml"
    without: str = "take server out of byheart.toml to use the embedded model"

    @property
    def check(self) -> str:
        return f"check {self.address}: it must be an OpenAI-compatible API, and usually ends in /v1"


_AS_SERVER = Named()
_AS_EMBEDDER = Named(
    "embedder in byheart.toml", "what follows # in embedder", without="make a library with another embedder"
)


class OpenAI:
    """The chat completions of the server at `address`; `model` is the name it goes by there.

    `needs_logprobs` false: none are asked for, as nobody wants to know how sure it is; tokens are only counted then.
    Any of `stop` ends an answer.
    """

    def __init__(
        self,
        address: str,
        model: str = "",
        *,
        needs_logprobs: bool = True,
        stop: Sequence[str] = ("\n\n",),
        named: Named = _AS_SERVER,
    ) -> None:
        self._model = model
        self._stop = list(stop)
        self._needs_logprobs = needs_logprobs
        self._server = _Server(address, named)

    @property
    def name(self) -> str:
        return f"{self._model or 'model'} at {self._server.address}"

    def complete(self, prompt: str, *, tokens: int, timeout: float) -> Draft:
        started = time.perf_counter()
        request = {
            "messages": [{"role": "user", "content": as_data(prompt)}],
            "max_tokens": tokens,
            "temperature": 0,
        }
        if self._stop:
            request["stop"] = self._stop
        if self._needs_logprobs:
            request |= {"logprobs": True, "top_logprobs": 2}
        if self._model:
            request["model"] = self._model
        said = self._server.post("/chat/completions", request, timeout=timeout)
        choice = _picked(self._server, lambda: said["choices"][0])
        text = _picked(self._server, lambda: str(choice["message"]["content"] or ""))
        return Draft(
            text.strip(),
            self._tokens(choice) if self._needs_logprobs else (_UNTOLD,) * self._count(said, "completion_tokens"),
            self._count(said, "prompt_tokens"),
            time.perf_counter() - started,
            is_complete=choice.get("finish_reason") == "stop",
        )

    def close(self) -> None:
        self._server.close()

    def _tokens(self, choice: Mapping[str, Any]) -> tuple[Token, ...]:
        entries = _picked(self._server, lambda: (choice.get("logprobs") or {}).get("content") or [])
        if not entries:
            raise ModelUnavailable(
                f"{self.name} gives no log-probabilities, so nobody could say how sure it is",
                hint="use a server that does: llama-server, vLLM, or a recent Ollama",
            )
        return _picked(self._server, lambda: tuple(_token(entry) for entry in entries))

    def _count(self, said: Mapping[str, Any], which: str) -> int:
        return _picked(self._server, lambda: int((said.get("usage") or {}).get(which) or 0))


class OpenAIEmbedder:
    """The embeddings of the server that `address` names: `http://host/v1#model`."""

    def __init__(self, address: str, *, timeout: float = 30.0) -> None:
        self._name = address
        base, _, self._model = address.partition("#")
        self._server = _Server(base, _AS_EMBEDDER)
        self._timeout = timeout
        self._dimensions = 0

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        if not self._dimensions:
            self._dimensions = self.embed(["How long is a vector?"]).shape[1]
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return numpy.zeros((0, self.dimensions), dtype=numpy.float32)
        request = {"input": list(texts), "encoding_format": "float"} | ({"model": self._model} if self._model else {})
        said = self._server.post("/embeddings", request, timeout=self._timeout)
        rows = _picked(self._server, lambda: [row["embedding"] for row in sorted(said["data"], key=_place)])
        vectors = _picked(self._server, lambda: numpy.asarray(rows, dtype=numpy.float32))
        if vectors.ndim != 2 or len(vectors) != len(texts) or not numpy.isfinite(vectors).all():
            raise _garbage(self._server)
        lengths = numpy.linalg.norm(vectors, axis=1, keepdims=True)
        if not lengths.all():
            raise _garbage(self._server)
        return numpy.asarray(vectors / lengths, dtype=numpy.float32)

    def close(self) -> None:
        self._server.close()


class _Server:
    """One server, asked from a thread of its own that runs an event loop.

    Cancelling a task is the only thing that ends a call on time in every state it can be in: httpx counts its
    time limits anew with each byte, and a thread blocked in a read cannot be stopped.
    """

    def __init__(self, address: str, named: Named) -> None:
        self.address = address.rstrip("/")
        self.named = named
        key = os.environ.get(KEY_VARIABLE, "")
        self._client = httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=None)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="openai", daemon=True)
        self._thread.start()

    def post(self, path: str, payload: Mapping[str, object], *, timeout: float) -> dict[str, Any]:
        """The JSON object the server answers with."""
        call = asyncio.run_coroutine_threadsafe(self._post(path, payload, timeout), self._loop)
        try:
            status, body = call.result()
        except TimeoutError:
            raise ModelUnavailable(
                f"{self.address} gave no answer within {timeout:g} s",
                hint=f"see whether the server is loading or busy, or {self.named.slow}",
            ) from None
        except (httpx.ConnectError, CancelledError) as error:
            raise ModelUnavailable(
                f"nothing answers at {self.address}",
                hint=f"start the server, or {self.named.without}",
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelUnavailable(
                f"{self.address} broke off: {type(error).__name__}", hint="see the server's own log; then ask again"
            ) from error
        finally:
            call.cancel()
        if status != 200:
            raise _refusal(self, status, body)
        try:
            said = json.loads(body)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise _garbage(self)
        return said

    def close(self) -> None:
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    async def _post(self, path: str, payload: Mapping[str, object], timeout: float) -> tuple[int, bytes]:
        async with (
            asyncio.timeout(timeout),
            self._client.stream("POST", self.address + path, json=dict(payload)) as response,
        ):
            body = bytearray()
            async for block in response.aiter_bytes():
                body += block
                if len(body) > _LARGEST:
                    raise httpx.DecodingError("more than 64 MiB")
            return response.status_code, bytes(body)


def _picked(server: _Server, pick: Callable[[], T]) -> T:
    """What `pick` takes out of a server's answer; an answer of another shape is garbage."""
    try:
        return pick()
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise _garbage(server) from error


def _token(entry: Mapping[str, Any]) -> Token:
    ranked = sorted((float(other["logprob"]) for other in entry.get("top_logprobs") or ()), reverse=True)
    logprob = float(entry["logprob"])
    return Token(str(entry["token"]), logprob, ranked[0] - ranked[1] if len(ranked) > 1 else 0.0)


def _place(row: Mapping[str, Any]) -> int:
    return int(row["index"])


def _garbage(server: _Server) -> ByheartError:
    return ModelUnavailable(
        f"{server.address} answered with something else than was asked for", hint=server.named.check
    )


def _refusal(server: _Server, status: int, body: bytes) -> ByheartError:
    address, named = server.address, server.named
    if status in (401, 403):
        return ModelUnavailable(
            f"{address} wants another API key (HTTP {status})", hint=f"export {KEY_VARIABLE}=…, then ask again"
        )
    if status in (300, 301, 302, 303, 307, 308, 404, 405):
        return ModelUnavailable(
            f"{address} does not know this request or model (HTTP {status}){_reason(body)}",
            hint=f"{named.check}; {named.model} must be a name that the server knows",
        )
    if status >= 500 or status == 429:
        return ModelUnavailable(
            f"{address} cannot answer now (HTTP {status}){_reason(body)}", hint="see the server's own log; ask again"
        )
    return ModelUnavailable(
        f"{address} refused the request (HTTP {status}){_reason(body)}",
        hint=f"check {named.model}; a prompt too long for the server needs fewer passages",
    )


def _reason(body: bytes) -> str:
    """The server's own words, if it gave any in the usual shape; without the key, should it echo that."""
    try:
        error = json.loads(body)["error"]
        words = str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, KeyError, TypeError):
        return ""
    key = os.environ.get(KEY_VARIABLE)
    return ": " + (words.replace(key, "…") if key else words)[:200]
