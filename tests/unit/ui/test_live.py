"""A page that refreshes itself is told from a person who does something."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def a_page() -> None:
    import streamlit as st  # noqa: PLC0415 -- this function becomes a script of its own

    from core.ui.live import is_by_a_person  # noqa: PLC0415

    st.button("Press", key="press")
    st.text_input("Text", key="text")
    st.text("person" if is_by_a_person() else "itself")


def said(app: AppTest) -> str:
    return str(app.text[0].value)


def test_a_run_without_any_change_is_the_pages_own() -> None:
    app = AppTest.from_function(a_page).run()
    assert said(app) == "person"
    assert said(app.run()) == "itself"
    assert said(app.text_input[0].set_value("x").run()) == "person"
    assert said(app.run()) == "itself"


def test_a_button_that_changes_nothing_is_still_a_person() -> None:
    app = AppTest.from_function(a_page).run()
    app.run()
    assert said(app.button[0].click().run()) == "person"


def test_another_address_is_a_person() -> None:
    app = AppTest.from_function(a_page).run()
    app.query_params["segment"] = "all"
    assert said(app.run()) == "person"
