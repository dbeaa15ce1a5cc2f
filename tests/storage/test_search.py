"""The search finds the same cases on both stores, whatever script they are written in."""

from __future__ import annotations

import pytest

from core.errors import BadInput
from core.storage.search import MOST, words_of
from tests.storage.builders import Door, a_case

TITLES = [
    "Page unpublished on election night",
    "Wrong rights match: goal clips REMOVED",
    "حساب صحفي منتحل",
    "บัญชีถูกปิดผิดพลาด",
    "东京电视台的视频被删除",
    "アカウント停止のお知らせ ",
    "STRASSE und Straße, ﬁnal",
    'It\'s 100% "quoted" back\\slash a_b',
    "ab",
]


@pytest.fixture
def shelf(door: Door) -> Door:
    """A store with a title in each script."""
    door.admit(*(a_case(n, title=title) for n, title in enumerate(TITLES)))
    return door


QUERIES: list[tuple[str, list[int]]] = [
    ("election", [0]),
    ("ELECTION page", [0]),
    ("lectio", [0]),
    ("election goal", []),
    ("removed", [1]),
    ("صحفي", [2]),
    ("حساب منتحل", [2]),
    ("บัญชี", [3]),
    ("ปิด", [3]),
    ("ผิ", [3]),
    ("东京", [4]),
    ("视频", [4]),
    ("删除", [4]),
    ("京电视", [4]),
    ("停止", [5]),
    ("ｱｶｳﾝﾄ", [5]),
    ("らせ", [5]),
    ("strasse", [6]),
    ("straße", [6]),
    ("final", [6]),
    ('"rights match"', [1]),
    ('"match rights"', []),
    ("match rights", [1]),
    ('"on election"', [0]),
    ("it's", [7]),
    ("100%", [7]),
    ("a_b", [7]),
    ("back\\slash", [7]),
    ("ab", [8]),
    ("ht", [0, 1]),
    ("es", []),
    ("no_match_at_all", []),
]


def test_words_are_found_as_folded_substrings(shelf: Door) -> None:
    found = {query: sorted(shelf.found(query)) for query, _ in QUERIES}
    assert found == {query: [f"T{n}" for n in numbers] for query, numbers in QUERIES}


def test_a_case_is_found_by_its_reference_and_by_its_number_in_the_source(shelf: Door) -> None:
    assert shelf.found("e-000003") == ["T2"]
    assert shelf.found("T4") == ["T4"]


def test_pieces_in_the_wrong_order_are_no_match(door: Door) -> None:
    door.admit(a_case(1, title="abcd bcde"), a_case(2, title="abcde"))
    assert door.found("abcde") == ["T2"]


def test_the_newest_case_comes_first_and_the_limit_holds(shelf: Door) -> None:
    assert shelf.found("ht") == ["T1", "T0"]


def test_a_query_without_a_word_of_two_letters_is_refused(shelf: Door) -> None:
    with pytest.raises(BadInput):
        shelf.found("a ' 京")


def test_a_query_of_too_many_words_is_refused(shelf: Door) -> None:
    with pytest.raises(BadInput, match="Too many"):
        shelf.found(" ".join(f"word{n}" for n in range(MOST + 1)))


def test_no_query_can_break_the_search(shelf: Door) -> None:
    for query in (
        "nul\x00inside",
        "half \ud800 a letter",
        '"open quote',
        'AND OR NOT NEAR( "" *',
        "co^lumn: {x} (y -z",
        "' OR 1=1 --",
        "\\' & | ! :* <->",
        "100% _under",
        "\ud7ff\U0010ffff",
        " ".join(f"word{n}" for n in range(MOST)),
        "x" * 5000,
        "(" * 300,
    ):
        assert shelf.found(query) == [], query


def test_words_and_phrases_are_told_apart() -> None:
    assert words_of(' Big  "RED  house" x 東京 big ') == ("big", "red house", "東京")


def test_a_changed_title_is_found_by_its_new_words_only(shelf: Door) -> None:
    shelf.admit(a_case(0, title="Livestream cut"))
    assert shelf.found("election") == []
    assert shelf.found("livestream") == ["T0"]
