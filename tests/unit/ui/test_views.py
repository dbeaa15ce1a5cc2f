"""What is chosen side by side: the address says it, and a lost choice is none."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

PAGE = """
import streamlit as st
from core.ui.views import choose_view, read_view
views = {"list": ("All", None), "board": ("Board", None), "log": ("Log", None)}
chosen, unusable = read_view(views)
choose_view("the-view", chosen, views)
st.text(chosen)
for notice in unusable:
    st.warning(notice)
"""


def _open(**address: str) -> AppTest:
    test = AppTest.from_string(PAGE)
    for name, value in address.items():
        test.query_params[name] = value
    return test.run()


def _choose(test: AppTest, view: str | None) -> AppTest:
    control: Any = test.segmented_control(key="the-view")
    control.set_value(view)
    return test.run()


def test_the_first_view_is_shown_without_a_word_in_the_address() -> None:
    test = _open()
    assert test.text[0].value == "list"
    assert test.segmented_control(key="the-view").value == "list"


def test_the_address_chooses_and_says_what_it_cannot_use() -> None:
    assert _open(view="board").text[0].value == "board"
    unknown = _open(view="bord")
    assert unknown.text[0].value == "list"
    assert "'bord'" in unknown.warning[0].value


def test_a_choice_is_written_into_the_address_and_the_first_taken_out_of_it() -> None:
    test = _choose(_open(), "board")
    assert test.text[0].value == "board"
    assert test.query_params["view"] == "board"
    test = _choose(test, "list")
    assert test.text[0].value == "list"
    assert "view" not in test.query_params


def test_a_control_that_lost_its_value_changes_nothing() -> None:
    test = _choose(_open(view="board"), None)
    assert test.query_params["view"] == "board"
    assert test.text[0].value == "board"
    assert test.segmented_control(key="the-view").value == "board"
