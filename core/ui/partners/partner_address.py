"""The ask of the partners page, read from the address and written back into it."""

from __future__ import annotations

from collections.abc import Callable

from core.desk.partner_ask import PARAMS, PartnerAsk
from core.ui.address import Params, read_params, rewrite


def read_ask() -> tuple[PartnerAsk, list[str]]:
    """The ask of the address, and a sentence for each part that could not be used."""
    return PartnerAsk.from_params(read_params())


def change(**parts: object) -> None:
    """Put the ask with some parts replaced into the address, from its first page."""
    _put(lambda ask: ask.but(**parts))


def turn(page: int) -> None:
    """Another page of the same list."""
    _put(lambda ask: ask.but(page=page))


def toggle(part: str, value: str) -> None:
    """Choose one value of a filter alone; nothing where it is that one already."""
    _put(lambda ask: ask.but(**{part: () if ask.values(part) == (value,) else (value,)}))


def change_values(part: str, value: str, *, is_chosen: bool) -> None:
    """Put one value into a filter or take it out; the others stay as they are."""

    def changed(ask: PartnerAsk) -> PartnerAsk:
        others = tuple(v for v in ask.values(part) if v != value)
        return ask.but(**{part: (*others, value) if is_chosen else others})

    _put(changed)


def clear() -> None:
    """Take all filters out."""
    _put(lambda ask: ask.cleared())


def _put(changed: Callable[[PartnerAsk], PartnerAsk]) -> None:
    def address(now: Params) -> dict[str, str | list[str]]:
        kept: dict[str, str | list[str]] = {n: v for n, v in now.items() if n not in PARAMS}
        return {**kept, **changed(PartnerAsk.from_params(now)[0]).to_params()}

    rewrite(address)
