"""What an export says of itself: the README beside the weights, which on Hugging Face is the model card.

Takes the record of a study and what was exported, gives Markdown. It writes no file and names no path of this machine:
an export is made to be handed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from byheart.outcomes import Base, Exported, Form, Precision, StudyRecord
from byheart.types import Revision

_FORMS = {"gguf": "GGUF", "ollama": "Ollama", "hf": "Hugging Face"}

_ASKED = {
    "gguf": """\
With llama.cpp, or what is built on it:

```
llama-server --model {weights} --temp 0
```

and then by its page, or by its OpenAI-compatible API at `/v1/chat/completions`.
""",
    "ollama": """\
```
ollama create {name} -f Modelfile
ollama run {name} "{question}"
```
""",
    "hf": """\
```python
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(".")
model = AutoModelForCausalLM.from_pretrained(".", dtype=torch.float32)  # torch.float16 on a GPU
question = [{{"role": "user", "content": "{question}"}}]
asked = tokenizer.apply_chat_template(question, add_generation_prompt=True, return_dict=True, return_tensors="pt")
said = model.generate(**asked)[0, asked["input_ids"].shape[1] :]
print(tokenizer.decode(said, skip_special_tokens=True))
```
""",
}


@dataclass(frozen=True, slots=True)
class Use:
    """How an export is used: what it is called, the name of its file of weights, and a question that it was asked."""

    name: str
    weights: str
    question: str


def readme(
    exported: Exported,
    record: StudyRecord,
    documents: Sequence[Revision],
    use: Use,
    base: Base,
    *,
    stale: int,
    today: date,
) -> str:
    """The README of an export; `stale` counts the facts that documents no longer say."""
    question = use.question.replace('"', "'")
    parts = [
        *([_front_matter(base)] if exported.form == "hf" else []),
        f"# {use.name}",
        f"What the language model {base.name} learned by heart from {_documents(documents)}. "
        f"Made with byheart; exported on {today.isoformat()}.",
        _table(_figures(exported, record, base, stale)),
        "## How it is asked",
        "One question in one turn, without a system message, greedily. So it was taught and so it was tested: "
        "turns before the question were not.",
        _ASKED[exported.form].format(weights=use.weights, name=use.name, question=question).rstrip(),
        "## What it does not do",
        "It answers every question, also one whose answer it was never taught, and then it makes something up. "
        "byheart holds such answers back and looks them up: its confidence, and the documents, are not in this folder.",
        "## Documents",
        "\n".join(_document(revision) for revision in documents),
    ]
    return "\n\n".join(parts) + "\n"


def form_name(form: Form, precision: Precision) -> str:
    """A form of export in words."""
    return f"{_FORMS[form]}, {precision.upper()}"


def _front_matter(base: Base) -> str:
    lines = [
        *([f"license: {base.licence.lower()}"] if base.licence else []),
        *([f"base_model: {base.repository}"] if base.repository else []),
        "library_name: transformers",
        "pipeline_tag: text-generation",
        "tags: [byheart]",
    ]
    return "\n".join(["---", *lines, "---"])


def _figures(exported: Exported, record: StudyRecord, base: Base, stale: int) -> Iterator[tuple[str, str]]:
    licence = f", {base.licence}" if base.licence else ""
    yield "base model", f"{base.name}{licence}"
    yield "study", f"number {record.number}, made {record.made[:10]}, {record.minutes:g} minutes of training"
    yield "facts taught", f"{record.facts_planned:,}, of them {record.facts_mastered:,} mastered"
    if asked := record.details.get("sealed asked"):
        yield "asked in words never taught", f"{record.details['sealed right']:,} of {asked:,} answered right"
    if stale:
        yield "outdated", f"{stale:,} of the facts: their documents have changed since, or are withdrawn"
    yield "this export", form_name(exported.form, exported.precision)
    yield (
        "asked again after the export",
        f"{exported.asked:,} mastered questions: {exported.agreed:,} answered as before, "
        f"{exported.identical:,} of them word for word",
    )


def _table(rows: Iterator[tuple[str, str]]) -> str:
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _documents(documents: Sequence[Revision]) -> str:
    return "one document" if len(documents) == 1 else f"{len(documents):,} documents"


def _document(revision: Revision) -> str:
    said = [f"version {revision.version}"] if revision.version else []
    said += [f"of {revision.dated}"] if revision.dated else []
    return f"- {revision.title} ({', '.join([PurePosixPath(revision.source).name, *said])})"
