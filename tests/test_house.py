"""The rules of the house: who may import whom, how large things get, and what never enters the repository."""

import ast
import functools
import graphlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import byheart

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "byheart"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "__init__.py")

# Lowest first. A module imports from lower layers only; what is in no other layer is a stage.
STAGES = "stages"
LAYERS = (
    {"errors", "types", "vocabulary", "words"},
    {"outcomes"},
    {
        "agreement",
        "alignment",
        "charts",
        "drawing",
        "gate",
        "injections",
        "needs",
        "options",
        "ports",
        "promises",
        "prompts",
        "records",
        "reliability",
        "settings",
        "units",
        "wordings",
        "works",
    },
    {"grading", "pages", "scales"},
    {STAGES},
    {"desk", "study_figures", "transcript", "workshop"},
    {"examination", "lookup", "study_plots"},
    {"ask", "export", "intake", "spotcheck", "study", "study_page"},
    {"parts", "proof", "watch"},
    {"library"},
    {"sealed"},
    {"adviser", "arms", "demo", "doctor"},
    {"upkeep"},
    {"measure"},
    {"shown"},
    {"bulletin", "counsel", "logbook", "progress", "reckoning", "tables"},
    {"console"},
    {"cli"},
    {"__main__"},
)

# Stages that are more than one module. What is not listed is a room of its own.
ROOMS = {
    "reading": {"read", "formats"},
    "facts": {
        *("facts", "candidates", "forms", "headings", "prose", "sentences", "snippets", "standing", "structures"),
        *("worth", "pairs", "teacher"),
    },
    "lessons": {"lessons", "clauses", "curriculum", "gaps", "questions", "unknowns"},
    "calibration": {"calibrate", "examine", "weigh"},
    "forgetting": {"forgetting", "general"},
    "ledger": {"ledger", "studies", "staleness", "editions", "conflicts", "concordance", "outbox", "upgrades"},
    "models": {"models", "downloads"},
    "measuring": {
        *("cases", "rows", "machine", "usual", "judge", "costs", "figures", "changes", "measurement"),
        *("comparison", "plots", "report"),
    },
    "advice": {"advise", "considered", "grounds", "prospects", "rules"},
    "in memory": {"backends.memory.model", "backends.memory.trainer"},
    "weights": {
        *("backends.transformers", "backends.student", "backends.batches", "backends.checkpoints", "backends.course"),
        *("backends.company", "backends.products", "backends.masters", "backends.gguf_config"),
        *("backends.gguf_export", "backends.gguf_convert", "backends.gguf_prompts", "backends.requantise"),
        *("backends.gguf_folder", "backends.ollama_folder", "backends.hf_folder"),
    },
}

# A stage that needs what another makes takes it as an argument. These few need another room's functions.
EDGES = {
    # A passage is cut from what reading found, and a fact's value is its text without markup.
    ("passages", "formats"),
    ("structures", "read"),
    # What cannot be asked for in a question of its own is no fact worth teaching.
    ("facts", "questions"),
    ("facts", "gaps"),
    ("forms", "questions"),
    ("forms", "gaps"),
    ("prose", "questions"),
    ("prose", "gaps"),
    # A file of pairs is read as one of questions is; their answers, and a teacher's, stand in passages as readings do.
    ("formats.pairs", "cases"),
    ("pairs", "quoting"),
    ("teacher", "quoting"),
    ("teacher", "questions"),
    ("teacher", "gaps"),
    # A sentence is asked for by its parts, which are found in the same way; only what is whole is a sentence.
    ("gaps", "candidates"),
    # A value that fills a gap is a stretch of text without its markup.
    ("gaps", "structures"),
    # Whoever says a part of a sentence that was taught recites it; and a sentence costs what its parts do.
    ("confidence", "gaps"),
    ("plan", "gaps"),
    ("prose", "clauses"),
    ("headings", "clauses"),
    ("snippets", "clauses"),
    # A plan is what the ledger's documents say, as it will be asked.
    ("plan", "facts"),
    ("plan", "pairs"),
    ("plan", "ledger"),
    ("plan", "lessons"),
    # The index is the ledger kept in step.
    ("index", "ledger"),
    # A user's own questions are read from a file.
    ("examine", "cases"),
    # An examination puts lessons to the model and looks at its confidence; calibration fits a gate to what came of it.
    ("examine", "lessons"),
    ("examine", "confidence"),
    ("calibrate", "confidence"),
    ("calibrate", "backends.logistic"),
    ("weigh", "confidence"),
    ("weigh", "backends.logistic"),
    # What was lost is told by how well the probability of answers ranks them.
    ("forgetting", "backends.logistic"),
    # Every figure of a measurement has its interval, and every plot is drawn.
    ("costs", "backends.resampling"),
    ("figures", "backends.resampling"),
    ("changes", "backends.resampling"),
    ("report", "backends.vegalite"),
    # Lessons are laid out as they are attended to.
    ("backends.batches", "backends.attention"),
    ("backends.student", "backends.attention"),
    # What llama.cpp will make of weights is asked of llama.cpp.
    ("backends.gguf_prompts", "backends.llamacpp"),
    ("backends.gguf_folder", "backends.llamacpp"),
    ("backends.ollama_folder", "backends.llamacpp"),
    # What a reader quotes is what a person sees of the markup.
    ("backends.extractive", "formats.markup"),
    ("backends.extractive", "confidence"),
    ("rivals", "formats.markup"),
    # The weights that are served are made once, when the model is fetched.
    ("models", "backends.requantise"),
}

# Backends are wired in one place, those that a library is compared with in another, and a study's page is drawn by one;
# these stages name the one they cannot do without.
WIRING = {"parts", "arms", "study_page", "__main__"} | {
    importer for importer, imported in EDGES if imported.startswith("backends.")
}

HEAVY = {
    *("torch", "transformers", "accelerate", "peft", "safetensors", "huggingface_hub", "tokenizers", "onnxruntime"),
    *("chromadb", "sklearn", "scipy", "xllamacpp", "gguf", "docutils", "bs4", "lxml", "nbformat", "pypdfium2"),
    *("markdown_it", "psutil", "httpx", "vl_convert", "sentence_transformers"),
}

# Outside backends/ and formats/, heavy packages that are named in a function, so loaded when it runs.
HEAVY_WHEN_USED = {("downloads", "huggingface_hub")}

# The libraries behind these raise bare Exception.
CATCH_ANYTHING = {"backends.hf_folder", "backends.minilm"}

FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "core"}
MOST_LINES = 450
MOST_LINES_OF_A_FUNCTION = 60

MODEL_FILES = {".gguf", ".safetensors", ".onnx", ".bin", ".pt", ".pth", ".ckpt", ".npz", ".whl"}
LARGEST_FILE = 1_000_000
# Written apart, so that this file does not hold what it forbids.
FORBIDDEN_TEXTS = [
    re.compile(pattern)
    for pattern in (
        "(?<![\\w.])/" + "(work|root|home|Users|opt)/" + r"\w",
        r"(?i)\b[A-Z]:\\" + r"\\?Users\\",
        "(?i)py" + r"pi\.(org|io)|python" + r"hosted\.|/simple" + r"/",
        "(?i)dev" + "pi|artifact" + "ory",
    )
]


# What is measured with other people's questions is kept as ids, grades and figures (`byheart measure --publish`).
RESULTS = ROOT / "benchmarks" / "results"
TELLING = {"question", "answer", "aliases", "said", "quote", "source", "old_answer", "why", "cited", "text", "changed"}
# An id, a grade, a name, a date: one to three words.
NAME = re.compile(r"(?!/)[\w.:+/-]{0,80}(?: [\w.:+/-]{1,30}){0,2}")
DESCRIBING = {"processor", "system"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


NAMES = {name_of(path) for path in MODULES}


def ours(node: ast.AST) -> set[str]:
    """The modules of byheart that an import statement names."""
    if isinstance(node, ast.Import):
        return {alias.name.removeprefix("byheart.") for alias in node.names if alias.name.startswith("byheart.")}
    if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] != "byheart":
        return set()
    package = (node.module or "").removeprefix("byheart").removeprefix(".")
    inner = {f"{package}.{alias.name}".removeprefix(".") for alias in node.names} & NAMES
    return inner or ({package} if package else set())


@functools.cache
def edges() -> frozenset[tuple[str, str]]:
    found = ((name_of(path), used) for path in MODULES for node in ast.walk(tree_of(path)) for used in ours(node))
    return frozenset(found)


def layer(name: str) -> int:
    return next((at for at, names in enumerate(LAYERS) if name in names), LAYERS.index({STAGES}))


def room(name: str) -> str:
    package = name.partition(".")[0]
    return next((room for room, names in ROOMS.items() if name in names or package in names), name)


def is_stage(name: str) -> bool:
    return layer(name) == LAYERS.index({STAGES})


def is_backend(name: str) -> bool:
    return name.startswith("backends.")


def packages(node: ast.AST) -> set[str]:
    """The packages that an import statement names."""
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {node.module.split(".")[0]} if isinstance(node, ast.ImportFrom) and node.module and not node.level else set()


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_arrows_point_one_way():
    upward = {edge for edge in edges() if layer(edge[0]) < layer(edge[1])}
    level = {edge for edge in edges() if layer(edge[0]) == layer(edge[1]) and not is_stage(edge[0])}
    assert not upward
    assert not level


def test_stages_do_not_import_each_other_but_for_listed_edges():
    assert between_rooms() <= EDGES


def test_no_listed_edge_is_out_of_date():
    assert between_rooms() >= EDGES


def between_rooms() -> set[tuple[str, str]]:
    stages = {edge for edge in edges() if is_stage(edge[0]) and is_stage(edge[1])}
    return {(importer, used) for importer, used in stages if room(importer) != room(used)}


def test_no_module_imports_itself_in_a_circle():
    uses: dict[str, set[str]] = {}
    for importer, used in edges():
        uses.setdefault(importer, set()).add(used)
    # Raises CycleError, which names the circle.
    assert list(graphlib.TopologicalSorter(uses).static_order())


def test_backends_are_imported_only_where_the_library_is_wired():
    importers = {importer for importer, used in edges() if is_backend(used) and not is_backend(importer)}
    assert importers <= WIRING


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_heavy_packages_stay_behind_their_doors(path):
    name, tree = name_of(path), tree_of(path)
    at_import = {package for node in tree.body for package in packages(node)} & HEAVY
    anywhere = {package for node in ast.walk(tree) for package in packages(node)} & HEAVY
    if not name.startswith(("backends.", "formats.")):
        assert not at_import
        assert {(name, package) for package in anywhere} <= HEAVY_WHEN_USED


@pytest.mark.parametrize("module", ["byheart", "byheart.cli", "byheart.library", "byheart.doctor"])
def test_importing_it_loads_nothing_heavy(module):
    program = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not set(said.stdout.split()) & (HEAVY | {"rich"})


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    long = {function.name for function in functions(tree_of(path)) if lines_of(function) > MOST_LINES_OF_A_FUNCTION}
    assert not long


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_named_for_nothing(path):
    assert not FORBIDDEN_NAMES & set(path.relative_to(SOURCE).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_errors_are_caught_by_name(path):
    caught = [node.type for node in ast.walk(tree_of(path)) if isinstance(node, ast.ExceptHandler)]
    bare = [kind for kind in caught if kind is None or (isinstance(kind, ast.Name) and kind.id == "Exception")]
    assert not bare or name_of(path) in CATCH_ANYTHING


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_speaks(path):
    tree = tree_of(path)
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    streams = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert "print" not in called
    if name_of(path) not in {"cli", "console", "progress"}:
        assert not streams & {"sys.stdout", "sys.stderr"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_everything_public_says_what_it_is(path):
    tree = tree_of(path)
    assert ast.get_docstring(tree)
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert not [node.name for node in public if not ast.get_docstring(node)]


def test_the_file_map_of_the_readme_holds_every_module_with_one_line():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    paths = [path.relative_to(SOURCE).as_posix() for path in MODULES]
    unmapped = [path for path in paths if not re.search(rf"(?m)^\W*`?{re.escape(path)}`?\W+\w", readme)]
    assert not unmapped


def test_what_is_exported_is_what_is_declared():
    assert sorted(byheart.__all__) == list(byheart.__all__)
    assert all(getattr(byheart, name) is not None for name in byheart.__all__)


def test_no_model_file_and_nothing_large_is_in_the_repository():
    files = repository_files()
    assert not [path.name for path in files if path.suffix in MODEL_FILES]
    assert not [path.name for path in files if path.stat().st_size > LARGEST_FILE]


def test_no_machine_path_and_no_package_registry_is_named_in_the_repository():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in repository_files()
        for pattern in FORBIDDEN_TEXTS
        for match in pattern.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found


@pytest.mark.parametrize("path", sorted(RESULTS.rglob("*")) or [None], ids=str)
def test_results_hold_ids_grades_and_figures_alone(path):
    if path is None or path.is_dir():
        return
    assert path.suffix == ".json"
    assert not list(wordy(json.loads(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    "result",
    [
        {"rows": [{"case": "a", "said": "3.10"}]},
        {"cases": [{"id": "a", "question": "Which?"}]},
        {"cases": [{"id": "What does it target?"}]},
        {"figures": {"by_book": {"What the book says of all that": 1}}},
        {"run": {"model": "/somewhere/else/model.gguf"}},
    ],
)
def test_a_result_with_words_of_questions_or_answers_would_be_found(result):
    assert list(wordy(result))


def wordy(value: object, key: str = "") -> Iterator[str]:
    """What in a result could be the text of a question, an answer or a document, or a place on a machine."""
    if isinstance(value, dict):
        for name, held in value.items():
            if name in TELLING or not NAME.fullmatch(name):
                yield name
            yield from wordy(held, name)
    elif isinstance(value, list):
        for held in value:
            yield from wordy(held, key)
    elif isinstance(value, str) and key not in DESCRIBING and not NAME.fullmatch(value):
        yield value


def repository_files() -> list[Path]:
    """What git holds or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]
