"""Who may see a restricted case: named people and roles.

A change of what is granted gives the case a new number, which is how snapshots learn of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, literal, select, update

from core.storage.engine import Write
from core.storage.scope import BY_PERSON, BY_ROLE, RESTRICTED
from core.storage.tables import CaseGrantRow, CaseRow
from core.storage.tables.base import table_of

CASES = table_of(CaseRow)
GRANTS = table_of(CaseGrantRow)


def grant(
    write: Write, case_id: int, *, people: Sequence[str] = (), roles: Sequence[str] = ()
) -> None:
    """Let these people and roles see one restricted case."""
    rows = [(BY_PERSON, name) for name in people] + [(BY_ROLE, role) for role in roles]
    values = [{"case_id": case_id, "kind": kind, "name": name} for kind, name in rows]
    if values:
        write.connection.execute(insert(CaseGrantRow), values)
        _tell(write, case_id)


def take_back(write: Write, case_id: int, kind: str, name: str) -> None:
    """Close a restricted case again to a person or role."""
    granted = (GRANTS.c.case_id == case_id, GRANTS.c.kind == kind, GRANTS.c.name == name)
    write.connection.execute(delete(GRANTS).where(*granted))
    _tell(write, case_id)


def _tell(write: Write, case_id: int) -> None:
    changed = update(CaseRow).where(CASES.c.id == case_id).values(change_seq=write.seq)
    write.connection.execute(changed)


def grant_every_restricted(write: Write, batch_id: int, roles: Sequence[str]) -> None:
    """Let these roles see each restricted case that a batch created."""
    for role in roles:
        mine = select(CASES.c.id, literal(BY_ROLE), literal(role)).where(
            CASES.c.created_batch_id == batch_id, CASES.c.restriction == RESTRICTED
        )
        write.connection.execute(insert(GRANTS).from_select(["case_id", "kind", "name"], mine))
