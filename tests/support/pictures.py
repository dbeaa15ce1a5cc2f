"""Takes a picture of every page, light and dark, wide and narrow, to be looked at by a person.

``python -m tests.support.pictures FOLDER [NAME …]`` serves a demo workspace of its own for it;
names choose among the views.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.app import AppServer, make_demo, serving
from tests.support.browser import QUIET, settle
from tests.support.program import CommandLine
from tests.support.public_reports import both_releases
from tests.support.signing_in import sign_in
from tools import chromium

WIDTHS = (1440, 1024)
HEIGHT = 900
CASES = 2000
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class View:
    """One thing to look at: who looks, where, and what it is called."""

    name: str
    person: str
    address: str


def views(a_case: str) -> list[View]:
    """Every page in its typical, empty and refused state."""
    return [
        View("queue", "lead", "/queue"),
        View("queue-empty", "lead", "/queue?q=zzzzzzzzzz"),
        View("case", "analyst", f"/case?case={a_case}"),
        View("case-not-found", "analyst", "/case?case=ESC-0"),
        View("data", "lead", "/data"),
        View("risk", "analyst", "/risk?columns=week&weeks=13"),
        View("risk-cell", "analyst", "/risk?rows=platform&columns=tier&row=instagram&column=T2"),
        View("surges", "lead", "/risk?view=surges"),
        View("public", "analyst", "/risk?view=public"),
        View("framework", "lead", "/risk?view=framework"),
        View("assessment", "lead", "/risk?view=framework&about=risk&subject=R-0001&reach=-"),
        View("register", "lead", "/risk?view=register&risk=R-0001"),
        View("investigations", "lead", "/investigation"),
        View("investigation", "lead", "/investigation?investigation=I-0001"),
        View("investigation-new", "lead", "/investigation?question=Why&segment=all&market=BR"),
        View("admin", "admin", "/admin"),
        View("audit", "auditor", "/audit"),
        View("refused", "analyst", "/admin"),
    ]


def pages(browser: Browser, server: AppServer) -> Iterator[tuple[str, Page, list[View]]]:
    """A page per scheme and width and person, with what that person is to be shown."""
    for scheme in SCHEMES:
        for width in WIDTHS:
            for person in ("lead", "analyst", "admin", "auditor"):
                context = browser.new_context(
                    base_url=server.url,
                    viewport={"width": width, "height": HEIGHT},
                    color_scheme=scheme,
                    timezone_id="UTC",
                )
                page = context.new_page()
                sign_in(page, person)
                mine = [v for v in views(telling_case(server)) if v.person == person]
                yield f"{scheme}-{width}", page, mine
                context.close()


def telling_case(server: AppServer) -> str:
    """The open case with the most to look at."""
    with closing(sqlite3.connect(server.local_dir / "desk.db")) as store:
        found = store.execute(
            "SELECT ref FROM cases JOIN case_events ON case_id = cases.id"
            " WHERE next_due_at IS NOT NULL AND restriction = 'open'"
            " GROUP BY ref ORDER BY count(*) DESC, ref LIMIT 1"
        ).fetchone()
    return str(found[0])


def take(server: AppServer, folder: Path, names: Collection[str]) -> None:
    """Write every picture, or those of the named views, into the folder."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium.find()), args=QUIET)
        if not names:
            sign_in_pictures(browser, server, folder)
        for look, page, mine in pages(browser, server):
            for view in mine:
                if names and view.name not in names:
                    continue
                page.goto(view.address)
                settle(page)
                page.screenshot(path=folder / f"{view.name}-{look}.png")
        browser.close()


def sign_in_pictures(browser: Browser, server: AppServer, folder: Path) -> None:
    """The one page that nobody has signed in to."""
    for scheme in SCHEMES:
        page = browser.new_page(base_url=server.url, color_scheme=scheme)
        page.goto("/")
        settle(page)
        page.screenshot(path=folder / f"sign-in-{scheme}.png")
        page.close()


def main(folder: Path, *names: str) -> None:
    """Make a workspace, serve it, take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as local:
        make_demo(Path(local), CASES)
        for release in both_releases(Path(local)):
            CommandLine(Path(local)).run("reference", "import", str(release))
        with serving(Path(local)) as server:
            take(server, folder, names)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
