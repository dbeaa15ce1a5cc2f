"""The desk that all browser sessions share, and what one of them keeps between its runs.

Pages ask here for the desk, for who is looking and for the zone that moments are written in.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.desk.boot import Desk, open_desk
from core.desk.keys import cookie_key
from core.desk.sessions import person_of_token
from core.errors import Refused
from core.logs import start_logging
from core.settings import Settings

TOKEN = "desk.token"  # noqa: S105 -- the name of a slot, not what is in it
ZONE = "desk.zone"
ZONE_PARAM = "times"  # not "zone": that one belongs to the filter of cases
ZONES = {"own": "Own", "utc": "UTC", "partner": "Partner's"}


def the_desk() -> Desk:
    """The desk of this process, opened by the first who asks."""
    return _opened(os.environ.get("DATABASE_URL", ""), os.environ.get("DESK_LOCAL_DIR", ""))


@st.cache_resource(show_spinner=False)
def _opened(database_url: str, local_dir: str) -> Desk:
    settings = Settings()
    start_logging(settings.log_level)
    cookie_key(settings)  # refuses a weak key before anybody is let in
    return open_desk(settings)


def the_person(*, is_visit: bool = True) -> Person:
    """Who is looking, asked anew: a session may have ended since the last run.

    A fragment runs without the shell, so it has to ask too; without a session the whole app runs
    again and shows the sign-in.
    """
    person = person_of_token(the_desk(), st.session_state.get(TOKEN, ""), is_visit=is_visit)
    if person is None:
        st.rerun(scope="app")
    return person


def asked_later() -> Callable[[], Person]:
    """Asks who is looking when a download begins, which is outside of any run of a page."""
    desk, token = the_desk(), str(st.session_state.get(TOKEN, ""))

    def person() -> Person:
        found = person_of_token(desk, token)
        if found is None:
            raise Refused("Your session has ended.", hint="Sign in again.")
        return found

    return person


def zone_choice() -> str:
    """Which zone moments are written in: own, utc or partner; the address wins over habit."""
    asked = st.query_params.get(ZONE_PARAM, "")
    if asked in ZONES:
        st.session_state[ZONE] = asked
    return str(st.session_state.get(ZONE, "own"))


def keep_zone() -> str:
    """The zone choice, put back into an address that lost it on the way to another page."""
    choice = zone_choice()
    if choice != "own" and ZONE_PARAM not in st.query_params:
        st.query_params[ZONE_PARAM] = choice
    return choice


def choose_zone(choice: str) -> None:
    """Write moments in another zone from now on, and say so in the address."""
    st.session_state[ZONE] = choice
    if choice == "own":
        st.query_params.pop(ZONE_PARAM, None)
    else:
        st.query_params[ZONE_PARAM] = choice


def the_zone(person: Person, partner_zone: str = "") -> str:
    """The zone to write moments in; without a partner their zone falls back to the own one."""
    choice = zone_choice()
    if choice == "utc":
        return "UTC"
    if choice == "partner" and partner_zone:
        return partner_zone
    return person.zone
