"""Draws the table of moves as a page of the documents, so that picture and rules cannot differ. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.gaps.workflow import LISTS, Axis, Move, Need, first_states, moves
from core.taxonomy import taxonomy

HEAD = """# The states of a policy gap

Drawn from `data/reference/gap_moves.yaml` by `python -m tools.draw_gap_states`; not to be edited by
hand, a test compares the two. A gap has a response and an implementation at a time. An act moves one
of them while the other is in a state of the last column. Doubly framed states close the gap.
"""
NEEDS: dict[Need, str] = {
    "reason": "a reason",
    "link": "a link to the proof",
    "review_on": "a day to look again",
    "shipped_on": "the day of shipping",
    "effect": "an effect that worked",
    "lead": "a team lead",
}


def states_document() -> str:
    """The page: a picture of each axis, and all acts as a table."""
    parts = [HEAD, *(part for axis in LISTS for part in _axis(axis)), _table()]
    return "\n".join(parts)


def _axis(axis: Axis) -> Iterator[str]:
    own = [move for move in moves().values() if move.axis == axis]
    yield f"## {axis.capitalize()}\n"
    yield "```mermaid"
    yield "flowchart LR"
    for state, term in taxonomy().terms(LISTS[axis]).items():
        is_closed = term.is_set("is_closed")
        yield f'  {state}[["{term.label}"]]' if is_closed else f'  {state}("{term.label}")'
    yield f"  begin(( )) --> {first_states().on(axis)}"
    for move in own:
        yield f"  {' & '.join(move.sources)} -- {move.label} --> {move.to}"
    yield "```\n"


def _table() -> str:
    lines = [
        "## Acts\n",
        "| act | from | to | needs | while the other is |",
        "|---|---|---|---|---|",
        *(_row(move) for move in moves().values()),
    ]
    return "\n".join(lines) + "\n"


def _row(move: Move) -> str:
    needs = "; ".join(NEEDS[need] for need in move.needs) or "nothing"
    parts = (
        f"**{move.label}**",
        _labels(move.axis, move.sources),
        _labels(move.axis, [move.to]),
        needs,
        _labels(move.other, move.when),
    )
    return f"| {' | '.join(parts)} |"


def _labels(axis: Axis, states: Iterable[str]) -> str:
    return "; ".join(taxonomy().label(LISTS[axis], state) for state in states)
