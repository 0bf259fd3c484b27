"""A folder with one GGUF file, for llama.cpp and what is built on it: an `Exporter`.

The weights are those that are served, or the same at 16 bits. The file's chat template asks as byheart does, so that
a program that knows nothing of byheart gets the same answers.
"""

from __future__ import annotations

from pathlib import Path

from byheart.backends.llamacpp import LlamaCpp
from byheart.backends.requantise import requantise
from byheart.outcomes import Precision
from byheart.prompts import PromptFormat


class GgufFolder:
    """Writes and opens a GGUF file. `format` None leaves the chat template that the weights carry."""

    def __init__(self, format: PromptFormat | None, precision: Precision, *, threads: int = 0) -> None:
        self._template = format.template if format else ""
        self._precision = precision
        self._threads = threads

    def write(self, weights: Path, folder: Path, *, name: str) -> Path:
        texts = {"general.name": name}
        if self._template:
            texts["tokenizer.chat_template"] = self._template
        made = self._file(folder)
        requantise(weights, made, self._precision, texts=texts)
        return made

    def open(self, folder: Path) -> LlamaCpp:
        return LlamaCpp(self._file(folder), threads=self._threads)

    def _file(self, folder: Path) -> Path:
        return folder / f"model-{self._precision}.gguf"
