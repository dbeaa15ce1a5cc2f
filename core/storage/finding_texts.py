"""The reasons that people gave about findings, as erasing and retention know them.

A reason goes as a whole, and with it a search text of the filter that names somebody; that a
finding was dismissed or confirmed stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table

from core.clock import to_micros
from core.risk.scan_rules import scan_rules
from core.storage.engine import Write
from core.storage.findings import ACTS
from core.storage.personal_texts import Tells, Written, erasing
from core.storage.retention import kept_for

SEARCH = "q"  # the parameter of an address that holds what somebody searched for


def _emptied(row: Row[Any], tells: Tells) -> Mapping[str, object]:
    values = {"reason": ""} if row.reason and tells(row.reason) else {}
    ground = json.loads(row.ground)
    if ground.get(SEARCH) and tells(ground.pop(SEARCH)):
        values["ground"] = json.dumps(ground, sort_keys=True, ensure_ascii=False)
    return values


def _past_time(write: Write, at: datetime) -> dict[Table, ColumnElement[bool]]:
    return {ACTS: ACTS.c.acted_at < to_micros(at - kept_for()[scan_rules().kept_as])}


FINDING_TEXTS = erasing((Written(ACTS, ("reason",), _emptied),), _past_time)
