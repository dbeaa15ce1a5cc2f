"""Who serves which partner, for good or as cover for a while: reads and rows, nothing is decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, literal, select, update
from sqlalchemy.sql.expression import null, union_all

from core.access.permissions import is_bound_to_partners
from core.storage.engine import Write
from core.storage.people import User
from core.storage.sets import among
from core.storage.tables import PartnerCoverRow, PartnerRow, UserPartnerRow, UserRow
from core.storage.tables.base import table_of

COVERS = table_of(PartnerCoverRow)
PARTNERS = table_of(PartnerRow)
SERVED = table_of(UserPartnerRow)
USERS = table_of(UserRow)


@dataclass(frozen=True, slots=True)
class ServedBy:
    """Somebody who serves a partner at a moment; a cover ends at ``until_at``."""

    username: str
    name: str
    is_cover: bool = False
    until_at: int | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """Somebody who serves a partner for a while, in somebody's place where ``instead_of`` says so."""

    id: int
    partner_id: int
    username: str
    name: str
    instead_of: str  # a username, '' for nobody in particular
    from_at: int
    until_at: int
    ended_at: int | None
    set_by: str

    def state(self, at: int) -> str:
        """``coming``, ``now`` or ``over``."""
        if self.ended_at is not None or at >= self.until_at:
            return "over"
        return "coming" if at < self.from_at else "now"


def managers_of(
    connection: Connection, partner_ids: Collection[int], at: int
) -> dict[int, tuple[ServedBy, ...]]:
    """Who serves each of these partners at a moment: their own first, then covers; nobody = absent.

    A partner that the person may not see must not be among ``partner_ids``.
    """
    own = select(SERVED.c.partner_id, SERVED.c.user_id, null().label("until_at"))
    covers = select(COVERS.c.partner_id, COVERS.c.user_id, COVERS.c.until_at).where(in_force(at))
    serving = union_all(own, covers).subquery()
    statement = (
        select(serving.c.partner_id, serving.c.until_at, USERS.c.username, USERS.c.name)
        .join(USERS, USERS.c.id == serving.c.user_id)
        .where(_among(connection, serving.c.partner_id, partner_ids), USERS.c.is_active)
        .order_by(serving.c.partner_id, USERS.c.username)
    )
    found: dict[int, dict[str, ServedBy]] = {}
    for row in connection.execute(statement):
        known = found.setdefault(row.partner_id, {})
        before = known.get(row.username)
        if before is None or _lasts_longer(row.until_at, before.until_at):
            known[row.username] = ServedBy(
                row.username, row.name or row.username, row.until_at is not None, row.until_at
            )
    return {key: tuple(sorted(by.values(), key=_own_first)) for key, by in found.items()}


def covered_ids(connection: Connection, user: User, at: int) -> frozenset[int]:
    """The partners that somebody serves as cover at a moment."""
    if not is_bound_to_partners(user.role):
        return frozenset()
    statement = select(COVERS.c.partner_id).where(COVERS.c.user_id == user.id, in_force(at))
    return frozenset(connection.execute(statement).scalars())


def covers_of(connection: Connection, partner_id: int) -> tuple[Cover, ...]:
    """Every cover that a partner has had, has or will have, the latest first."""
    instead = USERS.alias()
    statement = (
        select(
            *(COVERS.c[name] for name in ("id", "partner_id", "from_at", "until_at")),
            *(COVERS.c.ended_at, COVERS.c.set_by, USERS.c.username, USERS.c.name),
            instead.c.username.label("instead_of"),
        )
        .join(USERS, USERS.c.id == COVERS.c.user_id)
        .outerjoin(instead, instead.c.id == COVERS.c.for_user_id)
        .where(COVERS.c.partner_id == partner_id)
        .order_by(COVERS.c.from_at.desc(), COVERS.c.id.desc())
    )
    rows = [row._asdict() for row in connection.execute(statement)]
    return tuple(Cover(**row | {"instead_of": row["instead_of"] or ""}) for row in rows)


def own_manager_ids(connection: Connection, partner_id: int) -> frozenset[int]:
    """Whoever serves a partner for good."""
    statement = select(SERVED.c.user_id).where(SERVED.c.partner_id == partner_id)
    return frozenset(connection.execute(statement).scalars())


def own_managers(connection: Connection, partner_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The usernames of those who serve each partner for good; nobody = absent."""
    statement = (
        select(SERVED.c.partner_id, USERS.c.username)
        .join(USERS, USERS.c.id == SERVED.c.user_id)
        .where(_among(connection, SERVED.c.partner_id, partner_ids))
    )
    found: dict[int, set[str]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.partner_id, set()).add(row.username)
    return {key: frozenset(names) for key, names in found.items()}


def set_managers(write: Write, partner_id: int, user_ids: Iterable[int]) -> None:
    """Say anew who serves a partner for good."""
    write.connection.execute(delete(UserPartnerRow).where(SERVED.c.partner_id == partner_id))
    rows = [{"user_id": user_id, "partner_id": partner_id} for user_id in sorted(set(user_ids))]
    if rows:
        write.connection.execute(insert(UserPartnerRow), rows)


def add_cover(
    write: Write, partner_id: int, user_id: int, for_user_id: int | None, during: tuple[int, int]
) -> int:
    """Let somebody serve a partner from a moment to another, which is no longer in it."""
    from_at, until_at = during
    found = write.connection.execute(
        insert(PartnerCoverRow)
        .values(
            partner_id=partner_id,
            user_id=user_id,
            for_user_id=for_user_id,
            from_at=from_at,
            until_at=until_at,
            set_by=write.draft.actor,
            set_at=write.at,
        )
        .returning(COVERS.c.id)
    )
    return int(found.scalar_one())


def end_cover(write: Write, cover_id: int) -> None:
    """End a cover now, or call it off before it began."""
    write.connection.execute(
        update(PartnerCoverRow)
        .where(COVERS.c.id == cover_id, COVERS.c.ended_at.is_(None))
        .values(ended_at=write.at, ended_by=write.draft.actor)
    )


def resume_cover(write: Write, cover_id: int) -> None:
    """Take the early end of a cover back."""
    write.connection.execute(
        update(PartnerCoverRow).where(COVERS.c.id == cover_id).values(ended_at=None, ended_by="")
    )


def in_force(at: int) -> ColumnElement[bool]:
    """True for the covers that hold at a moment."""
    moment = literal(at)
    return (COVERS.c.from_at <= moment) & (COVERS.c.until_at > moment) & COVERS.c.ended_at.is_(None)


def _among(
    connection: Connection, column: ColumnElement[int], partner_ids: Collection[int]
) -> ColumnElement[bool]:
    dialect = connection.dialect.name
    return among(column, sorted(partner_ids), "sqlite" if dialect == "sqlite" else "postgresql")


def _lasts_longer(one: int | None, other: int | None) -> bool:
    """Of two ways to serve the same partner the one without an end, or with the later one."""
    return other is not None and (one is None or one > other)


def _own_first(served: ServedBy) -> tuple[bool, str]:
    return served.is_cover, served.username
