"""Every act that the log of a gap keeps is told in words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from core.gaps.model import GapEntry
from core.gaps.words import WORDS, entry_words
from core.gaps.workflow import moves
from core.settings import REFERENCE_DIR
from tests.support.gaps import AT

CORE = REFERENCE_DIR.parents[1] / "core"
ENTRY = GapEntry(1, 1, AT, "ann", "noted", "", "", "", is_erased=False)


def test_every_act_has_words() -> None:
    logged = {
        act
        for path in (*(CORE / "desk").glob("*.py"), *(CORE / "storage").glob("gap*.py"))
        for act in re.findall(r'\bLine\(\s*"(\w+)"', path.read_text("utf-8"))
    }
    assert logged == set(WORDS)


@pytest.mark.parametrize(
    ("act", "value", "refs", "said"),
    [
        ("edited", "title target_on", (), "changed title target on"),
        ("linked", "strong", ("E-1",), "linked 1 case as strong evidence"),
        ("unlinked", "", ("E-1", "E-2"), "unlinked 2 cases"),
        ("accept_part", "accepted_part", (), "set the response to accepted in part"),
        ("ship", "shipped", (), "set the implementation to shipped"),
    ],
)
def test_an_entry_is_told_as_a_sentence_goes_on(
    act: str, value: str, refs: tuple[str, ...], said: str
) -> None:
    assert entry_words(replace(ENTRY, act=act, value=value, refs=refs)) == said


def test_no_act_of_the_table_is_told_as_its_code() -> None:
    for move in moves().values():
        told = entry_words(replace(ENTRY, act=move.act, value=move.to))
        assert told.startswith("set the ")
        assert "_" not in told
