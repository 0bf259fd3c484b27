"""The command line: one short function a verb, which parses, calls the library once and prints the result.

Results go to stdout; progress, hints and errors to stderr. Exit codes: 0 done or answered, 2 our error or wrong
usage, 3 nothing was found or known, 130 after Ctrl-C. It deliberately decides nothing, and imports the library only
when a verb needs it, so that `--help` comes at once.
"""

from __future__ import annotations

import errno
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from byheart import bulletin, console, logbook, options, progress, reckoning, shown
from byheart.errors import ByheartError, UsageError, of_extra

if TYPE_CHECKING:
    from byheart.plan import Forecast

# What the user's machine refuses is no bug of ours.
_REFUSED = {errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EROFS, errno.EDQUOT}

_DECLINED = 3

app = typer.Typer(
    name="byheart",
    help="Knows your core documents by heart and looks the rest up.",
    epilog="Begin with: byheart new my-books, cd my-books, byheart add FOLDER, byheart ask. Try it: byheart demo.",
    no_args_is_help=True,
    add_completion=False,
    # Help drawn by rich takes twice as long to appear.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Paths = Annotated[list[Path], typer.Argument(help="Files and folders.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main(run: Callable[[], object] = app) -> None:
    """Runs the command line, or another way into it, and ends the process with its exit code."""
    try:
        run()
    except ByheartError as error:
        console.complain(error)
        sys.exit(2)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        console.note(f"error: {error.filename or 'this machine'}: {error.strerror}")
        sys.exit(2)


def _tell_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        console.tell(f"byheart {version('byheart')}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    folder: options.Folder = None,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Print the version.")
    ] = False,
) -> None:
    context.obj = folder


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="A folder, made if it is not there.")]) -> None:
    """Make an empty library."""
    from byheart import library

    made = library.new(folder)
    console.tell(f"made {made}: the folder is the whole library")
    console.hint(f"cd {folder} && byheart add FOLDER")


@app.command()
def add(
    context: typer.Context,
    paths: Paths,
    is_core: options.IsCore = None,
    version: options.Version = None,
    date: options.Date = None,
    replaces: options.Replaces = None,
) -> None:
    """Read, split and index documents: searchable at once. Again: only what changed.

    Of two texts of one work the newer one is answered from. Which one that is, paths, titles and headers tell; where
    they do not, --version, --date or --replaces do. File times never count.
    """
    with console.opened(context) as library:
        with (
            console.resumable("what was read is searchable; the same command reads the rest"),
            progress.drawn() as watch,
        ):
            added = library.add(paths, core=is_core, version=version, dated=date, replaces=replaces, watch=watch.adding)
        console.tell(shown.added(added))
    if added.skipped and not (added.new or added.changed or added.unchanged):
        raise typer.Exit(2)


@app.command()
def forget(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Files and folders.", show_default=False)] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Then ask for what was forgotten. Without paths: for all of it.")
    ] = False,
) -> None:
    """Take documents out: neither found nor told from memory any more."""
    if not paths and not prove:
        raise UsageError("no document was named", hint="byheart forget FILE_OR_FOLDER … or byheart forget --prove")
    with console.opened(context) as library:
        if paths:
            console.tell(shown.forgotten(library.forget(paths)))
        if not prove:
            return
        proofs = library.prove(paths or ())
    console.tell(shown.proved(proofs))
    if any(proof.is_told for proof in proofs):
        raise typer.Exit(2)


@app.command()
def search(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="What to look for.", show_default=False)],
    k: Annotated[int, typer.Option("-k", min=1, help="At most so many passages.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show the passages nearest to a question, best first."""
    with console.opened(context) as library:
        hits = library.search(question, k=k)
    if as_json:
        console.tell(shown.as_json(hits))
    elif hits:
        console.tell(shown.hits(hits))
    else:
        console.note("nothing was found")
    if not hits:
        raise typer.Exit(_DECLINED)


@app.command()
def study(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Make these core first. Not given: what is core already."),
    ] = None,
    minutes: options.Minutes = None,
    facts: options.Facts = None,
    pairs: options.Pairs = None,
    teacher: options.Teacher = "",
    is_planned: options.IsPlanned = False,
    model: options.OfModel = "",
    count: options.Count = None,
    hour: options.HourOfH100 = None,
    to: options.To = None,
    use: options.Use = None,
    page: options.Page = None,
    calibrate: options.Calibrate = None,
) -> None:
    """Teach the core documents to the model. Stop it and run it again: it goes on."""
    alone = [given for given in (use, page, calibrate) if given is not None]
    if len(alone) > 1 or (alone and (paths or minutes or facts or pairs or teacher or is_planned)):
        raise UsageError(
            "--use, --page and --calibrate train nothing: they take no other option", hint="byheart study --help"
        )
    if to and not is_planned:
        raise UsageError("--to writes down a plan", hint=f"byheart study --plan --to {to}")
    if teacher and is_planned:
        raise UsageError("--plan asks no teacher", hint="byheart study --plan shows what one has given before")
    if (model or count or hour is not None) and not is_planned:
        raise UsageError("--model, --count and --hour reckon without teaching", hint="byheart study --plan --model 7B")
    with console.opened(context) as library:
        if use is not None:
            library.use(use)
            console.tell(f"study {use} is in use")
        elif page is not None:
            console.tell(f"the page of study {page} is {library.page(page)}")
        elif calibrate is not None:
            with console.resumable("the same command goes on from here"), progress.drawn() as watch:
                record = library.calibrate([calibrate], watch=watch.studying)
            console.tell(bulletin.calibrated(record))
        elif is_planned:
            forecast = library.forecast(paths or (), minutes=minutes, facts=facts, pairs=pairs)
            console.tell(bulletin.planned(forecast))
            if needs := library.needs(forecast, model=model, count=count, hour=hour):
                console.tell(reckoning.told(needs))
            _write_down(forecast, to)
        else:
            with (
                console.resumable("byheart study goes on from here; until then nothing changes"),
                progress.drawn() as watch,
            ):
                record = library.study(
                    paths or (), minutes=minutes, facts=facts, pairs=pairs, teacher=teacher, watch=watch.studying
                )
            console.tell(bulletin.studied(record, library.page_of(record)))


def _write_down(forecast: Forecast, to: Path | None) -> None:
    if to:
        from byheart import plan

        plan.write(forecast.plan, to)
        console.hint(f'set "strike": true or delete lines in {to}, then byheart study --facts {to}')


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="Not given: a session, ended by Ctrl-D.")] = None,
    side: Annotated[
        Literal["memory", "documents"] | None,
        typer.Option("--from", help="Ask one side only: memory as it is, unchecked, or the documents."),
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="Show how the answer came about and what it cost.")] = False,
    is_private: Annotated[bool, typer.Option("--private", help="Keep this out of the question log.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question, from memory or looked up, and say which."""
    code = 0
    with console.opened(context) as library:
        library.watch.is_on &= not is_private
        if lost := library.parts.lost():
            console.note(f"{lost}: every answer is looked up")
            console.hint(lost.hint)
        for typed in console.questions(library.folder) if question is None else [question]:
            try:
                answer = library.ask(typed, side=side)
            except ByheartError as error:
                if question is not None:
                    raise
                console.complain(error)
                continue
            console.tell(
                shown.as_json(answer) if as_json else shown.answer(answer, why=why) + ("" if question else "\n")
            )
            code = _DECLINED if question and answer.origin == "none" else 0
        if library.watch.due and sys.stderr.isatty():
            console.note("comparing sure answers with the documents (check_every in byheart.toml); Ctrl-C leaves that")
    raise typer.Exit(code)


@app.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.", show_default=False)],
    form: options.As = "gguf",
    precision: options.AtPrecision = None,
) -> None:
    """Write what was studied for other programs, and test that it answers as before."""
    with console.opened(context) as library:
        with console.resumable("nothing was written; the same command begins anew"), progress.drawn() as watch:
            done = library.export(folder, form=form, precision=precision, watch=watch.exporting)
        console.tell(shown.exported(done))
    console.hint(f"{folder / 'README.md'} says how it is asked")


@app.command()
def status(
    context: typer.Context,
    documents: Annotated[bool, typer.Option("--documents", help="List every document instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what is held, what was learned, and what changed since."""
    with console.opened(context) as library:
        if documents:
            held = library.documents()
            console.tell(shown.as_json(held) if as_json else shown.documents(held))
            return
        found = library.status()
    if as_json:
        console.tell(shown.as_json(found))
        return
    console.tell("\n".join([bulletin.status(found), *([logbook.usage(found.usage)] if found.usage else [])]))
    console.hint(bulletin.next_step(found))


@app.command()
def log(
    context: typer.Context,
    most: Annotated[int, typer.Option("-n", min=1, help="Show at most so many, the latest.")] = 20,
    empty: Annotated[bool, typer.Option("--empty", help="Delete what was logged instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the last questions and how they were answered, where byheart.toml says log = true."""
    with console.opened(context) as library:
        if empty:
            library.empty_log()
            console.tell("the question log is empty")
            return
        rows, is_kept = library.logged()[-most:], library.settings.log
    console.tell(shown.as_json(rows) if as_json else logbook.questions(rows))
    if not is_kept:
        console.hint("no questions are kept; log = true in byheart.toml keeps them")


@app.command()
def measure(
    context: typer.Context,
    questions: options.Questions = None,
    arms: options.Arms = None,
    most: options.Most = None,
    table: options.WithTable = False,
    against: options.Against = None,
    baseline: options.Baseline = "",
    judge: options.Judge = "",
    watts: options.Watts = None,
    hour: options.Hour = None,
    million: options.Million = None,
    publish: options.Publish = None,
    is_anew: options.IsAnew = False,
) -> None:
    """Show what memory, documents and both get right, at what cost."""
    with of_extra("measure", "measuring"):
        from byheart import measure, measurement, tables
        from byheart.costs import Prices
        from byheart.rows import REPORT

    if publish and not publish.parent.is_dir():
        raise UsageError(f"there is no folder {publish.parent}", hint=f"mkdir -p {shlex.quote(str(publish.parent))}")
    order = measure.Order(
        arms=arms or (),
        most=most,
        baseline=baseline,
        judge=judge,
        prices=Prices(watts, hour, *(million or (None, None))),
        with_upkeep=table,
        against=against,
        is_anew=is_anew,
    )
    with (
        console.opened(context) as library,
        console.resumable("the same command goes on from here"),
        progress.drawn() as watch,
    ):
        found, folder = measure.measure(library, questions or (), order, watch=watch.measuring)
    if publish:
        publish.write_text(shown.as_json(measurement.published(found)) + "\n", encoding="utf-8")
    console.tell(tables.measured(found, has_styles=console.has_styles()))
    console.tell(f"\nevery question and all plots: {measure.draw(found, folder)}")
    console.tell(shown.as_json({"report": str(folder / REPORT), "figures": found.figures}))


@app.command()
def advise(
    context: typer.Context,
    latency: options.Latency = None,
    offline: options.IsOffline = False,
    a_day: options.ADay = None,
    minutes: options.StudyMinutes = None,
    memory: options.Memory = None,
    money: options.Money = None,
    apply: options.IsApplied = False,
    as_json: AsJson = False,
) -> None:
    """Say what to study, what to index only, and on which figures that rests.

    Reads the library, its newest measurement and its question log; changes nothing without --apply.
    """
    from byheart import adviser, counsel
    from byheart.grounds import Wishes

    wishes = Wishes(latency and latency / 1e3, offline, a_day, minutes, memory and memory * 1e9, money)
    with console.opened(context) as library:
        with progress.drawn() as watch:
            found = adviser.advice(library, wishes, watch=watch.measuring)
        console.tell(shown.as_json(found) if as_json else counsel.told(found, has_styles=console.has_styles()))
        if not apply:
            return
        with console.resumable("byheart study goes on from here"), progress.drawn() as watch:
            record = adviser.apply(library, found, watch=watch.studying)
    if not as_json:
        told = bulletin.studied(record, library.page_of(record)) if record else "no study is due"
        console.tell(f"documents are held as advised; {told}")


@app.command()
def fetch(
    models: Annotated[
        list[str] | None,
        typer.Argument(help="Names or Hugging Face ids. Not given: what byheart needs."),
    ] = None,
) -> None:
    """Download models into the cache, each file checked. The only verb, with demo, that uses the network."""
    from byheart.models import STANDARD, path_of
    from byheart.models import fetch as fetch_models

    wanted = models or STANDARD
    with progress.drawn() as watch:
        fetch_models(wanted, watch=watch.fetching)
    for model in wanted:
        console.tell(f"{model} is whole: {path_of(model)}")


@app.command()
def doctor(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="First fill the vector store anew from the ledger.")] = False,
) -> None:
    """Check machine, models and library; name the remedies."""
    from byheart import doctor

    if repair:
        with console.opened(context) as opened:
            console.tell(f"put {opened.repair():,} passages into the vector store again")
    checks = doctor.examine(context.obj or console.nearest())
    console.tell(shown.checks(checks))
    if any(check.remedy and not check.is_fine for check in checks):
        raise typer.Exit(2)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where it is made; the second time it is only asked.")] = Path(".demo"),
) -> None:
    """Build, study and ask a library of Python's own documentation."""
    from byheart import demo

    with progress.drawn() as watch:
        home = demo.prepare(folder, demo.Watch(watch.fetching, watch.adding, watch.studying))
    for answer in demo.answers(home):
        console.tell(f"{answer.question}\n{shown.answer(answer)}\n")
    console.hint(f"byheart --library {home} ask")
