"""Checks of the machine, the models and one library, each with its remedy.

Takes a library's folder or none, gives checks. It changes nothing, uses no network and asks no model; a library
that cannot be opened is a finding, not an error.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from byheart import library, models, settings
from byheart.errors import ByheartError
from byheart.library import Library
from byheart.settings import Settings, processors

# Modules by the name of the package that brings them.
NEEDED: Mapping[str, str] = {
    "beautifulsoup4": "bs4",
    "chromadb": "chromadb",
    "docutils": "docutils",
    "gguf": "gguf",
    "httpx": "httpx",
    "lxml": "lxml",
    "markdown-it-py": "markdown_it",
    "nbformat": "nbformat",
    "numpy": "numpy",
    "onnxruntime": "onnxruntime",
    "pypdfium2": "pypdfium2",
    "rich": "rich",
    "semantic-text-splitter": "semantic_text_splitter",
    "snowballstemmer": "snowballstemmer",
    "tokenizers": "tokenizers",
    "typer": "typer",
    "xllamacpp": "xllamacpp",
}
FOR_STUDY: Mapping[str, str] = {
    "accelerate": "accelerate",
    "jinja2": "jinja2",
    "peft": "peft",
    "huggingface-hub": "huggingface_hub",
    "protobuf": "google.protobuf",
    "psutil": "psutil",
    "pyyaml": "yaml",
    "requests": "requests",
    "safetensors": "safetensors",
    "scikit-learn": "sklearn",
    "scipy": "scipy",
    "sentencepiece": "sentencepiece",
    "torch": "torch",
    "transformers": "transformers",
    "vl-convert-python": "vl_convert",
}

# A study of the embedded model with its checkpoints takes about this much.
_DISK_WANTED = 3e9
_MEMORY_WANTED = 4e9


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `remedy` is empty if it is fine. `is_grave`: byheart cannot do its work."""

    name: str
    found: str
    remedy: str = ""
    is_grave: bool = False

    @property
    def is_fine(self) -> bool:
        return not self.remedy


def examine(folder: Path | None) -> list[Check]:
    """Every check, of the machine first, then of the models, then of the library in `folder`."""
    checks = [_python(), _sqlite(), *_packages(), _processor(), *_memory(), _disk(folder or models.cache_folder())]
    if folder is None:
        return [*checks, *_models(Settings()), Check("library", "none here", "byheart new FOLDER", is_grave=False)]
    try:
        chosen = settings.load(folder)
    except ByheartError as error:
        return [*checks, *_models(Settings()), _trouble("settings", error)]
    checks += [Check("settings", "byheart.toml is valid"), *_models(chosen)]
    try:
        with library.open(folder) as opened:
            return [*checks, *_library(opened)]
    except ByheartError as error:
        return [*checks, _trouble("library", error)]


def _python() -> Check:
    return Check("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _sqlite() -> Check:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    except sqlite3.OperationalError:
        return Check(
            "sqlite", f"{sqlite3.sqlite_version} without full-text search", "use another build of Python", is_grave=True
        )
    finally:
        connection.close()
    return Check("sqlite", f"{sqlite3.sqlite_version} with full-text search")


def _packages() -> Iterator[Check]:
    if missing := _missing(NEEDED):
        yield Check("packages", f"missing: {', '.join(missing)}", "pip install byheart", is_grave=True)
    else:
        yield Check("packages", f"byheart {_version('byheart')} and the {len(NEEDED)} packages it needs")
    if missing := _missing(FOR_STUDY):
        yield Check("study packages", f"missing: {', '.join(missing)}", 'pip install "byheart[study]"')
    else:
        yield Check("study packages", f"torch {_version('torch')}, transformers {_version('transformers')}")


def _processor() -> Check:
    usable = processors()
    threads = f"{usable} thread{'s' if usable > 1 else ''}"
    flags = _processor_flags()
    if flags is None:
        return Check("processor", threads)
    if "avx2" not in flags:
        return Check("processor", f"{threads}, without AVX2", "the model runs slowly here, or not at all: ask a server")
    if not flags & {"avx512_bf16", "amx_bf16"}:
        return Check("processor", f"{threads}, AVX2 but no bf16: training takes about four times as long")
    return Check("processor", f"{threads}, AVX2 and bf16")


def _processor_flags() -> set[str] | None:
    """What an x86 processor can do; None where nobody says so."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return None
    line = next((line for line in told.splitlines() if line.startswith("flags")), None)
    return set(line.partition(":")[2].split()) if line else None


def _memory() -> Iterator[Check]:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    remedy = "" if size >= _MEMORY_WANTED else "asking works; study where there are 4 GB"
    yield Check("memory", f"{size / 1e9:.0f} GB", remedy)


def _disk(folder: Path) -> Check:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    remedy = "" if free >= _DISK_WANTED else f"free some space: a study takes up to {_DISK_WANTED / 1e9:.0f} GB"
    return Check("disk", f"{free / 1e9:.0f} GB free", remedy)


def _models(chosen: Settings) -> Iterator[Check]:
    if chosen.server:
        yield Check("model", f"asked at {chosen.server}")
    else:
        yield _model("model", chosen.model)
    if chosen.embedder.startswith(("http://", "https://")):
        yield Check("embedder", f"asked at {chosen.embedder}")
    else:
        yield _model("embedder", chosen.embedder)


def _model(name: str, model: str) -> Check:
    if model == "memory":
        return Check(name, "the tiny one for tests")
    if model not in models.CATALOGUE:
        try:
            return Check(name, f"{model} in {models.path_of(model)}")
        except ByheartError as error:
            return _trouble(name, error)
    if broken := sorted(models.damaged(model)):
        files = ", ".join(path.name for path in broken)
        return Check(name, f"{model}: absent or damaged: {files}", f"byheart fetch {model}", is_grave=True)
    return Check(name, f"{model}, whole")


def _library(opened: Library) -> Iterator[Check]:
    if not opened.ledger.is_whole():
        yield Check("ledger", "SQLite finds library.db damaged", "restore library.db from a copy", is_grave=True)
        return
    status = opened.status()
    yield Check("ledger", f"whole: {status.documents:,} documents, {status.passages:,} passages")
    if status.skipped:
        yield Check("documents", f"not searchable: {len(status.skipped)}; byheart status says why")
    yield _store(opened, status.passages)
    yield _studies(opened)


def _store(opened: Library, passages: int) -> Check:
    try:
        held = opened.parts.store().count()
    except ByheartError as error:
        return _trouble("vector store", error)
    if held != passages:
        found = f"{held:,} vectors for {passages:,} passages"
        return Check("vector store", found, "byheart doctor --repair", is_grave=True)
    return Check("vector store", f"{held:,} vectors, as many as there are passages")


def _studies(opened: Library) -> Check:
    record = opened.status().study
    if record is None:
        return Check("study", "none yet: every answer is looked up")
    try:
        opened.parts.model()
    except ByheartError as error:
        return _trouble("study", error)
    return Check("study", f"study {record.number} is in use and its weights load")


def _trouble(name: str, error: ByheartError) -> Check:
    return Check(name, str(error), error.hint or "byheart doctor --repair", is_grave=True)


def _missing(packages: Mapping[str, str]) -> list[str]:
    return [package for package, module in packages.items() if find_spec(module) is None]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"
