"""What every embedder keeps to: the one in RAM, and MiniLM."""

import numpy
import pytest

from byheart import models
from byheart.backends.memory.embedder import MemoryEmbedder
from byheart.errors import LibraryDamaged, ModelMissing

TEXTS = [
    "The walrus operator assigns a value within an expression.",
    "An assignment inside an expression uses the walrus operator.",
    "Virtual environments keep the packages of projects apart.",
    "",
    "word " * 2000,
]


@pytest.fixture(scope="module", params=["memory", pytest.param("minilm", marks=pytest.mark.real)])
def embedder(request):
    return MemoryEmbedder() if request.param == "memory" else minilm()


def minilm():
    from byheart.backends.minilm import MiniLM

    name = "all-minilm-l6-v2-int8"
    return MiniLM(models.path_of(name), name=name)


def test_each_text_has_a_row_of_length_one(embedder):
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    assert vectors.dtype == numpy.float32
    assert numpy.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_text_gives_no_row(embedder):
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_texts_of_one_meaning_are_nearer_than_others(embedder):
    one, same, other = embedder.embed(TEXTS[:3])
    assert one @ same > one @ other


def test_a_text_has_the_same_vector_alone_and_in_company_in_any_order(embedder):
    together = embedder.embed(TEXTS[::-1])[::-1]
    alone = numpy.concatenate([embedder.embed([text]) for text in TEXTS])
    assert numpy.abs(together - alone).max() < 1e-4


def test_the_name_is_what_the_settings_call_it(embedder):
    assert embedder.name in ("memory", "all-minilm-l6-v2-int8")


@pytest.mark.real
def test_an_encoder_that_is_not_there_is_refused_with_the_remedy(tmp_path):
    from byheart.backends.minilm import MiniLM

    with pytest.raises(ModelMissing) as raised:
        MiniLM(tmp_path)
    assert raised.value.hint == "byheart fetch"


@pytest.mark.real
def test_an_encoder_that_is_damaged_is_refused_with_the_remedy(tmp_path):
    from byheart.backends.minilm import MiniLM

    for file in ("tokenizer.json", "model.onnx"):
        (tmp_path / file).write_bytes(b"not a model")
    with pytest.raises(LibraryDamaged) as raised:
        MiniLM(tmp_path)
    assert raised.value.hint == "byheart fetch"
