from byheart import usual
from byheart.backends.memory.embedder import MemoryEmbedder
from byheart.backends.memory.model import MemoryModel
from byheart.backends.memory.store import MemoryStore

TEXTS = {f"p{number:03}": f"Passage {number} is about topic{number}." for number in range(150)}


def filled(texts):
    embedder, store, begun = MemoryEmbedder(), MemoryStore(), []
    usual.fill(embedder, store, texts, watch=begun.append)
    return embedder, store, begun


def test_an_index_that_was_filled_half_is_filled_on():
    embedder, store, begun = filled(dict(list(TEXTS.items())[:64]))
    assert begun == [0]
    usual.fill(embedder, store, TEXTS, watch=begun.append)
    assert begun == [0, 64, 128]
    assert store.count() == len(TEXTS)
    usual.fill(embedder, store, TEXTS, watch=begun.append)
    assert begun == [0, 64, 128]


def test_the_ten_nearest_passages_are_pasted_before_the_question():
    embedder, store, _ = filled(TEXTS)
    pipeline = usual.Pipeline(embedder, store, MemoryModel(), TEXTS, tokens=8, timeout=5)
    nearest = usual.nearest(pipeline, "What is topic42 about?")
    assert len(nearest) == usual.PASSAGES
    assert nearest[0] == "p042"
    pasted = usual.answer(pipeline, "What is topic42 about?", nearest)
    # More than ten passages of six words, and no more than that and the question's frame.
    assert 60 < pasted.tokens_in < 90
