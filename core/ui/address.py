"""The address of a view: the filter that it says, and going to another one.

The address is the only place where the state of a list is kept; widgets are set from it on every
run and write back into it, so that a link shows a colleague the same thing.

A click brings the address that the browser knew when it was made. Of two quick clicks the second
comes with the address from before the first, so what a click changes is built on the address that
was written last, and not on that older one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.cases.filter import PARAM_NAMES, CaseFilter
from core.cases.model import Cursor

# Where the reader stands in the list; every change of the filter starts from the top again.
PLACE = "place"
WRITTEN = "desk.address.written"
# A browser hears of its new address sooner than this; whoever goes back in it clicks later.
UNHEARD_SECONDS = 2.0
Params = dict[str, list[str]]
FILTER_PARAMS = frozenset(PARAM_NAMES.get(name, name) for name in CaseFilter.model_fields)


def read_filter() -> tuple[CaseFilter, list[str]]:
    """The filter of the address, and a sentence for each part that could not be used."""
    return CaseFilter.from_params(read_params())


def read_params() -> dict[str, list[str]]:
    """Every parameter of the address with all its values."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def clicked_filter() -> CaseFilter:
    """The filter that a click builds on."""
    return CaseFilter.from_params(_clicked_params())[0]


def go(case_filter: CaseFilter) -> None:
    """Put another filter into the address and start at the top of its list."""
    kept = {n: v for n, v in _clicked_params().items() if n not in FILTER_PARAMS and n != PLACE}
    _write({**kept, **case_filter.to_params()})


def change(**parts: object) -> None:
    """Put the same filter with some parts replaced into the address."""
    go(clicked_filter().but(**parts))


def rewrite(changed: Callable[[Params], Mapping[str, str | list[str]]]) -> None:
    """Put into the address what is made of the one that the click builds on."""
    _write(changed(_clicked_params()))


def turn(cursor: Cursor | None) -> None:
    """Stand at another place of the same list; None is its top."""
    kept = {name: values for name, values in _clicked_params().items() if name != PLACE}
    _write({**kept, **({PLACE: cursor.to_text()} if cursor else {})})


def read_place() -> Cursor | None:
    """The place in the list that the address says."""
    text = st.query_params.get(PLACE)
    return Cursor.from_text(text) if text else None


def read_number(name: str, offered: Sequence[int]) -> tuple[int, list[str]]:
    """A number that the address chooses out of some, else the first; and what could not be used."""
    text, unusable = read_one(name, [str(number) for number in offered])
    return int(text), unusable


def choose_number(name: str, number: int, offered: Sequence[int]) -> None:
    """Put a number out of some into the address; the first is what is shown without it."""
    choose_one(name, str(number), [str(number) for number in offered])


def read_one(name: str, offered: Sequence[str]) -> tuple[str, list[str]]:
    """A word that the address chooses out of some, else the first; and what could not be used."""
    text = st.query_params.get(name, "")
    if text in offered:
        return text, []
    return offered[0], [f"{text!r} is no value of {name}; it was left out."] if text else []


def choose_one(name: str, word: str, offered: Sequence[str]) -> None:
    """Put a word out of some into the address; the first is what is shown without it."""
    if word == offered[0]:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = word


def query(params: Mapping[str, Any]) -> str:
    """Parameters as the part of a link after the question mark."""
    return urlencode(params, doseq=True)


def seed(key: str, value: Any) -> None:
    """Set a widget to what the address says, but leave it alone where it says so already."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


class _Written(NamedTuple):
    """The address written last on a page, and those that clicks may still bring."""

    path: str
    older: tuple[Params, ...]
    address: Params
    at: float  # by a clock that only goes on


def _clicked_params() -> Params:
    now, written = read_params(), _unheard()
    return dict(written.address) if written and now in written.older else now


def _write(params: Mapping[str, str | list[str]]) -> None:
    now, written = read_params(), _unheard()
    st.query_params.from_dict(params)
    older = (*written.older, written.address) if written else ()
    st.session_state[WRITTEN] = _Written(_path(), (*older, now), read_params(), time.monotonic())


def _unheard() -> _Written | None:
    """What was written so shortly ago that the browser may not have heard of it."""
    written: _Written | None = st.session_state.get(WRITTEN)
    if written is None or written.path != _path():
        return None
    return written if time.monotonic() - written.at < UNHEARD_SECONDS else None


def _path() -> str:
    return urlsplit(st.context.url or "").path
