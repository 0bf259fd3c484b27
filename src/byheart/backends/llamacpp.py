"""A GGUF file as a `Model`: llama.cpp in this process, through xllamacpp, greedy and with log-probabilities.

The end-of-turn token is the last of `Draft.tokens`, with empty text: how sure the model was that the answer
ends there is evidence too. When the answer is cut off by the token limit it is missing, and `is_complete` is
false. One call runs at a time; others wait within their own time limit.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any

from byheart.errors import LibraryDamaged, ModelMissing, ModelUnavailable
from byheart.prompts import PromptFormat, as_data
from byheart.settings import processors
from byheart.types import Draft, Token

# A line of answer never holds an empty one; an untaught model that goes on talking is stopped there.
PARAGRAPH = "\n\n"

# How often a thread looks for work before it sleeps (docs/decisions/0009).
_WAITING, _SPINS = "GOMP_SPINCOUNT", "2000"

# Seconds that the very first token may take.
_FIRST = 60.0


class LlamaCpp:
    """A GGUF file, loaded once.

    `format` None uses the chat template that the file carries. `threads` 0 uses every processor.
    """

    def __init__(
        self,
        weights: Path,
        *,
        name: str = "",
        format: PromptFormat | None = None,
        threads: int = 0,
        context: int = 2048,
    ) -> None:
        self._name = name or weights.stem
        self._format = format
        self._context = context
        self._server = _load(weights, threads=threads, context=context)
        # Its own thread: a Ctrl-C raised inside a native callback is lost, one raised while waiting is not.
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="llamacpp")
        self._was_asked = False

    @property
    def name(self) -> str:
        return self._name

    def complete(self, prompt: str, *, tokens: int, timeout: float) -> Draft:
        self._was_asked = True
        started = time.perf_counter()
        stop = threading.Event()
        running: Future[list[Mapping[str, Any]]] = self._worker.submit(self._generate, prompt, tokens, stop)
        try:
            chunks = running.result(timeout=timeout)
        except FutureTimeout:
            raise ModelUnavailable(
                f"{self._name} gave no answer within {timeout:g} s",
                hint="raise timeout or lower passages in byheart.toml",
            ) from None
        finally:
            stop.set()
            running.cancel()
        return self._draft(chunks, seconds=time.perf_counter() - started)

    def close(self) -> None:
        if not self._was_asked:
            # A server that is ended before its loop has begun waits for it for ever, now and then.
            self.complete("?", tokens=1, timeout=_FIRST)
        self._worker.shutdown(wait=True, cancel_futures=True)
        self._server = None

    def _generate(self, prompt: str, tokens: int, stop: threading.Event) -> list[Mapping[str, Any]]:
        chunks: list[Mapping[str, Any]] = []

        def take(chunk: Mapping[str, Any]) -> bool:
            chunks.append(chunk)
            return stop.is_set()

        # Streamed, although nobody reads along: only between chunks can a generation be stopped.
        request: dict[str, Any] = {"temperature": 0, "cache_prompt": True, "stream": True, "return_progress": True}
        if self._format is None:
            messages = [{"role": "user", "content": as_data(prompt)}]
            request |= {"messages": messages, "max_tokens": tokens, "logprobs": True, "top_logprobs": 2}
            self._server.handle_chat_completions(request | {"stop": [PARAGRAPH]}, take)
        else:
            request |= {"prompt": self._format.prompt(prompt), "n_predict": tokens, "n_probs": 2}
            self._server.handle_completions(request | {"stop": [*self._format.stop, PARAGRAPH]}, take)
        return chunks

    def _draft(self, chunks: Sequence[Mapping[str, Any]], *, seconds: float) -> Draft:
        text, reason, tokens_in = "", "", 0
        tokens: list[Token] = []
        for chunk in chunks:
            if "error" in chunk:
                raise ModelUnavailable(
                    f"{self._name}: {chunk['error'].get('message', 'llama.cpp failed')}",
                    hint=f"the prompt and the answer share {self._context} tokens: lower passages in byheart.toml",
                )
            tokens_in = (chunk.get("usage") or {}).get("prompt_tokens", tokens_in)
            for choice in chunk["choices"]:
                text += choice.get("text") or choice.get("delta", {}).get("content") or ""
                reason = choice["finish_reason"] or reason
                tokens += [_token(entry) for entry in (choice.get("logprobs") or {}).get("content") or ()]
        return Draft(text.strip(), tuple(tokens), tokens_in, seconds, is_complete=reason == "stop")


def native() -> Any:
    """llama.cpp, loaded so that threads that wait for each other sleep."""
    # Read when the library is loaded; what the user has set stays. Threads that train must not sleep: torch, loaded
    # later, would read it too.
    is_set = _WAITING in os.environ
    os.environ.setdefault(_WAITING, _SPINS)
    try:
        import xllamacpp
    finally:
        if not is_set:
            del os.environ[_WAITING]
    return xllamacpp


def _token(entry: Mapping[str, Any]) -> Token:
    best, second = (entry["top_logprobs"] + [{"logprob": entry["logprob"]}] * 2)[:2]
    return Token(entry["token"], entry["logprob"], best["logprob"] - second["logprob"])


def _load(weights: Path, *, threads: int, context: int) -> Any:
    if not weights.is_file():
        raise ModelMissing(f"no model file at {weights}", hint="byheart fetch")
    with weights.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise LibraryDamaged(f"{weights} is not a GGUF file", hint="byheart doctor")
    xllamacpp = native()
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = context
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads or processors()
    params.verbosity = 0
    params.warmup = False
    # Fitting to device memory and saving other prompts' state cost 0.3 s a load and a copy a question.
    params.fit_params = False
    params.cache_ram_mib = 0
    # xllamacpp always listens. A socket in a folder of our own, gone before anybody could find it, is no door;
    # where there are no Unix sockets it is the loopback interface behind a key that nobody knows.
    params.api_keys = [secrets.token_hex()]
    params.n_threads_http = 1
    hidden = Path(tempfile.mkdtemp(prefix="byheart-"))
    if os.name == "posix":
        params.hostnames = [str(hidden / "s.sock")]
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise LibraryDamaged(f"llama.cpp cannot load {weights}", hint="byheart doctor") from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
