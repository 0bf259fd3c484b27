"""A real llama.cpp server behind an address: asked, and then gone."""

import subprocess
import sys

import pytest

import byheart
from byheart import agreement, facts, grading, models, prompts, quoting, teacher
from byheart.backends.openai import OpenAI
from byheart.parts import served
from byheart.settings import FILE
from byheart.types import Hit, Origin, Passage
from conftest import write_proposal

pytestmark = pytest.mark.real

SERVE = """
import sys, time, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx = 2048
params.n_parallel = 1
params.verbosity = 0
params.hostnames = ["127.0.0.1"]
params.port = 0
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def server():
    """A llama.cpp server in a process of its own: its address, and the process."""
    models.fetch(["smollm2-135m-instruct"])
    weights = models.weights_to_serve("smollm2-135m-instruct")
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, weights], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        address = process.stdout.readline().strip()
        yield f"{address if address.startswith('http') else f'http://{address}'}/v1", process
        process.kill()


def test_a_served_model_answers_from_documents_and_its_end_is_an_honest_decline(server, tmp_path):
    address, process = server
    home = byheart.new(tmp_path / "library")
    (home / FILE).write_text(f'embedder = "memory"\nserver = "{address}"\ntimeout = 60\n', encoding="utf-8")
    write_proposal(tmp_path, 3)
    with byheart.open(home) as library:
        library.add([tmp_path / "prop-0103.rst"])
        answer = library.ask("Which Python-Version does PROP 103 have?", side="documents")
        assert answer.tokens_in > 20
        assert 0 < answer.tokens_out <= library.settings.answer_tokens
        process.kill()
        process.wait()
        answer = library.ask("Which Python-Version does PROP 103 have?")
    assert answer.origin is Origin.NONE
    assert address in answer.why


def test_a_served_model_says_how_sure_it_is_of_each_token(server):
    address, _ = server
    client = OpenAI(address)
    draft = client.complete("What is the capital of France?", tokens=8, timeout=60)
    client.close()
    assert draft.text
    assert 1 < len(draft.tokens) <= 8
    assert all(token.logprob <= 0 and token.margin >= 0 for token in draft.tokens)
    assert draft.tokens_in > 5


def test_what_a_real_teacher_gives_and_is_kept_keeps_the_rules(server, tmp_path):
    address, _ = server
    text = "The ``pouch.carry`` function lifts a joey into the pouch. A closed pouch stays warm for two hours."
    passage = Passage("p", "Pouches", ("Care",), text)
    found = facts.find([[passage]]).facts
    model = served(address, option="--teacher", stop=())
    teacher.consult(tmp_path, model, found, {"p": passage}, timeout=300, watch=lambda done, total: None)
    (given,) = teacher.kept(tmp_path, {"p": passage})
    assert given.requests >= 3
    assert given.tokens_in > 100
    assert given.tokens_out > 10
    values = {fact.id: fact.value for fact in found}
    assert all(values[fact] in told for fact, told in given.rewrites)
    hit = Hit(text, 0.0, "", passage.heading, 0, len(text), title=passage.title, passage="p")
    for question, answer, start, end in given.pairs:
        assert quoting.quote(answer, question, text) == (start, end)
        again = model.complete(prompts.read(question, [hit]), tokens=48, timeout=300).text
        assert not grading.declines(again)
        assert not agreement.answers_differ(again, answer)
    model.close()
