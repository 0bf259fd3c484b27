"""A library folder, opened: its verbs are those of the command line.

Each verb hands the parts it needs to the stage that does the work; `parts` opens them when they are first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from byheart import index, models, settings
from byheart.ask import ask
from byheart.desk import Desk
from byheart.editions import declared
from byheart.errors import BadQuestions, StoreUnavailable, UnknownSource, UnreadableDocument, UsageError, of_extra
from byheart.ledger import Ledger, Source
from byheart.outcomes import (
    Added,
    Adding,
    Exported,
    Exporting,
    Form,
    Logged,
    Precision,
    Status,
    Studying,
    StudyRecord,
)
from byheart.parts import PAGE, STUDIES, Parts, served
from byheart.types import Answer, Fact, Hit, Holding, Passage, Revision, Side
from byheart.watch import Watch

if TYPE_CHECKING:
    from byheart.export import Press
    from byheart.intake import Shelf
    from byheart.needs import Needs
    from byheart.plan import Forecast
    from byheart.proof import Proof
    from byheart.workshop import Workshop


# In the cache of models: what untaught ones say to general questions.
_BASE_ANSWERS = "said-before-study"

# Facts are looked for in so many passages while someone waits: three seconds on an old machine.
_SOON_READ = 200


def new(folder: str | Path) -> Path:
    """Makes an empty library in `folder` and gives its path; AlreadyALibrary if there is one."""
    path = Path(folder).expanduser().resolve()
    Ledger.create(path).close()
    settings.write_default(path)
    return path


def open(folder: str | Path) -> Library:
    """The library in `folder`, opened; NotALibrary if there is none, BadSettings if byheart.toml is not right."""
    path = Path(folder).expanduser().resolve()
    ledger = Ledger.open(path)
    try:
        return Library(path, ledger, settings.load(path))
    except BaseException:
        ledger.close()
        raise


class Library:
    """An open library; a context manager. One thread at a time."""

    def __init__(self, folder: Path, ledger: Ledger, chosen: settings.Settings) -> None:
        self.folder = folder
        self.settings = chosen
        self.ledger = ledger
        self.parts = Parts(folder, ledger, chosen)
        self.watch = Watch(folder, ledger, chosen)

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.check()
        finally:
            self.close()

    def close(self) -> None:
        """Closes everything that was opened; a library can be closed twice."""
        self.parts.close()
        self.ledger.close()

    # ── documents ──

    def add(
        self,
        paths: Sequence[str | Path],
        *,
        core: bool | None = None,
        version: str | None = None,
        dated: str | None = None,
        replaces: str | Path | None = None,
        watch: Callable[[Adding], None] = lambda adding: None,
    ) -> Added:
        """Reads, splits and indexes files and folders: searchable at once.

        What has not changed is left alone; a file that is gone from a folder is withdrawn; one that gives no text
        is listed with its reason. `core` says whether the documents may be studied; None leaves that as it is.
        `version` and `dated` (an ISO date) say what these texts speak of, `replaces` which file or folder of older
        texts they take the place of: where nothing else tells it, they say which of two texts is the newer one.
        """
        from byheart import intake

        older = None if replaces is None else Path(replaces).expanduser().resolve().as_posix()
        said = declared(version, dated, older)
        return intake.add(self._shelf(), paths, core=core, declared=said, watch=watch)

    def forget(self, paths: Sequence[str | Path]) -> tuple[str, ...]:
        """Takes documents out of search and out of what is told from memory; gives the sources that were held."""
        gone: list[str] = []
        for path in paths:
            gone += [source.location for source in self._held(path)]
        for location in gone:
            self.ledger.withdraw(location)
        # What is held is decided by the ledger; a store that is down follows at the next command that reaches it.
        with suppress(StoreUnavailable):
            self.parts.follow()
        return tuple(gone)

    def prove(self, paths: Sequence[str | Path] = ()) -> list[Proof]:
        """Asks for what was taught from documents that are forgotten: of `paths`, or of all of them.

        Each proof tells what the weights still say and what the library answers.
        """
        from byheart import proof

        under = [Path(path).expanduser().resolve().as_posix() for path in paths]
        return proof.prove(self.desk(), under)

    def search(self, question: str, *, k: int = 10) -> list[Hit]:
        """At most `k` passages for `question`, best first, by words and vectors together."""
        if k < 1:
            raise UsageError(f"k = {k}: at least one passage must be asked for", hint="byheart search -k 10 …")
        return index.search(self.ledger, self.parts.embedder(), self.parts.store(), question, k)

    def repair(self) -> int:
        """Fills the vector store anew from the ledger, without embedding anything; gives the passages put."""
        return self.parts.refill()

    # ── questions ──

    def ask(self, question: str, *, side: Side | None = None) -> Answer:
        """The answer to `question`, with where it came from and how sure it is.

        `side="memory"` gives the recall as it is, ungated (NothingStudied where there is none); `side="documents"`
        gives what reading finds. A part that is down or missing makes the answer's origin none, with the reason.
        Where the log is on, a question to both sides is written down.
        """
        answer = ask(question, self.desk(), side=side)
        if side is None:
            self.watch.note(answer, self.parts.calibration())
        return answer

    def check(self) -> int:
        """Looks up the sure answers that `check_every` drew, and gives how many could be compared.

        Leaving the library's context does so; a program that keeps one open calls it when nobody waits for an answer.
        """
        return self.watch.check(self.desk(), self.ledger.studies.in_use()) if self.watch.due else 0

    def logged(self) -> list[Logged]:
        """What the question log holds, oldest first; LogUnavailable where it cannot be read."""
        return self.watch.log.rows()

    def empty_log(self) -> None:
        """Deletes the question log."""
        self.watch.log.empty()

    def desk(self) -> Desk:
        """The parts a question is answered with."""
        parts = self.parts
        calibration = parts.calibration()
        return Desk(
            self.ledger,
            self.settings,
            parts.model,
            parts.reader,
            lambda question, k: self.search(question, k=k),
            self.watch.in_force(calibration),
            None if calibration else parts.lost(),
        )

    # ── study ──

    def study(
        self,
        paths: Sequence[str | Path] = (),
        *,
        minutes: float | None = None,
        facts: str | Path | None = None,
        pairs: str | Path | None = None,
        teacher: str = "",
        watch: Callable[[Studying], None] = lambda studying: None,
    ) -> StudyRecord:
        """Teaches the core documents to the model and brings the study into use.

        `paths` makes documents core first. At most `minutes` are trained. `facts` names a file that `plan.write` made:
        only what it holds and does not strike out is taught. `pairs` is a file of questions with their answers, which
        becomes a core document. `teacher` is the address of a model that is asked for more lessons (`parts.served`);
        what it gave is kept, and taught by later studies too. An interrupted study goes on where it stopped; until the
        new one is whole, the one before it answers.
        """
        from byheart import study

        self.ledger.hold(sorted(self._to_study(paths)), Holding.CORE)
        if pairs and self._unread(pairs):
            self.add([pairs], core=True)
        time, only = minutes or self.settings.minutes, Path(facts) if facts else None
        # A teacher puts blank lines where it likes.
        with closing(served(teacher, option="--teacher", stop=())) if teacher else nullcontext() as help_of:
            record = study.study(self._workshop(), minutes=time, watch=watch, only=only, help_of=help_of)
        self.parts.close_models()
        self.page(record.number)
        return record

    def calibrate(
        self, paths: Sequence[str | Path], *, watch: Callable[[Studying], None] = lambda studying: None
    ) -> StudyRecord:
        """Calibrates the study in use anew with the questions of its user; gives its record, which is in force at once.

        `paths` are files of questions with their answers, as `measure` reads them; BadQuestions says what is wrong.
        """
        from byheart import cases, examination

        record = examination.recalibrated(self._workshop(), cases.read([Path(path) for path in paths]), watch=watch)
        self.parts.close_models()
        self.page(record.number)
        return record

    def page(self, number: int) -> Path:
        """Draws the page of study `number`, as every study does in the end, and gives its path.

        It stands alone: what was learned, how fast, how sure, at what cost. `page.json` beside it has the figures.
        """
        record = self.ledger.studies.one(number)
        with of_extra("study", "a study's page"):
            from byheart import study_page

            return study_page.draw(self.page_of(record), record)

    def page_of(self, record: StudyRecord) -> Path:
        """Where the page of a study lies; it is not there where an older byheart made the study."""
        return self.folder / STUDIES / str(record.number) / PAGE

    def forecast(
        self,
        paths: Sequence[str | Path] = (),
        *,
        minutes: float | None = None,
        facts: str | Path | None = None,
        pairs: str | Path | None = None,
    ) -> Forecast:
        """What `study` would teach, given the same; it changes nothing and teaches nothing."""
        from byheart import study

        time, only = minutes or self.settings.minutes, Path(facts) if facts else None
        unread = self._unread(pairs) if pairs else {}
        return study.forecast(self._workshop(), minutes=time, also=self._to_study(paths), unread=unread, only=only)

    def needs(
        self, forecast: Forecast, *, model: str = "", count: int | None = None, hour: float | None = None
    ) -> Needs | None:
        """What teaching all facts that `forecast` found takes in hours, memory and disk; None of a model only in RAM.

        `model` (a name, a path, a config.json, or such as "7B") stands in for the library's, `count` facts for those
        found. `hour` is the price of an hour of an H100.
        """
        from byheart import needs, plan

        shape, own = self.parts.shape(model or self.settings.model), self.parts.shape(self.settings.model)
        if shape is None:
            return None
        found = (*forecast.plan.facts, *forecast.plan.spare)
        tokens, facts = sum(map(plan.tokens_to_master, found)), count or len(found)
        here = []
        if own:
            rate = forecast.plan.tokens() / (60 * forecast.minutes)
            here = [needs.Machine("this machine", rate * needs.operations_a_token(own.computed()))]
        return needs.of_study(
            model or self.settings.model,
            shape,
            facts=facts,
            tokens=tokens / len(found) * facts,
            method=self.settings.method,
            machines=here,
            hour=hour,
        )

    def use(self, number: int) -> None:
        """Goes back (or forth) to study `number`."""
        self.parts.weights(self.ledger.studies.one(number))
        self.ledger.studies.use(number)
        self.parts.close_models()

    def export(
        self,
        folder: str | Path,
        *,
        form: Form = "gguf",
        precision: Precision | None = None,
        watch: Callable[[Exporting], None] = lambda exporting: None,
    ) -> Exported:
        """Writes the study in use to `folder`, which is new or empty, for other programs.

        `form` is "gguf" (one file, for llama.cpp), "ollama" (with a Modelfile) or "hf" (for transformers; needs the
        extra `study`). What was written is loaded again and asked at most 200 mastered questions; ExportFailed, and
        nothing is left, where less than 98 % of them are answered as before.
        """
        from byheart import export

        path = Path(folder).expanduser().resolve()
        return export.export(self._press(), path, form=form, precision=precision, watch=watch)

    def status(self) -> Status:
        """What the library holds, what is in the weights, and what changed since."""
        documents, passages = self.ledger.counts()
        studies = self.ledger.studies.all()
        in_use = next((record for record in studies if record.is_in_use), None)
        stale = self.ledger.studies.stale()
        unseen = self.ledger.studies.unseen()
        return Status(
            str(self.folder),
            documents,
            passages,
            self.ledger.skipped(),
            in_use,
            len(studies),
            sum(source.holding is Holding.CORE for source in self.ledger.sources()),
            len(stale),
            sorted({taught.revision.source for taught in stale}),
            self.ledger.studies.unstudied(),
            stale,
            sum(map(len, unseen)),
            self._facts_in(unseen) if in_use else (),
            self.watch.usage(in_use),
            str(self.page_of(in_use)) if in_use and self.page_of(in_use).is_file() else "",
        )

    def _facts_in(self, unseen: Sequence[Sequence[Passage]]) -> Sequence[Fact]:
        """What a study would find in passages that the one in use did not see; nothing where that would take long."""
        from byheart import facts

        return facts.find(unseen).facts if sum(map(len, unseen)) <= _SOON_READ else ()

    def documents(self) -> list[Source]:
        """Every file the library holds or skipped, by location."""
        return self.ledger.sources()

    # ── within ──

    def _held(self, path: str | Path) -> list[Source]:
        location = Path(path).expanduser().resolve().as_posix()
        held = self.ledger.sources(location)
        if not held:
            raise UnknownSource(str(path))
        return held

    def _to_study(self, paths: Sequence[str | Path]) -> set[str]:
        """The locations of documents at or below `paths`; a licence is never studied."""
        return {source.location for path in paths for source in self._held(path) if not source.is_licence}

    def _unread(self, pairs: str | Path) -> dict[Revision, tuple[Passage, ...]]:
        """The passages of a file of pairs, before it is added; BadQuestions says what is wrong with it."""
        from byheart import passages, read
        from byheart.pairs import is_pair

        path = Path(pairs).expanduser().resolve()
        if path.is_relative_to(self.folder):
            raise UsageError(f"{pairs} lies in the library itself", hint="keep it beside your documents, outside of it")
        if path.suffix.lower() not in (".jsonl", ".csv"):
            raise BadQuestions(f"{pairs}: ends neither in .jsonl nor in .csv; name it for what it holds")
        try:
            document = read.read(path)
        except UnreadableDocument as error:
            raise BadQuestions(f"{pairs}: {error}") from error
        held = tuple(placed.passage for placed in passages.split(document))
        if not any(map(is_pair, held)):
            raise BadQuestions(f"{pairs}: the first line must name columns question and answer")
        return {Revision(path.as_posix(), "", document.title, document.version, document.dated, ""): held}

    def _shelf(self) -> Shelf:
        from byheart.intake import Shelf

        parts = self.parts
        return Shelf(self.folder, self.ledger, parts.embedder, parts.prepare_index, parts.follow)

    def _press(self) -> Press:
        from byheart.export import Press

        parts = self.parts
        return Press(self.ledger, self.settings, parts.weights, parts.model_of, parts.exporter, models.known_as)

    def _workshop(self) -> Workshop:
        from byheart.workshop import Workshop

        parts = self.parts
        return Workshop(
            self.ledger,
            self.settings,
            self.folder / STUDIES,
            parts.trainer,
            parts.can_teach_upon,
            parts.model_of,
            lambda question, k: self.search(question, k=k),
            models.cache_folder() / _BASE_ANSWERS,
            parts.base if models.can_be_served(self.settings.model) else None,
            parts.quoting_reader(),
        )
