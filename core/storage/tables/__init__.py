"""The tables of the store of record, grouped by subject; importing this registers all of them."""

from __future__ import annotations

from core.storage.tables.assessments import AssessmentOverrideRow, AssessmentRow, RiskRow
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
from core.storage.tables.findings import FindingActRow
from core.storage.tables.gap_candidates import GapCandidateActRow, GapCandidateCaseRow
from core.storage.tables.gaps import (
    GapCaseRow,
    GapEntryCaseRow,
    GapEntryRow,
    GapRow,
    GapTaskRow,
)
from core.storage.tables.imports import ImportBatchRow, ImportBeforeRow, ImportRejectRow
from core.storage.tables.investigations import (
    InvestigationCaseRow,
    InvestigationEntryRow,
    InvestigationItemRow,
    InvestigationLinkRow,
    InvestigationPersonRow,
    InvestigationRow,
)
from core.storage.tables.partner_directory import (
    PartnerCoverRow,
    PartnerDismissalRow,
    PartnerMergeMoveRow,
    PartnerMergeRow,
    PartnerTierRow,
)
from core.storage.tables.partner_records import (
    PartnerBandRow,
    PartnerCommitmentRow,
    PartnerContactRow,
    PartnerNoteRow,
)
from core.storage.tables.people import SavedViewRow, SessionRow, UserPartnerRow, UserRow
from core.storage.tables.policy_documents import (
    PolicyDocumentRow,
    PolicyImportRow,
    PolicyRejectRow,
    PolicySectionRow,
    PolicyTextRow,
    PolicyVersionClauseRow,
    PolicyVersionRow,
)
from core.storage.tables.policy_feed import (
    ClauseAdditionRow,
    PolicyConfirmationRow,
    PolicyPostRow,
    PolicyReminderRow,
)
from core.storage.tables.reference_series import (
    ReferenceRejectRow,
    ReferenceReleaseRow,
    ReferenceValueRow,
)
from core.storage.tables.trail import AuditHeadRow, AuditRow, SequenceRow

__all__ = [
    "AssessmentOverrideRow",
    "AssessmentRow",
    "AuditHeadRow",
    "AuditRow",
    "Base",
    "CaseEntityRow",
    "CaseEventRow",
    "CaseGrantRow",
    "CaseRow",
    "CaseTextRow",
    "ClauseAdditionRow",
    "ClauseRow",
    "DecisionRow",
    "EntityRow",
    "FindingActRow",
    "GapCandidateActRow",
    "GapCandidateCaseRow",
    "GapCaseRow",
    "GapEntryCaseRow",
    "GapEntryRow",
    "GapRow",
    "GapTaskRow",
    "ImportBatchRow",
    "ImportBeforeRow",
    "ImportRejectRow",
    "InvestigationCaseRow",
    "InvestigationEntryRow",
    "InvestigationItemRow",
    "InvestigationLinkRow",
    "InvestigationPersonRow",
    "InvestigationRow",
    "MessageRow",
    "PartnerAccountRow",
    "PartnerAliasRow",
    "PartnerBandRow",
    "PartnerCommitmentRow",
    "PartnerContactRow",
    "PartnerCoverRow",
    "PartnerDismissalRow",
    "PartnerMergeMoveRow",
    "PartnerMergeRow",
    "PartnerNoteRow",
    "PartnerRow",
    "PartnerTierRow",
    "PolicyConfirmationRow",
    "PolicyDocumentRow",
    "PolicyImportRow",
    "PolicyPostRow",
    "PolicyRejectRow",
    "PolicyReminderRow",
    "PolicySectionRow",
    "PolicyTextRow",
    "PolicyVersionClauseRow",
    "PolicyVersionRow",
    "ReferenceRejectRow",
    "ReferenceReleaseRow",
    "ReferenceValueRow",
    "RiskRow",
    "SavedViewRow",
    "SequenceRow",
    "SessionRow",
    "SlaCalendarRow",
    "SlaPolicyRow",
    "TombstoneRow",
    "UserPartnerRow",
    "UserRow",
]
