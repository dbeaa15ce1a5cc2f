"""Getting in, staying in and being kept out, as a browser sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from playwright.sync_api import Page, expect

from core.audit.model import Draft
from core.clock import SystemClock
from core.desk.keys import cookie_key
from core.settings import Settings
from core.storage import people
from core.storage.engine import open_store
from core.storage.passwords import hash_password
from tests.support.app import AppServer
from tests.support.browser import NewPage, settle
from tests.support.signing_in import fill_sign_in, sign_in

pytestmark = pytest.mark.browser

PASSWORD = "four words of mine"
COOKIE = "desk_session"
NOT_FOUND = "This page or case was not found."
# Counts how often the form was on the page at all, also for the blink of an eye.
WATCH_FORM = """
window.formsSeen = 0;
new MutationObserver(() => {
  if (document.querySelector('[data-testid="stForm"]')) window.formsSeen += 1;
}).observe(document, {childList: true, subtree: true});
"""

AddUser = Callable[..., str]


@pytest.fixture
def add_user(app_server: AppServer) -> AddUser:
    """Adds somebody of one's own, so that locking and revoking meets nobody else's test."""
    store = open_store(Settings(local_dir=app_server.local_dir, database_url=None), SystemClock())

    def add(username: str, role: str = "team_lead") -> str:
        new = people.NewUser(username, username.title(), role, hash_password(PASSWORD, 4))
        with store.write(Draft("test", "person.add", username)) as write:
            people.add_user(write, new)
        return username

    return add


def expect_form(page: Page) -> None:
    settle(page)
    expect(page.get_by_label("Username", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)


def expect_inside(page: Page) -> None:
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    settle(page)


def refusal(page: Page) -> str:
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_be_visible()
    settle(page)
    return alert.inner_text()


def try_password(page: Page, username: str, password: str) -> str:
    fill_sign_in(page, username, password)
    return refusal(page)


def cookie_of(page: Page) -> str:
    page.wait_for_function(f"document.cookie.includes('{COOKIE}=')")
    return next(c["value"] for c in page.context.cookies() if c.get("name") == COOKIE)


def give_cookie(page: Page, server: AppServer, value: str) -> None:
    page.context.add_cookies([{"name": COOKIE, "value": value, "url": server.url}])


def forge(server: AppServer, key: str, token: str = "0" * 43) -> str:
    later = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 -- the server reads the machine's
    return jwt.encode({"token": token, "exp": later}, key, "HS256")


def test_a_wrong_password_and_an_unknown_user_are_refused_in_the_same_words(
    page: Page, add_user: AddUser
) -> None:
    page.goto("/")
    wrong = try_password(page, add_user("wrong.once"), "not it at all")
    page.reload()
    unknown = try_password(page, "nobody.here", "not it at all")
    assert "not right" in wrong
    assert wrong == unknown
    assert "Sign out" not in page.inner_text("body")


def test_a_locked_user_is_told_until_when_and_the_right_password_does_not_help(
    page: Page, add_user: AddUser
) -> None:
    username = add_user("locked.out")
    page.goto("/")
    for attempt in range(5):
        fill_sign_in(page, username, f"wrong {attempt}")
        settle(page)
    expect(page.get_by_text("this sign-in is locked until")).to_be_visible()
    assert "locked until" in try_password(page, username, PASSWORD)
    expect_form(page)


def test_a_deep_link_before_sign_in_lands_on_the_asked_page_with_its_parameters(
    page: Page, app_server: AppServer
) -> None:
    address = "/queue?priority=P1&priority=P2&segment=all"
    page.goto(address)
    expect_form(page)
    fill_sign_in(page, "lead", app_server.password)
    expect_inside(page)
    assert page.url == app_server.url + address
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()


@pytest.mark.parametrize(
    ("username", "home"), [("lead", "/queue"), ("admin", "/admin"), ("auditor", "/audit")]
)
def test_the_bare_address_opens_the_home_of_the_role(
    page: Page, app_server: AppServer, username: str, home: str
) -> None:
    sign_in(page, username)
    page.wait_for_url(app_server.url + home)


def test_loading_again_keeps_the_session_and_never_shows_the_form(
    page: Page, app_server: AppServer
) -> None:
    sign_in(page, "lead", "/queue?priority=P1")
    cookie_of(page)
    page.add_init_script(WATCH_FORM)
    page.reload()
    expect_inside(page)
    assert page.evaluate("window.formsSeen") == 0
    assert page.url == f"{app_server.url}/queue?priority=P1"


def test_the_cookie_opens_another_tab_and_carries_no_name(page: Page) -> None:
    sign_in(page, "lead")
    value = cookie_of(page)
    assert set(jwt.decode(value, options={"verify_signature": False})) == {"token", "exp"}
    other = page.context.new_page()
    other.goto("/queue")
    expect_inside(other)


def test_an_expired_session_shows_the_form_and_says_why(
    page: Page, app_server: AppServer, add_user: AddUser
) -> None:
    username = add_user("worked.all.day")
    sign_in(page, username, "/queue", PASSWORD)
    cookie_of(page)
    with sqlite3.connect(app_server.local_dir / "desk.db", timeout=30) as store:
        store.execute(
            "UPDATE sessions SET expires_at = created_at"
            " WHERE user_id = (SELECT id FROM users WHERE username = ?)",
            (username,),
        )
    page.get_by_role("radio", name="UTC").click()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    expect_form(page)
    page.reload()
    expect_form(page)


def test_a_revoked_session_is_over_at_the_next_click(
    page: Page, app_server: AppServer, add_user: AddUser
) -> None:
    username = add_user("revoked.today")
    sign_in(page, username, "/queue", PASSWORD)
    cookie_of(page)
    done = app_server.command_line.run("users", "sessions", "revoke", username)
    assert done.returncode == 0, done.stderr
    page.get_by_role("radio", name="UTC").click()
    expect_form(page)
    page.reload()
    expect_form(page)


@pytest.mark.parametrize("key", ["guessed", "stolen"])
def test_a_forged_cookie_opens_nothing(page: Page, app_server: AppServer, key: str) -> None:
    ours = cookie_key(Settings(local_dir=app_server.local_dir))
    give_cookie(page, app_server, forge(app_server, ours if key == "stolen" else "x" * 40))
    page.goto("/queue")
    expect_form(page)


@pytest.mark.parametrize("value", ["", "nonsense", "a.b.c", "é%00"])
def test_a_cookie_that_is_no_cookie_of_ours_opens_nothing(
    page: Page, app_server: AppServer, value: str
) -> None:
    give_cookie(page, app_server, value)
    page.goto("/queue")
    expect_form(page)


def test_a_cookie_replayed_after_signing_out_opens_nothing(
    page: Page, new_page: NewPage, app_server: AppServer
) -> None:
    sign_in(page, "lead")
    copied = cookie_of(page)
    page.get_by_role("button", name="Sign out").click()
    expect_form(page)
    page.wait_for_function(f"!document.cookie.includes('{COOKIE}=')")
    elsewhere = new_page()
    give_cookie(elsewhere, app_server, copied)
    elsewhere.goto("/queue")
    expect_form(elsewhere)


def test_somebody_else_can_sign_in_after_signing_out(page: Page) -> None:
    sign_in(page, "lead", "/queue?priority=P1")
    page.get_by_role("button", name="Sign out").click()
    expect_form(page)
    assert "priority" not in page.url
    fill_sign_in(page, "analyst", "demo-password-of-the-tests")
    expect_inside(page)
    expect(page.get_by_text("Analyst", exact=True).first).to_be_visible()


def test_a_page_outside_the_role_and_no_page_at_all_are_the_same_not_found(
    page: Page, app_server: AppServer
) -> None:
    sign_in(page, "analyst")
    said = []
    for address in ("/admin", "/audit", "/no-such-page", "/not/a/page"):
        page.goto(address)
        expect(page.get_by_text(NOT_FOUND)).to_be_visible()
        settle(page)
        said.append((page.title(), page.get_by_test_id("stMain").inner_text()))
    assert len(set(said)) == 1
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)


def test_before_signing_in_every_address_looks_the_same(page: Page) -> None:
    seen = set()
    for address in ("/queue", "/admin", "/no-such-page"):
        page.goto(address)
        expect_form(page)
        seen.add((page.title(), page.inner_text("body")))
    assert len(seen) == 1


def test_a_person_chooses_light_or_dark_in_the_menu(page: Page) -> None:
    sign_in(page, "lead")
    page.get_by_test_id("stMainMenu").click()
    for theme in ("Light", "Dark", "System"):
        expect(page.get_by_role("menuitemradio", name=theme)).to_be_visible()


def test_the_server_says_that_it_is_ready_and_keeps_its_pages_to_itself(page: Page) -> None:
    reply = page.request.get("/ready")
    assert reply.status == 200
    assert reply.json()["status"] == "ready"
    headers = page.request.get("/").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "SAMEORIGIN"


def test_what_fails_unexpectedly_is_in_no_log_with_its_content(app_server: AppServer) -> None:
    log = app_server.log.read_text()
    assert "Traceback" not in log
    assert PASSWORD not in log
    assert app_server.password not in log
