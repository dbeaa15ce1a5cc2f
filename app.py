"""Front door: page config, boot, sign-in, navigation, page; and the server that this stands in."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.ui import serving
from core.ui.failures import show_failure
from core.ui.state import the_desk


def run_page() -> None:
    """One run for one browser session."""
    # Not before the first run: the library's cookie component registers itself with its server.
    from core.ui import login, shell  # noqa: PLC0415

    shell.configure()
    desk = the_desk()
    person = login.signed_in(desk)
    login.keep_cookie(desk)
    if person is None:
        shell.ask_to_sign_in(desk)
    else:
        shell.show(desk, person)


# The same file is the server's application and, run by it for a browser, the script of the pages.
if serving.runs_page():
    run_page()
else:
    serving.prepare()
    app = st.App(
        Path(__file__).resolve(),
        lifespan=serving.lifespan,
        routes=serving.routes(),
        middleware=serving.middleware(),
        on_script_error=show_failure,
    )
