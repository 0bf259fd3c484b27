"""Keeps search in step with the ledger, and searches: words and vectors, fused.

Takes documents into the ledger, with a vector for each passage that is new; takes a question, gives the passages
that most likely tell the answer, best first. It deliberately reads no files and loads no backend: the embedder
and the vector store are handed in.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from byheart import words
from byheart.ledger import Ledger
from byheart.ports import Embedder, Store
from byheart.types import Document, Hit, Holding, Passage, Placed, Revision

# How many passages each side puts forward. Three times as many find nothing more among the ten best.
_CANDIDATES = 30

# What BM25's share of its best counts beside the cosine and the nearness; docs/decisions/ has the figures.
_BM25 = 0.5

# An answer and the words that were asked for stand in one sentence: that many terms long, about.
_SENTENCE = 20


def add_document(
    ledger: Ledger,
    embedder: Embedder,
    document: Document,
    revision: Revision,
    placed: Sequence[Placed],
    holding: Holding | None,
) -> int:
    """Makes `document`, split into `placed`, the text of its source; gives how many passages were new and embedded."""
    wanted = ledger.without_vector([place.passage.id for place in placed])
    new = {place.passage.id: place.passage for place in placed if place.passage.id in wanted}
    vectors = embedder.embed([_embedded_text(passage) for passage in new.values()])
    ledger.record(revision, document, placed, dict(zip(new, vectors, strict=True)), holding)
    return len(new)


def follow(ledger: Ledger, store: Store) -> int:
    """Tells the store what it has yet to learn, and gives how many passages it was told; can be interrupted."""
    told = 0
    while True:
        puts, vectors, drops = ledger.outbox.pending()
        if not puts and not drops:
            return told
        if puts:
            store.put(puts, vectors)
        if drops:
            store.drop(drops)
        ledger.outbox.settled(puts, drops)
        told += len(puts)


def search(ledger: Ledger, embedder: Embedder, store: Store, question: str, k: int) -> list[Hit]:
    """At most `k` passages, best first.

    A score (0 to 2.5, about) is the sum of three: the cosine to the question, half of BM25's score as a share of the
    best one, and the share of the question's words that stand near each other.
    """
    (vector,) = embedder.embed([question])
    most = max(k, _CANDIDATES)
    cosines = dict(store.nearest(vector, most))
    by_words = dict(ledger.search_words(question, most))
    unseen = ledger.vectors([passage for passage in by_words if passage not in cosines])
    cosines |= {passage: float(unseen[passage] @ vector) for passage in unseen}
    best = max(by_words.values(), default=1.0)
    wanted = frozenset(words.content_terms(question))
    scores = {
        passage: cosines[passage] + _BM25 * by_words.get(passage, 0.0) / best + _nearness(wanted, above, text)
        for passage, (above, text) in ledger.words.terms(list(cosines)).items()
    }
    ranked = sorted(scores.items(), key=lambda scored: -scored[1])[:k]
    return ledger.hits(ranked, named=ledger.editions.named(question).sources)


def _embedded_text(passage: Passage) -> str:
    return f"{' > '.join((passage.title, *passage.heading))}\n{passage.text}"


def _nearness(wanted: Set[str], above: Sequence[str], text: Sequence[str]) -> float:
    """The share (0 to 1) of the wanted terms in one sentence's length of `text`; half for one only in `above`."""
    named = wanted & set(above)
    worth = {term: 0.5 if term in named else 1.0 for term in wanted}
    last: dict[str, int] = {}
    best = 0.0
    for place, term in enumerate(text):
        if term in worth:
            last[term] = place
            best = max(best, sum(worth[held] for held, at in last.items() if place - at < _SENTENCE))
    return (best + len(named) / 2) / max(len(wanted), 1)
