"""Words of a refusal that stand alone on the screen."""

from __future__ import annotations

import pytest

from core.errors import BadInput, Refused
from core.ui.states import placed, sentence


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("the file may be cut off; export it again", "The file may be cut off; export it again."),
        ("Ask Ada.", "Ask Ada."),
        ("file.encoding says how it is written", "file.encoding says how it is written."),
        ("--suggest writes one", "--suggest writes one."),
        ("", ""),
    ],
)
def test_a_hint_reads_as_a_sentence_and_keeps_names_as_they_are(words: str, said: str) -> None:
    assert sentence(words) == said


def test_a_refusal_is_told_with_its_place_where_it_has_one() -> None:
    assert placed(BadInput("No rows.", at="bad.csv, line 1")) == "bad.csv, line 1: No rows."
    assert placed(BadInput("The password is too short.", at="password")) == (
        "The password is too short."
    )
    assert placed(Refused("Not now.")) == "Not now."
