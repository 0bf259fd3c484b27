"""Keeps search in step with the ledger, and searches: words and vectors, fused.

Takes documents into the ledger, with a vector for each passage that is new; takes a question, gives the passages
that most likely tell the answer, best first. It deliberately reads no files and loads no backend: the embedder
and the vector store are handed in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from byheart import passages, words
from byheart.ledger import Ledger
from byheart.ports import Embedder, Store
from byheart.types import Document, Hit, Holding, Passage, Revision

# How many passages each side puts forward. Twice as many find nothing more among the ten best.
_CANDIDATES = 50

# What the words weigh against the vectors, whose cosine counts once; docs/decisions/ has the figures.
_WORDS = 0.5
_NEARNESS = 1.0

# An answer and the words that were asked for stand in one sentence: that many terms long, about.
_SENTENCE = 15


def add_document(
    ledger: Ledger, embedder: Embedder, document: Document, revision: Revision, holding: Holding | None
) -> int:
    """Makes `document` the text of its source and embeds the passages that are new; gives how many those were."""
    placed = passages.split(document)
    wanted = ledger.without_vector([place.passage.id for place in placed])
    new = {place.passage.id: place.passage for place in placed if place.passage.id in wanted}
    vectors = embedder.embed([_embedded_text(passage) for passage in new.values()])
    ledger.record(revision, document, placed, dict(zip(new, vectors, strict=True)), holding)
    return len(new)


def follow(ledger: Ledger, store: Store) -> int:
    """Tells the store what it has yet to learn, and gives how many passages it was told; can be interrupted."""
    told = 0
    while True:
        puts, vectors, drops = ledger.pending()
        if not puts and not drops:
            return told
        if puts:
            store.put(puts, vectors)
        if drops:
            store.drop(drops)
        ledger.settled(puts, drops)
        told += len(puts)


def search(ledger: Ledger, embedder: Embedder, store: Store, question: str, k: int) -> list[Hit]:
    """At most `k` passages, best first.

    A score is the sum of the cosine to the question, half of the share of its words' weight that BM25 gives, and
    the share of that weight which stands in the title, the headings and one sentence's length of the text.
    """
    (vector,) = embedder.embed([question])
    most = max(k, _CANDIDATES)
    cosines = dict(store.nearest(vector, most))
    by_words = dict(ledger.search_words(question, most))
    unseen = ledger.vectors([passage for passage in by_words if passage not in cosines])
    cosines |= {passage: float(unseen[passage] @ vector) for passage in unseen}
    rarity = ledger.words.rarity(list(dict.fromkeys(words.content_terms(question))))
    weight = sum(rarity.values())
    scores = {
        passage: cosines[passage]
        + (_WORDS * by_words.get(passage, 0.0) + _NEARNESS * _nearness(rarity, above, text)) / (weight or 1.0)
        for passage, (above, text) in ledger.words.terms(list(cosines)).items()
    }
    return ledger.hits(sorted(scores.items(), key=lambda scored: -scored[1])[:k])


def _embedded_text(passage: Passage) -> str:
    return f"{' > '.join((passage.title, *passage.heading))}\n{passage.text}"


def _nearness(rarity: Mapping[str, float], above: Collection[str], text: Sequence[str]) -> float:
    """The weight of the wanted terms in `above`, and in the best stretch of `text` of a sentence's length."""
    named = rarity.keys() & set(above)
    places = [(place, term) for place, term in enumerate(text) if term in rarity and term not in named]
    best = 0.0
    for first, (start, _) in enumerate(places):
        near = {term for place, term in places[first : first + _SENTENCE] if place < start + _SENTENCE}
        best = max(best, sum(rarity[term] for term in near))
    return best + sum(rarity[term] for term in named)
