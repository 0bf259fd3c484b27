"""A folder that Ollama makes a model of: a GGUF file and its Modelfile. An `Exporter`.

Ollama renders prompts in Go's template language, not in the chat template of the file. So the Modelfile says how the
model is asked, and an export is refused where the two would ask in other tokens.
"""

from __future__ import annotations

from pathlib import Path

from byheart.backends import gguf_prompts
from byheart.backends.gguf_folder import GgufFolder
from byheart.backends.llamacpp import PARAGRAPH, LlamaCpp
from byheart.errors import ExportFailed
from byheart.prompts import PromptFormat

MODELFILE = "Modelfile"

# Turns of several kinds, in which the two ways of asking are compared.
_TURNS = ("What is PEP 8 called?", "{{ two lines }}\nand {% more %}", "Ångström 中文 🐍 x = {'a': [1, 2.50]}")


class OllamaFolder:
    """Writes a GGUF file with its Modelfile.

    `tokens` is the longest answer; `licence`, that of the base model, may be empty.
    """

    def __init__(self, gguf: GgufFolder, *, tokens: int, licence: str) -> None:
        self._gguf = gguf
        self._tokens = tokens
        self._licence = licence

    def write(self, weights: Path, folder: Path, *, name: str) -> Path:
        made = self._gguf.write(weights, folder, name=name)
        format = gguf_prompts.format_of(made)
        if gguf_prompts.prompt_tokens(made, _TURNS, format) != gguf_prompts.prompt_tokens(made, _TURNS, None):
            raise ExportFailed(
                "Ollama would ask this model in other tokens than it was taught in: its chat template changes a turn",
                hint="byheart export FOLDER --as gguf, for programs that use the model's own chat template",
            )
        text = modelfile(format, made.name, tokens=self._tokens, licence=self._licence)
        (folder / MODELFILE).write_text(text, encoding="utf-8")
        return made

    def open(self, folder: Path) -> LlamaCpp:
        return self._gguf.open(folder)


def modelfile(format: PromptFormat, weights: str, *, tokens: int, licence: str) -> str:
    """The Modelfile by which Ollama asks the GGUF file `weights` as byheart does."""
    before, after, end = map(_literal, (format.before, format.after, format.stop[0]))
    template = f"{before}{{{{ .Prompt }}}}{after}{{{{ .Response }}}}{end}\n"
    return "\n".join(
        [
            f"FROM ./{weights}",
            f"TEMPLATE {_quoted(template)}",
            f"SYSTEM {_quoted('')}",
            *(f"PARAMETER stop {_quoted(stop)}" for stop in dict.fromkeys((*format.stop, PARAGRAPH))),
            "PARAMETER temperature 0",
            # Some versions of Ollama hold it against a token that it stands in the question.
            "PARAMETER repeat_penalty 1",
            f"PARAMETER num_predict {tokens}",
            *([f"LICENSE {_quoted(licence)}"] if licence else []),
            "",
        ]
    )


def _literal(text: str) -> str:
    """`text` as it stands in a Go template, where two braces begin an action."""
    return text.replace("{{", '{{ "{{" }}')


def _quoted(text: str) -> str:
    return f'"""{text}"""'
