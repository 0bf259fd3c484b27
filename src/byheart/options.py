"""The options of verbs that have many, each with its help: what the command line takes for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from byheart.outcomes import Form, Precision

# ── all verbs ──

Folder = Annotated[
    Path | None,
    typer.Option(
        "--library",
        "-C",
        metavar="FOLDER",
        help="The library. Without it: the current folder, or the nearest one above that is a library.",
    ),
]

# ── add ──

IsCore = Annotated[
    bool | None,
    typer.Option("--core/--reference", help="May be studied, or only looked up. Not given: as before."),
]
Version = Annotated[str | None, typer.Option(help="The version these documents speak of, such as 2.13.")]
Date = Annotated[str | None, typer.Option(help="The day they speak of, such as 2024-05-31.")]
Replaces = Annotated[
    Path | None, typer.Option(metavar="PATH", help="The file or folder of older texts they take the place of.")
]

# ── export ──

As = Annotated[Form, typer.Option("--as", help="A file for llama.cpp, a folder for Ollama, or one for transformers.")]
AtPrecision = Annotated[Precision | None, typer.Option(help="Not given: q8_0, as byheart serves it; hf is always f16.")]

# ── study ──

Minutes = Annotated[float | None, typer.Option(min=0.1, help="Train no longer than this; byheart.toml says 10.")]
Facts = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Teach only what that file holds and does not strike out; for this study."),
]
Pairs = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Questions with their answers, .jsonl or .csv: add them as a core document."),
]
Teacher = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="Have this OpenAI-compatible server make lessons: http://host/v1#model."),
]
Calibrate = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Train nothing: fit the confidence to these questions and answers too."),
]
IsPlanned = Annotated[bool, typer.Option("--plan", help="Train nothing: show what would be taught.")]
OfModel = Annotated[
    str,
    typer.Option("--model", metavar="MODEL", help="With --plan: reckon with a name, a folder, a config.json, or 7B."),
]
Count = Annotated[int | None, typer.Option(min=1, metavar="N", help="With --plan: reckon with so many facts.")]
HourOfH100 = Annotated[
    float | None, typer.Option("--hour", min=0, help="With --plan: the price of an hour of an H100.")
]
To = Annotated[
    Path | None, typer.Option(metavar="FILE", help="With --plan: write the facts to FILE, a line of JSON each.")
]
Use = Annotated[int | None, typer.Option(metavar="N", help="Train nothing: go back to study N.")]
Page = Annotated[int | None, typer.Option(metavar="N", help="Train nothing: draw the page of study N again.")]

# ── measure ──

Questions = Annotated[
    list[Path] | None,
    typer.Argument(help="Files of questions, .jsonl or .csv. Not given: the library asks its own, easier ones."),
]
Arms = Annotated[
    list[str] | None,
    typer.Option("--arm", metavar="ARM", help="Only this arm (memory, usual, …); repeat it for more."),
]
Most = Annotated[int | None, typer.Option("-n", min=1, help="Ask only so many, evenly over the files.")]
WithTable = Annotated[
    bool, typer.Option("--table", help="Also cut the network, and change and study a document of a copy.")
]
Against = Annotated[Path | None, typer.Option(metavar="REPORT", help="Show what changed since an earlier report.json.")]
Baseline = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Also ask this OpenAI-compatible server: http://host/v1#model.")
]
Judge = Annotated[str, typer.Option(metavar="ADDRESS", help="A model that judges answers beside the rule.")]
Watts = Annotated[float | None, typer.Option(min=0, help="What the machine draws when all of it is busy.")]
Hour = Annotated[float | None, typer.Option(min=0, help="The price of an hour of this machine.")]
Million = Annotated[
    tuple[float, float] | None,
    typer.Option(metavar="IN OUT", help="An API's price for a million tokens read, and written."),
]
Publish = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        dir_okay=False,
        writable=True,
        help="Also write ids, grades and figures alone, without any text.",
    ),
]
IsAnew = Annotated[bool, typer.Option("--anew", help="Ask again what an earlier run has answered.")]

# ── advise ──

Latency = Annotated[float | None, typer.Option(min=0, metavar="MS", help="19 of 20 answers must come within this.")]
IsOffline = Annotated[bool, typer.Option("--offline", help="There is no network where questions are asked.")]
ADay = Annotated[float | None, typer.Option("--a-day", min=0, metavar="N", help="Questions a day.")]
StudyMinutes = Annotated[
    float | None,
    typer.Option("--minutes", min=0.1, metavar="N", help="A study may take so long; byheart.toml says 10."),
]
Memory = Annotated[float | None, typer.Option(min=0, metavar="GB", help="The most memory that answering may take.")]
Money = Annotated[
    float | None,
    typer.Option(min=0, metavar="X", help="The most that 1,000 answers may cost, in the currency measured with."),
]
IsApplied = Annotated[bool, typer.Option("--apply", help="Then carry it out: hold documents so, and study.")]
