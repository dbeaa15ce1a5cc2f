"""Visits of the whole app without a browser, over an empty store and over a demo workspace."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from tests.support.app import make_demo
from tests.support.program import DEMO_PASSWORD, PROJECT

if TYPE_CHECKING:
    from core.desk.boot import Desk

PATIENCE = 60
RUN = f"import runpy\nrunpy.run_path({str(PROJECT / 'app.py')!r})"
CASES = 400
FAST = 4  # rounds of the hash: signing in is not what these tests wait for
# Role -> who of the demo workspace has it.
DEMO_PEOPLE = {
    "team_lead": "lead",
    "analyst": "analyst",
    "partner_manager": "partner.manager",
    "policy_liaison": "liaison",
    "viewer": "viewer",
    "admin": "admin",
    "auditor": "auditor",
}


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a demo workspace, made once per test process."""
    from core.storage.passwords import hash_password  # noqa: PLC0415 -- other tests do not pay for the desk

    file = tmp_path_factory.mktemp("demo") / "desk.db"
    make_demo(file.parent, CASES)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE users SET password_hash = ?", [hash_password(DEMO_PASSWORD, FAST)]
        )
    return file


@pytest.fixture
def demo_desk(
    demo_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """The demo workspace of the app that a test runs, opened beside it."""
    yield from _opened(demo_template, tmp_path, monkeypatch)


@pytest.fixture
def empty_desk(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A store without cases, with one person per role."""
    from core.audit.model import Draft  # noqa: PLC0415 -- other tests do not pay for the desk
    from core.storage import people  # noqa: PLC0415
    from core.storage.passwords import hash_password  # noqa: PLC0415

    hashed = hash_password(DEMO_PASSWORD, FAST)
    for desk in _opened(sqlite_template, tmp_path, monkeypatch):
        with desk.store.write(Draft("test", "person.add", "everybody")) as write:
            for role, username in DEMO_PEOPLE.items():
                people.add_user(write, people.NewUser(username, role.title(), role, hashed))
        yield desk


def _opened(template: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    from core.desk.boot import open_desk  # noqa: PLC0415
    from core.settings import Settings  # noqa: PLC0415
    from core.ui.state import the_desk  # noqa: PLC0415

    shutil.copy(template, folder / "desk.db")
    monkeypatch.setenv("DESK_LOCAL_DIR", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    desk = open_desk(Settings())
    yield desk
    desk.store.close()
    the_desk().store.close()


def enter(
    desk: Desk, role: str, page: str, *, script: str = RUN, **address: str | list[str]
) -> AppTest:
    """The app as somebody of a role sees it who opens it at an address.

    Its first run is that of the page: before it the test runner knows a page by its file, which
    ours are named by too.
    """
    app = _signed_in(desk, role, script)
    for name, value in address.items():
        app.query_params[name] = value
    return app.switch_page(page_file(page)).run()


def let_manage(desk: Desk, *partner_ids: int) -> None:
    """Have the partner manager among the people serve these partners and no other."""
    from core.audit.model import Draft  # noqa: PLC0415
    from core.storage import people  # noqa: PLC0415

    username = DEMO_PEOPLE["partner_manager"]
    with desk.store.write(Draft("test", "person.partners", username)) as write:
        manager = people.user_named(write.connection, username)
        assert manager is not None
        people.set_partners(write, manager.id, partner_ids)


def finds_no_page(desk: Desk, role: str, page: str) -> bool:
    """Whether somebody of a role who has opened the app is offered no such page."""
    app = _signed_in(desk, role).run()
    try:
        app.switch_page(page_file(page))
    except ValueError as missing:
        return "Could not find a navigation page" in str(missing)
    return False


def page_file(page: str) -> str:
    """Where a page stands."""
    return str(PROJECT / "pages" / f"{page}.py")


def _signed_in(desk: Desk, role: str, script: str = RUN) -> AppTest:
    """The app before its first run.

    Run by another script: beside a folder ``pages/`` the test runner would take its files for
    pages of their own and run them without the shell, which the real server is told not to do.
    """
    from core.desk.sessions import sign_in  # noqa: PLC0415
    from core.ui.state import TOKEN  # noqa: PLC0415

    app = AppTest.from_string(script, default_timeout=PATIENCE)
    app._bidi_component_manager = _components()
    app.session_state[TOKEN] = sign_in(desk, DEMO_PEOPLE[role], DEMO_PASSWORD).token
    return app


@lru_cache(maxsize=1)
def _components() -> BidiComponentManager:
    """The components of all packages, looked for once instead of at each visit."""
    found = BidiComponentManager()
    found.discover_and_register_components(start_file_watching=False)
    return found


def words(app: AppTest) -> str:
    """Everything on the page that is read as text."""
    parts = (*app.title, *app.text, *app.markdown, *app.caption, *app.error, *app.warning)
    return " ".join(str(part.value) for part in parts)
