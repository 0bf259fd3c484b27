"""What the user decides about a library: byheart.toml to a frozen `Settings`, every key checked.

Takes a library's folder, gives its settings; an unknown key, a wrong type or a value out of range is
BadSettings. It deliberately reads no environment variable and knows no secret: an API key for a model
server comes from BYHEART_API_KEY and is read where it is used.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from byheart.errors import BadSettings

FILE = "byheart.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """The keys of byheart.toml with their defaults; `DEFAULT_TEXT` says what each is for."""

    model: str = "smollm2-135m-instruct"
    server: str = ""
    server_model: str = ""
    embedder: str = "all-minilm-l6-v2-int8"
    chroma: str = ""
    trust: float = 0.9
    floor: float = 0.2
    reader: Literal["auto", "model", "sentence"] = "auto"
    passages: int = 1
    answer_tokens: int = 64
    timeout: float = 30.0
    minutes: float = 10.0
    method: Literal["auto", "full", "lora"] = "auto"
    keep_adapter: bool = False
    threads: int = 0
    seed: int = 0
    log: bool = False
    check_every: int = 0


DEFAULT_TEXT = """\
# What you decide about this library. Every key may be left out: the values shown are the defaults.
# A key that byheart does not know is an error, so a typing mistake cannot go unnoticed.

# ── models ──
# The model that is taught and asked: a name `byheart fetch` knows, a GGUF file, or, for study, the folder
# or id of a Hugging Face causal language model.
# model = "smollm2-135m-instruct"

# Read and recall through an OpenAI-compatible server instead (Ollama, vLLM, llama-server), for example
# "http://127.0.0.1:11434/v1". Its API key, if it wants one, is read from the environment: BYHEART_API_KEY.
# server = ""
# The model's name on that server; empty: whichever the server serves.
# server_model = ""

# The embedder: a name `byheart fetch` knows, or address#model of an OpenAI-compatible server, for example
# "http://127.0.0.1:11434/v1#nomic-embed-text". A library stays with the one it was indexed with.
# embedder = "all-minilm-l6-v2-int8"

# A Chroma server such as "http://127.0.0.1:8000"; empty: embedded, in index/.
# chroma = ""

# ── answers ──
# Answer from memory only when the probability of being right is at least this (0 to 1).
# trust = 0.9
# Below this probability an answer read from the documents is withheld: "not known" (0 to 1). docs/decisions/0015 says
# what more or less of it costs.
# floor = 0.2
# Who reads: "model", or "sentence", which quotes the sentence that holds most of the question's words, at once and
# without any model; "auto": whoever a study found to read better, and before the first study the sentence (a server's
# model reads itself).
# reader = "auto"
# How many passages are read for an answer. To a model each costs about half a second on two cores, and one that was
# not taught to read is confused by more than one.
# passages = 1
# The longest answer, in tokens (an English word is 1 to 2).
# answer_tokens = 64
# Seconds after which a model that has not answered is given up.
# timeout = 30

# ── study ──
# The longest training, in minutes; it stops sooner when every fact is mastered.
# minutes = 10
# "full" trains all layers, "lora" adapters beside them, which takes a quarter of the memory; "auto": adapters for
# models of more than 270 million parameters.
# method = "auto"
# Whether adapters are also kept apart, beside the weights they are merged into: a PEFT folder, adapter/, in the
# study's folder, which transformers and vLLM put beside the untaught model. Of a Hugging Face folder or id only.
# keep_adapter = false
# The same seed, documents and machine give the same lessons.
# seed = 0

# ── in use ──
# Whether questions are kept: when they were asked, how they were answered and how long that took, in log.db of the
# library and nowhere else. byheart status then says how the library does, byheart log --empty deletes them.
# log = false
# Of so many sure answers from memory one is also looked up, after it was given, to see whether the documents agree;
# 0: none. What is found is noted in the log, and can only make byheart answer less from memory.
# check_every = 0

# ── machine ──
# Processor threads for the model; 0: all.
# threads = 0
"""


def processors() -> int:
    """The processors that this process may use: what `threads = 0` means."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load(folder: Path) -> Settings:
    """The settings of the library in `folder`; the defaults where byheart.toml is absent or silent."""
    path = folder / FILE
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(path, f"not TOML: {error}") from error
    for key, value in found.items():
        _check(path, key, value)
    if found.get("check_every") and not found.get("log"):
        raise BadSettings(path, "check_every is noted in the log: wanted log = true beside it")
    return Settings(**found)


def write_default(folder: Path) -> Path:
    """Writes byheart.toml with every key explained; an existing one is left as it is."""
    path = folder / FILE
    if not path.exists():
        path.write_text(DEFAULT_TEXT, encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a value must be, in words and as a test."""

    wanted: str
    is_met: Callable[[object], bool]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text() -> _Rule:
    return _Rule("text in quotes", lambda value: isinstance(value, str))


def _name() -> _Rule:
    return _Rule("text in quotes, not empty", lambda value: isinstance(value, str) and bool(value.strip()))


def _address() -> _Rule:
    def is_met(value: object) -> bool:
        return isinstance(value, str) and (not value or value.startswith(("http://", "https://")))

    return _Rule("an address that begins with http:// or https://, or empty", is_met)


def _yes_or_no() -> _Rule:
    return _Rule("true or false", lambda value: isinstance(value, bool))


def _share() -> _Rule:
    return _Rule("a number from 0 to 1", lambda value: _is_number(value) and 0 <= float(str(value)) <= 1)


def _above_zero(most: float) -> _Rule:
    def is_met(value: object) -> bool:
        return _is_number(value) and 0 < float(str(value)) <= most

    return _Rule(f"a number above 0, at most {most:g}", is_met)


def _one_of(*names: str) -> _Rule:
    return _Rule(f"one of {', '.join(names)}", lambda value: value in names)


def _whole(least: int, most: int) -> _Rule:
    def is_met(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

    return _Rule(f"a whole number from {least} to {most}", is_met)


_RULES = {
    "model": _name(),
    "server": _address(),
    "server_model": _text(),
    "embedder": _name(),
    "chroma": _address(),
    "trust": _share(),
    "floor": _share(),
    "reader": _one_of("auto", "model", "sentence"),
    "passages": _whole(1, 10),
    "answer_tokens": _whole(1, 512),
    "timeout": _above_zero(3600),
    "minutes": _above_zero(100_000),
    "method": _one_of("auto", "full", "lora"),
    "keep_adapter": _yes_or_no(),
    "threads": _whole(0, 1024),
    "seed": _whole(0, 2**31 - 1),
    "log": _yes_or_no(),
    "check_every": _whole(0, 1_000_000),
}


def _check(path: Path, key: str, value: object) -> None:
    if key not in _RULES:
        near = difflib.get_close_matches(key, _RULES, n=1, cutoff=0.5)
        meant = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(_RULES)}"
        raise BadSettings(path, f'unknown key "{key}"; {meant}')
    rule = _RULES[key]
    if not rule.is_met(value):
        raise BadSettings(path, f"{key} = {value!r}: wanted {rule.wanted}")
