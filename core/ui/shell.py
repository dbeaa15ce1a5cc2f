"""The frame around every page: navigation by role, zone, data as of, sign out, and the failures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from core.access.model import Person
from core.access.rules import home_page, pages_of
from core.desk.boot import Desk
from core.errors import BadInput, NotFound, Refused
from core.settings import PROJECT_ROOT
from core.taxonomy import PageEntry, page_entries, taxonomy
from core.ui import login, states
from core.ui.policy.overdue import overdue_link
from core.ui.state import ZONES, choose_zone, keep_zone
from core.ui.style import apply_style

NAME = "Escalation Desk"
ICON = Path(__file__).with_name("icon.png")
WORDMARK = Path(__file__).with_name("wordmark.svg")
ABOUT = f"**{NAME}**: cases, clocks and decisions of a media escalations team."
HOME = "home"
ZONE_KEY = "desk.zone.choice"


def configure() -> None:
    """What holds for every page before anything is drawn."""
    # The entry keeps the menu, and with it the choice of light and dark, in the minimal toolbar.
    st.set_page_config(page_icon=str(ICON), layout="wide", menu_items={"About": ABOUT})
    apply_style()
    st.logo(str(WORDMARK), size="medium", icon_image=str(ICON))


def ask_to_sign_in(desk: Desk) -> None:
    """The sign-in form at whatever address was asked for.

    All pages are declared, so that the address is still there after signing in; under one title,
    so that it does not tell which of them exist.
    """
    paths = [page.path for page in _built(page_entries().values())]
    pages = [
        st.Page(_nothing, title=NAME, url_path=path, visibility="hidden")
        for path in {*paths, _asked_path()} - {""}
    ]
    front = st.Page(_nothing, title=NAME, url_path=HOME, default=True, visibility="hidden")
    st.navigation([front, *pages], position="hidden")
    login.show_form(desk)


def show(desk: Desk, person: Person) -> None:
    """The page at the address inside its frame, or the same words for every address without one."""
    mine = _built(pages_of(person))
    pages = {page.key: _page(page) for page in mine}
    sections: dict[str, list[st.Page]] = {}
    for page in mine:
        sections.setdefault(page.section, []).append(pages[page.key])
    home = st.Page(
        _home(person, pages), title=NAME, url_path=HOME, default=True, visibility="hidden"
    )
    elsewhere = [home, *_strangers({page.path for page in mine}, home)]
    current = st.navigation({"": elsewhere, **sections}, position="sidebar", expanded=True)
    with st.sidebar:
        _lone_link(list(pages.values()))
        _frame(desk, person, pages.get("policy"))
    try:
        current.run()
    except NotFound:
        states.not_found()
    except (Refused, BadInput) as refusal:
        states.refused(refusal, is_whole_page=True)


def _lone_link(pages: Sequence[st.Page]) -> None:
    # Streamlit draws no menu for a single page; without it a case would have no way to the queue.
    shown = [page for page in pages if page.visibility == "visible"]
    if len(shown) == 1:
        st.page_link(shown[0])


def _built(pages: Iterable[PageEntry]) -> list[PageEntry]:
    return [page for page in pages if _file(page).exists()]


def _file(page: PageEntry) -> Path:
    return PROJECT_ROOT / "pages" / f"{page.key}.py"


def _page(page: PageEntry) -> st.Page:
    return st.Page(
        _file(page),
        title=page.title,
        icon=f":material/{page.icon}:",
        url_path=page.path,
        visibility="visible" if page.in_menu else "hidden",
    )


def _asked_path() -> str:
    # The browser's own address: only this tells a page that does not exist from the front page.
    base = st.get_option("server.baseUrlPath").strip("/")
    path = urlsplit(st.context.url or "").path.strip("/")
    return path.removeprefix(base).strip("/").rsplit("/", 1)[-1]


def _strangers(known: set[str], home: st.Page) -> list[st.Page]:
    # Declared so that it can say "not found" in our words, with no hint whether it exists.
    path = _asked_path()
    if not path or path in known or path == HOME:
        return []

    def lost() -> None:
        states.not_found()
        st.page_link(home, label="To your start page", icon=":material/arrow_back:")

    return [st.Page(lost, title="Not found", url_path=path, visibility="hidden")]


def _home(person: Person, pages: dict[str, st.Page]) -> Callable[[], None]:
    def open_home() -> None:
        home = home_page(person)
        target = pages.get(home.key) if home else None
        target = target or next((p for p in pages.values() if p.visibility == "visible"), None)
        if target is None:
            states.empty(
                "There is no page for your role yet.",
                "Ask an admin whether the role is the right one.",
            )
            return
        st.switch_page(target, query_params=st.query_params.to_dict())

    return open_home


def _frame(desk: Desk, person: Person, updates: st.Page | None) -> None:
    st.session_state[ZONE_KEY] = keep_zone()
    with st.container(key="frame", gap="small"):
        st.segmented_control(
            "Times in",
            list(ZONES),
            required=True,
            format_func=ZONES.__getitem__,
            key=ZONE_KEY,
            on_change=_zone_chosen,
            help=f"Own is {person.zone}. Partner's counts where a page is about one partner.",
        )
        st.text(person.name)
        st.caption(taxonomy().label("roles", person.role))
        overdue_link(desk, person, updates)
        st.button("Sign out", icon=":material/logout:", on_click=login.leave, args=(desk,))


def _zone_chosen() -> None:
    choice = st.session_state[ZONE_KEY]
    if choice is not None:  # even a control that requires a choice has lost its value at times
        choose_zone(choice)


def _nothing() -> None:
    """A page that is never run: the form stands in its place."""
