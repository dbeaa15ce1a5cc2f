"""Signing in on the screen: streamlit-authenticator's form and cookie over the desk's sessions.

The only file that knows the library. Its form calls ``core.desk.sessions`` instead of its own list
of users, and its signed cookie carries the token of a server-side session. Another identity source
(``st.login``) would stand beside ``show_form`` and begin the same sessions.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jwt
import streamlit as st
from extra_streamlit_components import CookieManager
from extra_streamlit_components.CookieManager import _component_func
from streamlit_authenticator import Authenticate
from streamlit_authenticator.models import CookieModel

from core.access.model import Person
from core.desk.boot import Desk
from core.desk.keys import cookie_key
from core.desk.sessions import SignedIn, person_of_token, sign_in, sign_out
from core.errors import Refused
from core.ui.state import TOKEN

COOKIE = "desk_session"
PENDING = "desk.cookie"  # what the browser has still to be told, until it says that it knows
ENDED = "desk.ended"
LEFT = "desk.left"
FIELDS = {
    "Form name": "Sign in",
    "Username": "Username",
    "Password": "Password",
    "Login": "Sign in",
}


class QuietCookieManager(CookieManager):  # type: ignore[misc]  # the library publishes no types
    """The library's bridge to the browser, without its question for all cookies on every run.

    That question would cost two more runs of the page; what asks the browser is the library's own
    component all the same.
    """

    def __init__(self) -> None:
        self.cookie_manager = _component_func
        self.cookies: dict[str, Any] = {}


class SessionCookie(CookieModel):  # type: ignore[misc]  # the library publishes no types
    """The library's signed cookie; what it carries is the token of a session in our store."""

    def __init__(self, key: str) -> None:
        self.cookie_name = COOKIE
        self.cookie_key = key
        self.cookie_manager = QuietCookieManager()

    def get_cookie(self) -> None:
        """Nothing: by the time the form asks, the desk has looked at the cookie already."""

    def set_cookie(self) -> None:
        """Nothing here either: the form is about to go, ``keep_cookie`` writes on the next run."""

    def token(self) -> str:
        """The token in the cookie that came with the connection; '' unless our key signed it."""
        raw = st.context.cookies.get(self.cookie_name, "")
        try:
            token = jwt.decode(raw, self.cookie_key, algorithms=["HS256"]).get("token", "")
        except jwt.PyJWTError:
            return ""
        return token if isinstance(token, str) else ""

    def write(self, token: str, expires_at: datetime) -> None:
        """Have the browser keep the token until the session's last moment."""
        value = jwt.encode({"token": token, "exp": expires_at}, self.cookie_key, "HS256")
        self.cookie_manager.set(
            self.cookie_name,
            value,
            key=f"{PENDING}.done",
            expires_at=expires_at,
            secure=(st.context.url or "").startswith("https:") or None,
            same_site="strict",
        )

    def forget(self) -> None:
        """Have the browser drop the cookie; it opens nothing any more in any case."""
        self.cookie_manager.cookies[self.cookie_name] = ""
        self.cookie_manager.delete(self.cookie_name, key=f"{PENDING}.done")


class DeskSignIn:
    """What the library's form asks instead of its own list of users."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.refusal: Refused | None = None

    def login(self, username: str = "", password: str = "", *_: Any, **__: Any) -> bool:
        """Begin a session, or keep the refusal for the screen."""
        try:
            found = sign_in(self.desk, username, password)
        except Refused as refusal:
            self.refusal = refusal
            return False
        _enter(found)
        return True


class SignInForm(Authenticate):  # type: ignore[misc]  # the library publishes no types
    """The library's form over our two controllers; its mail and second factor are never reached."""

    def __init__(self, desk: Desk) -> None:
        self.attrs = {"login_sleep_time": 0}
        self.path = None
        self.cookie_controller = SessionCookie(cookie_key(desk.settings))
        self.authentication_controller = DeskSignIn(desk)


def signed_in(desk: Desk) -> Person | None:
    """Who looks at this run: by this browser session's token, else by the cookie it came with."""
    known = st.session_state.get(TOKEN, "")
    person = person_of_token(desk, known) if known else None
    if person:
        return person
    if known:
        del st.session_state[TOKEN]
        st.session_state[ENDED] = True
    token = SessionCookie(cookie_key(desk.settings)).token()
    person = person_of_token(desk, token) if token else None
    if person:
        st.session_state[TOKEN] = token
    return person


def show_form(desk: Desk) -> None:
    """The sign-in form; after it has let somebody in, the asked page is run."""
    form = SignInForm(desk)
    with st.container(horizontal_alignment="center"), st.container(width=380, key="sign-in"):
        st.title("Escalation Desk")
        if st.session_state.get(ENDED):
            st.info("Your session has ended. Sign in to go on where you were.")
        elif st.session_state.get(LEFT):
            st.info("You are signed out.")
        form.login(location="main", key="sign-in-form", fields=FIELDS)
        refusal = form.authentication_controller.refusal
        if refusal:
            st.error(f"{refusal.message} {refusal.hint}", icon=":material/lock:")
        st.caption("No account yet, or the password forgotten? An admin of the desk can help.")
    if st.session_state.get(TOKEN):
        st.rerun()


def keep_cookie(desk: Desk) -> None:
    """Tell the browser what is still to be told; asked at the end of every run until it answers."""
    pending = st.session_state.get(PENDING)
    if pending is None:
        return
    if st.session_state.get(f"{PENDING}.done"):
        del st.session_state[PENDING]
        return
    cookie = SessionCookie(cookie_key(desk.settings))
    with st.container(key="cookie", height=1, border=False):
        if isinstance(pending, SignedIn):
            cookie.write(pending.token, pending.expires_at)
        else:
            cookie.forget()


def leave(desk: Desk) -> None:
    """Sign out: the session ends in the store, and nothing of it stays in this browser session."""
    sign_out(desk, st.session_state.get(TOKEN, ""))
    for name in list(st.session_state):
        del st.session_state[name]
    st.query_params.clear()
    st.session_state[PENDING] = "forget"
    st.session_state[LEFT] = True


def _enter(found: SignedIn) -> None:
    st.session_state[TOKEN] = found.token
    st.session_state[PENDING] = found
    st.session_state.pop(ENDED, None)
    st.session_state.pop(LEFT, None)
    st.session_state.pop(f"{PENDING}.done", None)
