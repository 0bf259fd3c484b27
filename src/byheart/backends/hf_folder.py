"""A Hugging Face folder with what a study taught, for transformers and what is built on it: an `Exporter`.

Takes the served weights (a GGUF file at Q8_0), which transformers reads; gives them at 16 bits, with configuration,
tokenizer, chat template and greedy generation. Kept apart from `student`: nothing here is taught.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
import transformers

from byheart.backends import gguf_convert, student
from byheart.errors import ExportFailed, ModelMissing, ModelUnavailable
from byheart.prompts import PromptFormat, as_data
from byheart.types import Draft, Token

_PASSING = ("local_files_only", "is_local", "gguf_file", "name_or_path")


class HuggingFaceFolder:
    """Writes and opens a Hugging Face folder.

    `like` is the folder that the base model came from, whose configuration and tokenizer are taken; None takes those
    in the GGUF file. `format` None leaves the model's own chat template. `tokens` is the longest answer.
    """

    def __init__(self, like: Path | None, format: PromptFormat | None, *, tokens: int, threads: int = 0) -> None:
        self._like = like
        self._format = format
        self._tokens = tokens
        self._threads = threads

    def write(self, weights: Path, folder: Path, *, name: str) -> Path:
        try:
            model = student.read(weights, like=self._like)
            tokenizer = student.tokenizer_of(self._like or weights)
        except ModelMissing as error:
            raise ExportFailed(
                f"transformers does not read this kind of model: {error}", hint="byheart export FOLDER --as gguf"
            ) from error
        format = self._format or student.format_of(tokenizer)
        tokenizer.chat_template = format.template or tokenizer.chat_template or gguf_convert.TEMPLATE
        # How it was loaded here is no business of whoever loads it next.
        for passing in _PASSING:
            tokenizer.init_kwargs.pop(passing, None)
        model.generation_config = self._generation(tokenizer, format)
        try:
            with student.quiet():
                model.to(torch.float16).save_pretrained(folder)
                tokenizer.save_pretrained(folder)
        except Exception as error:
            # That a disk is full is told by safetensors in an error of its own, by tokenizers in a bare one.
            raise OSError(str(error)) from error
        return folder / "model.safetensors"

    def open(self, folder: Path) -> FolderModel:
        return FolderModel(folder, threads=self._threads)

    def _generation(self, tokenizer: Any, format: PromptFormat) -> transformers.GenerationConfig:
        """Greedy, and ended by the same tokens as in byheart."""
        ends = [tokenizer.convert_tokens_to_ids(stop) for stop in format.stop if stop in tokenizer.get_vocab()]
        ends = list(dict.fromkeys([*ends, tokenizer.eos_token_id]))
        return transformers.GenerationConfig(
            do_sample=False,
            max_new_tokens=self._tokens,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=ends,
            pad_token_id=ends[0],
        )


class FolderModel:
    """A Hugging Face folder as a `Model`: its chat template, its generation settings, in float32 on the processor.

    16-bit arithmetic is slow or absent on most processors; the weights are those of the folder all the same.
    """

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        if threads:
            torch.set_num_threads(threads)
        self._name = folder.name
        self._tokenizer = student.tokenizer_of(folder)
        self._model = student.read(folder).eval()

    @property
    def name(self) -> str:
        return self._name

    def complete(self, prompt: str, *, tokens: int, timeout: float) -> Draft:
        started = time.perf_counter()
        asked = self._tokenizer.apply_chat_template(
            [{"role": "user", "content": as_data(prompt)}],
            add_generation_prompt=True,
            return_dict=True,
            return_tensors="pt",
        )
        with torch.inference_mode():
            made = self._model.generate(
                **asked, max_new_tokens=tokens, max_time=timeout, output_logits=True, return_dict_in_generate=True
            )
        seconds = time.perf_counter() - started
        length = asked["input_ids"].shape[1]
        said = made.sequences[0, length:]
        is_complete = int(said[-1]) in self._model.generation_config.eos_token_id
        if not is_complete and seconds >= timeout:
            raise ModelUnavailable(f"{self._name} gave no answer within {timeout:g} s", hint="raise timeout")
        drafted = tuple(self._token(int(token), logits[0]) for token, logits in zip(said, made.logits, strict=True))
        text = self._tokenizer.decode(said, skip_special_tokens=True).strip()
        return Draft(text, drafted, length, seconds, is_complete)

    def close(self) -> None:
        del self._model, self._tokenizer

    def _token(self, token: int, logits: torch.Tensor) -> Token:
        logprobs = logits.float().log_softmax(-1)
        best, second = logprobs.topk(2).values.tolist()
        return Token(self._tokenizer.decode(token, skip_special_tokens=True), float(logprobs[token]), best - second)
