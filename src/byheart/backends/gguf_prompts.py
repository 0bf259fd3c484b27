"""What llama.cpp makes of user turns: the prompt in a GGUF file's own chat template, and its tokens.

Takes a GGUF file, gives a prompt format or tokens. It answers nothing: `llamacpp` asks models.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

from byheart.backends.llamacpp import native
from byheart.prompts import PromptFormat, as_data, from_template


class _Post(Protocol):
    def __call__(self, path: str, **request: object) -> Mapping[str, Any]: ...


def prompt_tokens(weights: Path, turns: Sequence[str], format: PromptFormat | None) -> list[list[int]]:
    """The tokens that llama.cpp makes of user turns; with `format` None, in the chat template of the file."""
    with _llama(weights) as post:
        prompts = [format.prompt(turn) if format else _templated(post, [_user(as_data(turn))]) for turn in turns]
        asked = [post("/tokenize", content=prompt, add_special=True, parse_special=True) for prompt in prompts]
    return [list(answer["tokens"]) for answer in asked]


def format_of(weights: Path) -> PromptFormat:
    """The prompt format that the chat template of a GGUF file makes."""
    with _llama(weights) as post:
        return from_template(lambda messages: _templated(post, messages))


def _user(content: str) -> dict[str, str]:
    return {"role": "user", "content": content}


def _templated(post: _Post, messages: Sequence[Mapping[str, str]]) -> str:
    return str(post("/apply-template", messages=messages)["prompt"])


@contextmanager
def _llama(weights: Path) -> Iterator[_Post]:
    """A server that tells of the model in `weights`; it computes nothing."""
    xllamacpp = native()
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx, params.n_parallel, params.verbosity = 256, 1, 0
    params.warmup = params.fit_params = False
    key = secrets.token_hex()
    params.api_keys = [key]
    server = xllamacpp.Server(params)
    # Over the loopback interface: xllamacpp offers tokenising in no other way.
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=server.listening_address, headers=headers, trust_env=False) as llama:

        def post(path: str, **request: object) -> Mapping[str, Any]:
            answered: Mapping[str, Any] = llama.post(path, json=request).raise_for_status().json()
            return answered

        yield post
