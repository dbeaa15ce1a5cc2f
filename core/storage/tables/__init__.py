"""The tables of the store of record, grouped by subject; importing this registers all of them."""

from __future__ import annotations

from core.storage.tables.base import Base
from core.storage.tables.cases import (
    CaseEntityRow,
    CaseEventRow,
    CaseGrantRow,
    CaseRow,
    CaseTextRow,
    DecisionRow,
    EntityRow,
    MessageRow,
    TombstoneRow,
)
from core.storage.tables.directory import (
    ClauseRow,
    PartnerAccountRow,
    PartnerAliasRow,
    PartnerRow,
    SlaCalendarRow,
    SlaPolicyRow,
)
from core.storage.tables.imports import ImportBatchRow, ImportBeforeRow, ImportRejectRow
from core.storage.tables.people import SavedViewRow, SessionRow, UserPartnerRow, UserRow
from core.storage.tables.trail import AuditHeadRow, AuditRow, SequenceRow

__all__ = [
    "AuditHeadRow",
    "AuditRow",
    "Base",
    "CaseEntityRow",
    "CaseEventRow",
    "CaseGrantRow",
    "CaseRow",
    "CaseTextRow",
    "ClauseRow",
    "DecisionRow",
    "EntityRow",
    "ImportBatchRow",
    "ImportBeforeRow",
    "ImportRejectRow",
    "MessageRow",
    "PartnerAccountRow",
    "PartnerAliasRow",
    "PartnerRow",
    "SavedViewRow",
    "SequenceRow",
    "SessionRow",
    "SlaCalendarRow",
    "SlaPolicyRow",
    "TombstoneRow",
    "UserPartnerRow",
    "UserRow",
]
