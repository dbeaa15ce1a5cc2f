"""Proposes partners that are probably one, with the reason; who says that they differ is believed."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from core.access.model import Person
from core.access.rules import may, require, scope_of
from core.audit.model import Draft
from core.desk.boot import Desk
from core.errors import Refused
from core.partners.spellings import Likeness
from core.storage import partner_directory as rows
from core.storage.partner_directory import DirectoryEntry
from core.storage.partner_dismissals import Dismissal, dismiss, dismissals, propose_again
from core.storage.partner_merges import case_counts
from core.storage.partner_picture import Picture, picture_of


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two partners that are probably one; ``kept`` has more cases, or was known earlier."""

    kept: DirectoryEntry
    gone: DirectoryEntry
    kept_cases: int  # as the person may see them
    gone_cases: int
    likeness: Likeness

    @property
    def is_only_a_spelling(self) -> bool:
        """True when the one that goes has no case: taking it over is adding a spelling."""
        return self.gone_cases == 0


@dataclass(frozen=True, slots=True)
class Proposals:
    """What is proposed to a person, and the pairs that somebody has said differ."""

    proposals: tuple[Proposal, ...]
    dismissed: tuple[tuple[DirectoryEntry, DirectoryEntry, Dismissal], ...]
    may_write: bool


def proposals_view(desk: Desk, person: Person) -> Proposals:
    """Pairs of partners inside the scope of the person that are probably one, the surest first."""
    require(person, "partner.read")
    scope = scope_of(person)
    with desk.store.read() as connection:
        picture = picture_of(desk.store, connection)
        found = {each.entry.id: each.entry for each in picture.within(scope)}
        past = dismissals(connection)
        pairs = _open_pairs(picture, found, past)
        ids = {key for pair in pairs for key in (pair.first_id, pair.second_id)}
        counts = case_counts(connection, scope, ids)
    return Proposals(
        proposals=tuple(_proposal(pair, found, counts) for pair in pairs),
        dismissed=tuple(
            (found[one], found[other], dismissal)
            for (one, other), dismissal in past.items()
            if one in found and other in found
        ),
        may_write=may(person, "partner.write"),
    )


def proposal_count(desk: Desk, person: Person) -> int:
    """How many pairs are proposed to a person."""
    require(person, "partner.read")
    with desk.store.read() as connection:
        picture = picture_of(desk.store, connection)
        found = {each.entry.id: each.entry for each in picture.within(scope_of(person))}
        return len(_open_pairs(picture, found, dismissals(connection)))


def dismiss_pair(desk: Desk, person: Person, ref: str, other_ref: str) -> None:
    """Say that two partners differ; they are not proposed again."""
    _say(desk, person, (ref, other_ref), is_dismissal=True)


def propose_pair(desk: Desk, person: Person, ref: str, other_ref: str) -> None:
    """Take back that two partners differ."""
    _say(desk, person, (ref, other_ref), is_dismissal=False)


def _say(desk: Desk, person: Person, refs: tuple[str, str], *, is_dismissal: bool) -> None:
    require(person, "partner.write")
    act = "partner.dismiss_pair" if is_dismissal else "partner.propose_pair"
    with desk.store.write(Draft(person.username, act, refs[0], {"other": refs[1]})) as write:
        one, other = (rows.entry(write.connection, scope_of(person), ref).id for ref in refs)
        if one == other:
            raise Refused("These are one partner already.")
        pair = (min(one, other), max(one, other))
        if (pair in dismissals(write.connection)) is is_dismissal:
            raise Refused("Somebody has said so before.")
        (dismiss if is_dismissal else propose_again)(write, pair)


def _open_pairs(
    picture: Picture, found: Container[int], past: Container[tuple[int, int]]
) -> list[Likeness]:
    """Pairs of which the person may see both partners and nobody has said that they differ."""
    return [
        pair
        for pair in picture.alike
        if pair.first_id in found
        and pair.second_id in found
        and (pair.first_id, pair.second_id) not in past
    ]


def _proposal(
    pair: Likeness, found: Mapping[int, DirectoryEntry], counts: Mapping[int, int]
) -> Proposal:
    both = (pair.first_id, pair.second_id)
    kept = max(both, key=lambda key: (counts.get(key, 0), -key))
    gone = both[0] if kept == both[1] else both[1]
    return Proposal(found[kept], found[gone], counts.get(kept, 0), counts.get(gone, 0), pair)
