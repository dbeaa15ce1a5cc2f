"""Erases personal text: of one requester on request, or of cases whose time is over.

Events, decisions and audit carry codes and hashes only, so that nothing else has to change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, or_, select, text, update

from core.risk.investigation import investigation_limits
from core.storage.admit.befores import BEFORES, CASES, TEXTS
from core.storage.admit.rows import TEXTS as PERSONAL
from core.storage.admit.rows import requester_key
from core.storage.assessment_texts import ASSESSMENT_TEXTS
from core.storage.engine import Write
from core.storage.finding_texts import FINDING_TEXTS
from core.storage.gap_candidate_texts import GAP_CANDIDATE_TEXTS
from core.storage.gap_texts import GAP_TEXTS
from core.storage.imports import REJECTS
from core.storage.investigation_texts import INVESTIGATION_TEXTS
from core.storage.partner_texts import PARTNER_TEXTS
from core.storage.personal_texts import Erasing
from core.storage.policy_texts import POLICY_TEXTS
from core.storage.retention import due_for_retention
from core.storage.search import forget
from core.storage.sets import among
from core.storage.tables import MessageRow
from core.storage.tables.base import table_of

MESSAGES = table_of(MessageRow)
# Texts that stand beside the cases, by the name that the audit counts them under.
BESIDE_CASES: Mapping[str, Erasing] = {
    "investigation_texts": INVESTIGATION_TEXTS,
    "assessment_texts": ASSESSMENT_TEXTS,
    "finding_texts": FINDING_TEXTS,
    "partner_texts": PARTNER_TEXTS,
    "gap_texts": GAP_TEXTS,
    "gap_candidate_texts": GAP_CANDIDATE_TEXTS,
    "policy_texts": POLICY_TEXTS,
}
EMPTY = dict.fromkeys((*PERSONAL, "requester_key", "folded"), "")


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure emptied, and the references of cases that a legal hold kept."""

    cases: int
    messages: int
    held: tuple[str, ...]


def erase(write: Write, requester: str) -> Erased:
    """Empty all personal text of a requester, known by contact address or exact name."""
    rows = write.connection.execute(
        select(
            CASES.c.id,
            CASES.c.ref,
            CASES.c.legal_hold,
            TEXTS.c.requester_name,
            TEXTS.c.requester_contact,
        )
        .join(TEXTS, TEXTS.c.case_id == CASES.c.id)
        .where(
            or_(
                TEXTS.c.requester_key == requester_key(requester),
                TEXTS.c.requester_contact == requester,
                TEXTS.c.requester_name == requester,
            )
        )
        .order_by(CASES.c.id)
    ).all()
    held = tuple(row.ref for row in rows if row.legal_hold)
    free = [row for row in rows if not row.legal_hold]
    erased = erase_cases(write, [row.id for row in free], held)
    # An investigation may tell of somebody without naming their case.
    own = {name for row in free for name in (row.requester_name, row.requester_contact)}
    shortest = investigation_limits().shortest_mention
    names = {requester, *(name for name in own if len(name) >= shortest)}
    _erase_texts(write, lambda texts: texts.mentions(write, names))
    write.connection.execute(update(REJECTS).where(REJECTS.c.value == requester).values(value=""))
    return erased


def erase_due(write: Write, at: datetime, limit: int | None = None) -> Erased:
    """Empty the personal text of all cases that have been kept for as long as their class allows."""
    due = due_for_retention(write.connection, at, limit=limit)
    erased = erase_cases(write, [found.id for found in due])
    _erase_texts(write, lambda texts: texts.old(write, at))
    return erased


def erase_cases(write: Write, ids: Sequence[int], held: tuple[str, ...] = ()) -> Erased:
    """Empty the personal text of these cases: fields, messages, index and pictures for undo."""
    if not ids:
        return _told(write, Erased(0, 0, held))
    forget(write, ids)
    write.connection.execute(
        update(TEXTS)
        .where(among(TEXTS.c.case_id, ids, write.dialect))
        .values(**EMPTY, erased_at=write.at)
    )
    emptied = write.connection.execute(
        update(MESSAGES)
        .where(among(MESSAGES.c.case_id, ids, write.dialect), MESSAGES.c.erased_at.is_(None))
        .values(body="", erased_at=write.at)
    )
    _erase_texts(write, lambda texts: texts.about(write, ids))
    _empty_befores(write, ids)
    _touch(write, ids)
    _scrub_index(write)
    return _told(write, Erased(len(ids), emptied.rowcount, held))


def _erase_texts(write: Write, erase_some: Callable[[Erasing], int]) -> None:
    for room, texts in BESIDE_CASES.items():
        number = erase_some(texts)
        if number:
            before = write.details.get(room, 0)
            write.details[room] = number + (before if isinstance(before, int) else 0)


def _told(write: Write, erased: Erased) -> Erased:
    write.details |= {
        "cases": erased.cases,
        "messages": erased.messages,
        "held": list(erased.held),
    }
    return erased


def _empty_befores(write: Write, ids: Sequence[int]) -> None:
    rows = write.connection.execute(
        select(BEFORES).where(among(BEFORES.c.case_id, ids, write.dialect))
    ).all()
    for row in rows:
        before = json.loads(row.before)
        if before["text"]:
            before["text"] |= {**EMPTY, "erased_at": write.at}
        write.connection.execute(
            update(BEFORES)
            .where(BEFORES.c.batch_id == row.batch_id, BEFORES.c.case_id == row.case_id)
            .values(before=json.dumps(before, ensure_ascii=False))
        )


def _touch(write: Write, ids: Sequence[int]) -> None:
    # Erasing is no edit of the case: an import that nobody edited can still be undone.
    untouched = CASES.c.import_seq == CASES.c.change_seq
    write.connection.execute(
        update(CASES)
        .where(among(CASES.c.id, ids, write.dialect))
        .values(
            version=CASES.c.version + 1,
            change_seq=write.seq,
            import_seq=case((untouched, write.seq), else_=CASES.c.import_seq),
        )
    )


def _scrub_index(write: Write) -> None:
    if write.dialect == "sqlite":
        # A deleted text leaves its pieces in older parts of the index until these are merged.
        statement = "INSERT INTO case_words (case_words) VALUES ('optimize')"
        write.connection.execute(text(statement))
