"""The acts that lead a gap from state to state: one table, read from the reference data. Pure.

Rules, buttons, the picture in the documents and the tests read this table; nobody keeps a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.taxonomy import taxonomy

MOVES_FILE = REFERENCE_DIR / "gap_moves.yaml"
Axis = Literal["response", "implementation"]
Need = Literal["reason", "link", "review_on", "shipped_on", "effect", "lead"]
LISTS: Mapping[Axis, str] = {
    "response": "gap_responses",
    "implementation": "gap_implementations",
}


@dataclass(frozen=True, slots=True)
class States:
    """The two states that a gap has at a time."""

    response: str
    implementation: str

    def on(self, axis: Axis) -> str:
        """The state on one axis."""
        return self.response if axis == "response" else self.implementation

    @property
    def is_closed(self) -> bool:
        """True when the lists say of either state that it ends the gap."""
        return any(
            taxonomy().terms(LISTS[axis])[self.on(axis)].is_set("is_closed") for axis in LISTS
        )


class Move(BaseModel):
    """One act: the axis that it moves, from where to where, and what it asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    act: str
    label: str
    axis: Axis
    sources: tuple[str, ...] = Field(alias="from")
    to: str
    when: tuple[str, ...]  # states of the other axis
    needs: dict[Need, str] = {}
    may: dict[Need, str] = {}

    @property
    def other(self) -> Axis:
        """The axis that stays as it is."""
        return "implementation" if self.axis == "response" else "response"

    def leads_from(self, states: States) -> bool:
        """True when the act is open to a gap in these states."""
        return states.on(self.axis) in self.sources and states.on(self.other) in self.when

    def after(self, states: States) -> States:
        """The states that the act leads to."""
        if self.axis == "response":
            return States(self.to, states.implementation)
        return States(states.response, self.to)


class _First(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    response: str
    implementation: str


class _MovesFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    first: _First
    acts: tuple[Move, ...]


@cache
def _table(path: Path = MOVES_FILE) -> _MovesFile:
    return read_reference(path, _MovesFile)


@cache
def moves() -> Mapping[str, Move]:
    """Every act by its name, in the order in which they are offered."""
    return MappingProxyType({move.act: move for move in _table().acts})


def first_states() -> States:
    """The states that a gap begins in."""
    first = _table().first
    return States(first.response, first.implementation)


def moves_from(states: States) -> tuple[Move, ...]:
    """The acts that are open to a gap in these states."""
    return tuple(move for move in moves().values() if move.leads_from(states))


def reachable() -> tuple[States, ...]:
    """All states that acts lead to from the first, nearest first."""
    found = [first_states()]
    for states in found:
        found += [n for n in (m.after(states) for m in moves_from(states)) if n not in found]
    return tuple(found)
