"""Texts that are alike are one cluster, named by what they share; noise makes none."""

from __future__ import annotations

import numpy as np

from core.gaps.mining_rules import mining_rules
from core.gaps.mining_texts import mine_texts

RULES = mining_rules().texts
ABOUT = {
    "parody": "parody page of a broadcaster {0} without a label speaks in its name on {1}",
    "lyrics": "song lyrics quoted by a radio station {0} were removed as a slur on {1}",
    "archive": "archive footage of a war crime trial shown by {0} carries a warning on {1}",
}
NAMES = ("north", "south", "river", "harbour", "valley", "meadow", "castle", "island")
PLACES = ("feed", "reels", "stories", "video", "groups")
NOISE = [chr(97 + i) + chr(97 + j) for i in range(26) for j in range(26)]


def quiet(_share: float, _what: str) -> None:
    """Nobody watches."""


def texts(seed: int, each: int, noise: int) -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(seed)
    found, truth = [], []
    for number, pattern in enumerate(ABOUT.values()):
        for _ in range(each):
            found.append(pattern.format(rng.choice(NAMES), rng.choice(PLACES)))
            truth.append(number)
    for _ in range(noise):
        found.append(" ".join("".join(rng.choice(NOISE, 3)) for _ in range(9)))
        truth.append(-1)
    order = rng.permutation(len(found))
    return [found[i] for i in order], np.array(truth)[order]


def test_each_kind_of_text_is_one_stable_cluster_with_its_terms() -> None:
    found, truth = texts(1, 20, 30)
    mined = mine_texts(found, RULES, quiet)
    assert len(mined.clusters) == 3
    for cluster in mined.clusters:
        kinds = truth[list(cluster.members)]
        assert len(set(kinds.tolist())) == 1
        assert len(cluster.members) == 20
        assert cluster.stability > 0.9
        told = " ".join(cluster.terms)
        assert any(word in told for word in list(ABOUT.values())[kinds[0]].split())
    assert mined.agreement > 0.9


def test_texts_without_anything_in_common_make_no_cluster() -> None:
    found, _ = texts(2, 0, 60)
    assert mine_texts(found, RULES, quiet).clusters == ()


def test_few_texts_are_not_parted() -> None:
    assert mine_texts(["one", "two"], RULES, quiet).clusters == ()
    assert mine_texts(["", *[""] * 20], RULES, quiet).clusters == ()


def test_the_same_texts_give_the_same_clusters() -> None:
    found, _ = texts(3, 12, 20)
    assert mine_texts(found, RULES, quiet) == mine_texts(found, RULES, quiet)
