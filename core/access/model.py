"""A person who works in the desk, and the scope that every read of theirs is held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed in, or the operator of the machine at its command line."""

    username: str
    name: str
    role: str
    team: str = ""
    zone: str = "UTC"
    user_id: int = 0
    partner_ids: frozenset[int] = frozenset()  # whom a partner manager serves, as cover or not
    covered_ids: frozenset[int] = frozenset()  # of these, served as cover for a while only
    is_operator: bool = False  # works at the machine's own command line


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases a person's reads may contain, and how much of each; deny unless it says so."""

    username: str
    role: str
    partner_ids: frozenset[int] | None  # None: every partner, and cases without one
    sees_cases: bool
    sees_text: bool  # titles, summaries, messages, names of requesters
    sees_sealed: bool
    sees_every_restricted: bool  # otherwise only cases granted to the person or role
