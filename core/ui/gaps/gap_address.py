"""What the list of gaps is narrowed to, read from the address and written back into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core.desk.gap_views import GapAsk
from core.taxonomy import taxonomy
from core.ui.address import Params, read_params, rewrite
from core.ui.gap.gap_words import KINDS

YES = "yes"
# Part of the ask -> its name in the address, and the list that its values come from; '' = any text.
PARTS: Mapping[str, tuple[str, str]] = {
    "response": ("response", "gap_responses"),
    "implementation": ("implementation", "gap_implementations"),
    "severity": ("severity", "gap_severities"),
    "gap_type": ("type", "gap_types"),
    "kind": ("kind", ""),
    "area": ("area", "abuse_types"),
    "clause": ("clause", ""),
    "owner": ("owner", ""),
}
FLAGS: Mapping[str, str] = {"is_overdue": "overdue", "is_mine": "mine", "with_closed": "closed"}
PARAMS = frozenset({*(name for name, _ in PARTS.values()), *FLAGS.values()})
LONGEST, MOST = 200, 100


def read_ask() -> tuple[GapAsk, list[str]]:
    """The ask of the address, and a sentence for each part that could not be used."""
    return _from(read_params())


def change(**parts: Any) -> None:
    """Put the ask with some parts replaced into the address."""
    _put(lambda ask: replace(ask, **parts))


def change_value(part: str, value: str, *, is_chosen: bool) -> None:
    """Put one value into a part or take it out; the others stay as they are."""

    def changed(ask: GapAsk) -> GapAsk:
        others = tuple(v for v in getattr(ask, part) if v != value)
        kept: dict[str, Any] = {part: (*others, value) if is_chosen else others}
        return replace(ask, **kept)

    _put(changed)


def _put(changed: Callable[[GapAsk], GapAsk]) -> None:
    def address(now: Params) -> dict[str, str | list[str]]:
        kept: dict[str, str | list[str]] = {n: v for n, v in now.items() if n not in PARAMS}
        return {**kept, **params_of(changed(_from(now)[0]))}

    rewrite(address)


def clear() -> None:
    """Take everything out."""
    rewrite(lambda now: {n: v for n, v in now.items() if n not in PARAMS})


def params_of(ask: GapAsk) -> dict[str, str | list[str]]:
    """An ask as parameters of an address; what says nothing is left out."""
    params: dict[str, str | list[str]] = {
        name: list(getattr(ask, part)) for part, (name, _) in PARTS.items() if getattr(ask, part)
    }
    return {**params, **{name: YES for part, name in FLAGS.items() if getattr(ask, part)}}


def label_of(part: str, value: str) -> str:
    """What a value of a part is called."""
    if part == "kind":
        return KINDS.get(value, value)
    terms = PARTS[part][1]
    return taxonomy().label(terms, value) if terms else value


def offered(part: str) -> tuple[str, ...]:
    """All values that a part can have; none where any text can be one."""
    if part == "kind":
        return tuple(KINDS)
    terms = PARTS[part][1]
    return tuple(taxonomy().terms(terms)) if terms else ()


def is_narrowed(ask: GapAsk) -> bool:
    """True when something is left out that is open."""
    return replace(ask, with_closed=False) != GapAsk()


def _from(params: Mapping[str, list[str]]) -> tuple[GapAsk, list[str]]:
    said: dict[str, Any] = {part: YES in params.get(name, ()) for part, name in FLAGS.items()}
    ignored: list[str] = []
    for part, (name, _) in PARTS.items():
        asked = [text[:LONGEST] for text in dict.fromkeys(params.get(name, ()))][:MOST]
        known = offered(part)
        said[part] = tuple(v for v in asked if not known or v in known)
        ignored += [
            f"{v!r} is no value of {name}; it was left out." for v in asked if v not in said[part]
        ]
    return GapAsk(**said), ignored


def on_change_flag(part: str, key: str) -> None:
    """Bring a switch into the address."""
    change(**{part: bool(st.session_state[key])})
