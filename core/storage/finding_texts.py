"""Erases the reasons that people gave about findings, with the people and cases they name.

A reason goes as a whole, and with it a search text of the filter that names somebody; that a
finding was dismissed or confirmed stays. What names a case under legal hold is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, true, update

from core.clock import to_micros
from core.risk.scan_rules import scan_rules
from core.storage.engine import Write
from core.storage.findings import ACTS
from core.storage.fold import fold
from core.storage.retention import CASES, kept_for
from core.storage.sets import among

Tells = Callable[[str], bool]
CASE_REF = re.compile(r"E-\d{6,}")
SEARCH = "q"  # the parameter of an address that holds what somebody searched for


def erase_reasons_about(write: Write, case_ids: Sequence[int]) -> int:
    """Empty the reasons that name one of these cases; gives how many."""
    wanted = among(CASES.c.id, case_ids, write.dialect)
    refs = set(write.connection.execute(select(CASES.c.ref).where(wanted)).scalars())
    return _erase(write, lambda text: bool(refs.intersection(CASE_REF.findall(text))), true())


def erase_reason_mentions(write: Write, names: Iterable[str]) -> int:
    """Empty every reason and search text that tells any of these names; gives how many."""
    known = [folded for folded in map(fold, names) if folded]
    if not known:
        return 0
    told = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known))
    return _erase(write, lambda text: bool(told.search(fold(text))), true())


def erase_old_reasons(write: Write, at: datetime) -> int:
    """Empty the reasons and search texts older than they are kept; gives how many."""
    before = to_micros(at - kept_for()[scan_rules().kept_as])
    return _erase(write, bool, ACTS.c.acted_at < before)


def _erase(write: Write, tells: Tells, where: ColumnElement[bool]) -> int:
    held = set(write.connection.execute(select(CASES.c.ref).where(CASES.c.legal_hold)).scalars())
    number = 0
    for row in write.connection.execute(select(ACTS).where(where)).all():
        if held.intersection(CASE_REF.findall(row.reason)):
            continue
        values = {"reason": ""} if row.reason and tells(row.reason) else {}
        ground = json.loads(row.ground)
        if ground.get(SEARCH) and tells(ground.pop(SEARCH)):
            values["ground"] = json.dumps(ground, sort_keys=True, ensure_ascii=False)
        if values:
            number += 1
            write.connection.execute(update(ACTS).where(ACTS.c.id == row.id).values(**values))
    return number
