"""What the service view says of peers, ratings and tails."""

from __future__ import annotations

import math
from datetime import date

import pytest

from core.cases.filter import CaseFilter
from core.cases.measures import Csat
from core.desk.partner_served import Beside, CsatFigure
from core.desk.partner_served_filters import Days
from core.ui.partner.peers import WORDS, beside_words, mixed_words
from core.ui.partner.served import csat_words

DAYS = Days(date(2026, 8, 18), date(2026, 11, 15))


def beside(chance: float, *, alike: int = 3, peers: int | None = 31) -> Beside:
    return Beside(alike, peers, chance, 9, 7.32, 0.8)


@pytest.mark.parametrize(
    ("chance", "alike", "words"),
    [
        (0.95, 3, "slower than 31 peers like it"),
        (0.05, 3, "faster than 31 peers like it"),
        (0.5, 3, "indistinguishable from its peers"),
        (0.89, 3, "indistinguishable from its peers"),
        (0.9, 2, "slower than 31 partners of its tier and category"),
        (0.5, 1, "indistinguishable from 31 partners of its tier"),
        (0.5, 0, "indistinguishable from 31 partners of every tier"),
    ],
)
def test_a_difference_is_told_only_beyond_chance(chance: float, alike: int, words: str) -> None:
    assert beside_words("reply_tail", beside(chance, alike=alike)) == words


def test_who_may_not_know_how_many_peers_there_are_reads_no_number() -> None:
    assert beside_words("frt", beside(0.95, peers=None)).endswith("than peers like it")
    words = beside_words("frt", beside(0.5, alike=1, peers=None))
    assert words == "indistinguishable from partners of its tier"


def test_without_enough_peers_nothing_is_said() -> None:
    assert beside_words("frt", None) == ""
    assert mixed_words(None) == ""
    assert mixed_words(beside(0.5)) == "9 against 7.3"


def test_every_compared_figure_has_words_for_both_ways() -> None:
    for name in WORDS:
        worse, better = (beside_words(name, beside(chance)) for chance in (0.99, 0.01))
        assert worse != better
        assert worse.endswith("than 31 peers like it")


def csat(resolved: int, answered: int, satisfied: int) -> CsatFigure:
    none = CaseFilter()
    counts = Csat(resolved, answered, satisfied)
    return CsatFigure(counts, 0.5, 0.9, DAYS, none, none, none, None)


def test_ratings_are_told_with_what_silence_leaves_open() -> None:
    words = csat_words(csat(100, 20, 15), 0.8)
    for part in ("**75 %**", "50 % to 90 %", "20 % answered", "80 cases", "15 %", "95 %"):
        assert part in words
    assert "unknown" in csat_words(csat(12, 0, 0), 0.8)
    assert "nobody could be asked" in csat_words(csat(0, 0, 0), 0.8)
    assert not math.isnan(csat(0, 0, 0).csat.silent)
