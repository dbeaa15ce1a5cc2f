"""What the address says on the page of policy updates, and going from one of its views to another."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.desk.policy_feed import FeedAsk
from core.policy.feed_rules import feed_rules
from core.taxonomy import taxonomy
from core.ui.address import read_params

VIEW, UPDATE, CLAUSE, DOCUMENT = "view", "update", "clause", "document"
UNREAD, MISSING, PLACE = "unread", "missing", "place"
# Parameter -> the list that its values come from.
LISTS: Mapping[str, str] = {
    "kind": "policy_update_kinds",
    "importance": "policy_importances",
    "area": "abuse_types",
}
NAMED = "names"  # clauses that updates name; ``clause`` opens one


def read_ask() -> tuple[FeedAsk, list[str]]:
    """What of the feed the address asks for, and a sentence for what could not be used."""
    ignored: list[str] = []
    chosen: dict[str, tuple[str, ...]] = {}
    for name, terms in LISTS.items():
        asked = st.query_params.get_all(name)
        known = taxonomy().terms(terms)
        ignored += [
            f"{v!r} is no value of {name}; it was left out." for v in asked if v not in known
        ]
        chosen[name] = tuple(v for v in asked if v in known)
    place = st.query_params.get(PLACE, "0")
    most = feed_rules().most_listed
    return FeedAsk(
        kinds=chosen["kind"],
        importances=chosen["importance"],
        abuse_types=chosen["area"],
        clauses=tuple(st.query_params.get_all(NAMED)),
        is_unread=st.query_params.get(UNREAD) == "1",
        is_missing=st.query_params.get(MISSING) == "1",
        place=int(place) // most * most if place.isdigit() and len(place) < 9 else 0,
    ), ignored


def go(**params: str | list[str]) -> None:
    """Put another address of this page in place; in a callback."""
    st.query_params.from_dict({k: v for k, v in params.items() if v})


def choose(**params: str | list[str]) -> None:
    """Put some parts of the filter into the address and start from the top."""
    kept = {name: values for name, values in read_params().items() if name != PLACE}
    st.query_params.from_dict({k: v for k, v in {**kept, **params}.items() if v})


def turn(place: int) -> None:
    """Stand at another place of the feed."""
    kept = {name: values for name, values in read_params().items() if name != PLACE}
    st.query_params.from_dict({**kept, **({PLACE: str(place)} if place else {})})


def open_update(ref: str) -> None:
    """Read one update in full; the filter of the feed is kept for the way back."""
    kept = {name: values for name, values in read_params().items() if name not in {VIEW, CLAUSE}}
    st.query_params.from_dict({**kept, UPDATE: ref})


def open_clause(key: str) -> None:
    """Read one clause in full."""
    go(**{VIEW: "clauses", CLAUSE: key})


def back_to_feed() -> None:
    """Leave an update for the feed as it was."""
    kept = {name: values for name, values in read_params().items() if name != UPDATE}
    st.query_params.from_dict(kept)


def back_to_register() -> None:
    """Leave a clause for the register."""
    go(**{VIEW: "clauses"})
