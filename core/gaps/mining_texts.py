"""Clusters of texts that are alike, named by their terms, with how stable they are. Pure.

Texts go in, positions and terms come out; nothing of it is logged. This module is slow to import
and belongs to the pages of gaps alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix, hstack
from scipy.spatial.distance import squareform
from sklearn.feature_extraction.text import (
    ENGLISH_STOP_WORDS,
    CountVectorizer,
    TfidfVectorizer,
)
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import normalize

from core.gaps.mining_rules import TextRules
from core.stats.arrays import Floats, Ints
from core.stats.one_thread import one_thread

Progress = Callable[[float, str], None]
WORDS = r"(?u)\b[^\W\d_]{3,}\b"  # numbers and short words name nothing


@dataclass(frozen=True, slots=True)
class TextCluster:
    """Texts by their positions, the terms that tell them from the others, and how sure that is."""

    members: tuple[int, ...]
    terms: tuple[str, ...]
    stability: float  # how much of it is found again among four in five of the texts
    alike: float  # mean likeness of its texts


@dataclass(frozen=True, slots=True)
class MinedTexts:
    """Clusters, the largest first; ``agreement`` compares the whole parting with those redone."""

    clusters: tuple[TextCluster, ...]
    texts: int
    agreement: float  # adjusted Rand index; 1 is the same parting each time


def mine_texts(texts: Sequence[str], rules: TextRules, progress: Progress) -> MinedTexts:
    """Part texts into clusters of those that are alike."""
    if len(texts) < rules.least_cases:
        return MinedTexts((), len(texts), 1.0)
    progress(0.1, "Comparing texts")
    with one_thread():
        alike = _likeness(texts, rules)
    progress(0.5, "Parting texts")
    labels = _parted(alike, rules)
    again = [_again(alike, labels, rules, draw) for draw in range(rules.draws)]
    progress(0.9, "Naming what was found")
    sizes = np.bincount(labels)
    kept = [c for c in np.argsort(-sizes).tolist() if sizes[c] >= rules.least_cases]
    terms = _terms(texts, labels, kept, rules)
    found = []
    for place, label in enumerate(kept):
        inside = np.flatnonzero(labels == label)
        stability = float(np.mean([_found_again(inside, one) for one in again]))
        if stability >= rules.least_stability:
            likeness = float(alike[np.ix_(inside, inside)].mean())
            found.append(TextCluster(tuple(inside.tolist()), terms[place], stability, likeness))
    agreement = float(np.mean([adjusted_rand_score(labels[rows], new) for rows, new in again]))
    return MinedTexts(tuple(found), len(texts), agreement)


def _likeness(texts: Sequence[str], rules: TextRules) -> Floats:
    """Cosine of word and character n-grams together."""
    shared = {"max_df": rules.most_share, "sublinear_tf": True, "max_features": rules.most_features}
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, token_pattern=WORDS, **shared)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **shared)
    both = hstack([_counted(words, texts), _counted(letters, texts)]).tocsr()
    if not both.shape[1]:
        return np.eye(len(texts))
    both = normalize(both)
    found: Floats = np.asarray((both @ both.T).todense(), dtype=np.float64)
    return np.clip(found, 0.0, 1.0)


def _counted(vectorizer: CountVectorizer, texts: Sequence[str]) -> csr_matrix:
    """N-grams of the texts; none where no n-gram is left to count."""
    try:
        counted: csr_matrix = vectorizer.fit_transform(texts)
    except ValueError:
        return csr_matrix((len(texts), 0))
    return counted


def _parted(alike: Floats, rules: TextRules) -> Ints:
    """The cluster of each text; two join while their texts are alike enough on average."""
    if len(alike) < 2:
        return np.zeros(len(alike), dtype=np.int64)
    far = 1 - alike
    np.fill_diagonal(far, 0.0)
    tree = linkage(squareform(far, checks=False), method="average")
    return fcluster(tree, 1 - rules.alike_from, criterion="distance").astype(np.int64) - 1


def _again(alike: Floats, labels: Ints, rules: TextRules, draw: int) -> tuple[Ints, Ints]:
    """Some of the texts parted anew."""
    rng = np.random.default_rng([rules.seed, draw])
    number = max(2, int(len(labels) * rules.draw_share))
    rows = np.sort(rng.choice(len(labels), number, replace=False))
    return rows, _parted(alike[np.ix_(rows, rows)], rules)


def _found_again(inside: Ints, again: tuple[Ints, Ints]) -> float:
    """How much the most alike cluster of another parting shares with this one."""
    rows, labels = again
    own = np.isin(rows, inside)
    if not own.any():
        return 0.0
    sizes, shared = np.bincount(labels), np.bincount(labels[own], minlength=labels.max() + 1)
    return float((shared / (sizes + own.sum() - shared)).max())


def _terms(
    texts: Sequence[str], labels: Ints, kept: Sequence[int], rules: TextRules
) -> list[tuple[str, ...]]:
    """The terms of each cluster by class-based TF-IDF, such as stand in many of its texts."""
    if not kept:
        return []
    counter = CountVectorizer(
        ngram_range=(1, 2), min_df=2, token_pattern=WORDS, stop_words=list(ENGLISH_STOP_WORDS)
    )
    counts = _counted(counter, texts).tocsr()
    if not counts.shape[1]:
        return [()] * len(kept)
    names = counter.get_feature_names_out()
    whole = _summed(counts)
    average = float(whole.sum()) / max(1, len(set(labels.tolist())))
    found = []
    for label in kept:
        own = counts[np.flatnonzero(labels == label)]
        often = _summed(own > 0) / own.shape[0]
        tf = _summed(own) / max(1.0, float(_summed(own).sum()))
        worth = np.where(often >= rules.term_share, tf * np.log1p(average / whole), 0.0)
        order = np.argsort(-worth, kind="stable")[: 4 * rules.terms]
        found.append(_distinct([str(names[i]) for i in order if worth[i] > 0], rules.terms))
    return found


def _summed(counts: csr_matrix) -> Floats:
    """Of each n-gram how often it stands in the texts."""
    return np.asarray(counts.sum(axis=0), dtype=np.float64).ravel()


def _distinct(names: Sequence[str], most: int) -> tuple[str, ...]:
    """Without words that a chosen pair of words has already."""
    found: list[str] = []
    for name in sorted(names, key=lambda n: (-n.count(" "), names.index(n))):
        if not any(set(name.split()) & set(other.split()) for other in found):
            found.append(name)
    return tuple(sorted(found, key=names.index)[:most])
