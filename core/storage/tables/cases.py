"""Cases with their clock cache, their append-only events, and the personal text kept apart."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Big, Code, Key, Micros


class CaseRow(Base):
    """One case; the ``sla``, ``*_due_at``, ``next_*`` and ``time_*`` columns cache the clocks."""

    __tablename__ = "cases"

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(Text, unique=True)
    source: Mapped[Code]
    external_id: Mapped[Code]
    content_hash: Mapped[Code]
    version: Mapped[int] = mapped_column(server_default="1")
    change_seq: Mapped[Big]
    batch_id: Mapped[int | None] = mapped_column(BIG)  # the import that last wrote the case
    created_batch_id: Mapped[int | None] = mapped_column(BIG)
    import_seq: Mapped[int | None] = mapped_column(BIG)  # = change_seq until somebody edits it

    received_at: Mapped[Micros]
    channel: Mapped[Code]
    source_type: Mapped[Code]
    requester_kind: Mapped[Code]
    platform: Mapped[Code]
    surface: Mapped[Code]
    abuse_type: Mapped[Code]
    clause: Mapped[Code]
    partner_id: Mapped[int | None] = mapped_column(BIG)
    tier: Mapped[Code]
    market: Mapped[Code]
    language: Mapped[Code]
    team: Mapped[Code]
    assignee: Mapped[Code]
    priority: Mapped[Code]
    status: Mapped[Code]
    calendar: Mapped[Code]
    first_priority: Mapped[Code]
    first_tier: Mapped[Code]
    first_requester_kind: Mapped[Code]
    outcome: Mapped[Code]
    overturn_reason: Mapped[Code]
    enforcement_action: Mapped[Code]
    csat: Mapped[int | None]
    restriction: Mapped[str] = mapped_column(Text, server_default="open")
    legal_hold: Mapped[bool] = mapped_column(server_default=text("false"))
    retention_class: Mapped[str] = mapped_column(Text, server_default="standard")

    first_response_at: Mapped[int | None] = mapped_column(BigInteger)
    first_resolved_at: Mapped[int | None] = mapped_column(BigInteger)
    resolved_at: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[int | None] = mapped_column(BigInteger)
    last_event_at: Mapped[int | None] = mapped_column(BigInteger)
    reopen_count: Mapped[int] = mapped_column(server_default="0")
    transfer_count: Mapped[int] = mapped_column(server_default="0")

    sla_frt: Mapped[Code]
    sla_nrt: Mapped[Code]
    sla_upd: Mapped[Code]
    sla_ttr_first: Mapped[Code]
    sla_ttr: Mapped[Code]
    frt_due_at: Mapped[int | None] = mapped_column(BigInteger)
    nrt_due_at: Mapped[int | None] = mapped_column(BigInteger)
    upd_due_at: Mapped[int | None] = mapped_column(BigInteger)
    ttr_due_at: Mapped[int | None] = mapped_column(BigInteger)
    frt_us: Mapped[int | None] = mapped_column(BigInteger)
    ttr_first_us: Mapped[int | None] = mapped_column(BigInteger)
    ttr_us: Mapped[int | None] = mapped_column(BigInteger)
    nrt_worst_us: Mapped[int | None] = mapped_column(BigInteger)
    upd_worst_us: Mapped[int | None] = mapped_column(BigInteger)
    frt_breached_at: Mapped[int | None] = mapped_column(BigInteger)
    ttr_breached_at: Mapped[int | None] = mapped_column(BigInteger)
    first_breached_at: Mapped[int | None] = mapped_column(BigInteger)
    next_clock: Mapped[Code]
    next_due_at: Mapped[int | None] = mapped_column(BigInteger)
    next_target_us: Mapped[int | None] = mapped_column(BigInteger)
    next_base_us: Mapped[int | None] = mapped_column(BigInteger)
    next_calendar: Mapped[Code]
    owner: Mapped[Code]
    owner_since_at: Mapped[int | None] = mapped_column(BigInteger)
    time_us_us: Mapped[int] = mapped_column(BigInteger, server_default="0")
    time_requester_us: Mapped[int] = mapped_column(BigInteger, server_default="0")
    time_policy_us: Mapped[int] = mapped_column(BigInteger, server_default="0")
    time_product_us: Mapped[int] = mapped_column(BigInteger, server_default="0")
    time_legal_us: Mapped[int] = mapped_column(BigInteger, server_default="0")
    time_external_us: Mapped[int] = mapped_column(BigInteger, server_default="0")
    time_out_of_hours_us: Mapped[int] = mapped_column(BigInteger, server_default="0")
    wall_us: Mapped[int] = mapped_column(BigInteger, server_default="0")
    unsupported_pause: Mapped[bool] = mapped_column(server_default=text("false"))
    data_fault: Mapped[Code]
    policy_version: Mapped[Code]

    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_cases_change_seq", "change_seq"),
        Index("ix_cases_partner_id_received_at", "partner_id", "received_at"),
        Index("ix_cases_batch_id", "batch_id"),
        Index(
            "ix_cases_open_next_due_at",
            "next_due_at",
            "id",
            sqlite_where=text("owner <> ''"),
            postgresql_where=text("owner <> ''"),
        ),
    )


class CaseTextRow(Base):
    """The personal text of a case; ``erase`` empties this row and nothing else has to change."""

    __tablename__ = "case_texts"

    case_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    title: Mapped[Code]
    summary: Mapped[Code]
    requester_name: Mapped[Code]
    requester_contact: Mapped[Code]
    requester_key: Mapped[str] = mapped_column(Text, server_default="", index=True)
    attributes: Mapped[Code]
    folded: Mapped[Code]  # what the search index was made from
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class CaseEventRow(Base):
    """One thing that happened to a case; never changed, an import may void its own older ones."""

    __tablename__ = "case_events"

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(BIG, ForeignKey("cases.id", ondelete="CASCADE"))
    seq: Mapped[int]
    at: Mapped[Micros]
    kind: Mapped[Code]
    value: Mapped[Code]
    field: Mapped[Code]
    actor: Mapped[Code]
    actor_kind: Mapped[Code]
    message_id: Mapped[int | None] = mapped_column(BIG)
    batch_id: Mapped[int | None] = mapped_column(BIG)
    void_batch_id: Mapped[int | None] = mapped_column(BIG)
    recorded_at: Mapped[Micros]

    __table_args__ = (Index("ix_case_events_case_id_seq", "case_id", "seq"),)


class MessageRow(Base):
    """The erasable body of a message or note that an event refers to."""

    __tablename__ = "messages"

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("cases.id", ondelete="CASCADE"), index=True
    )
    body: Mapped[Code]
    body_hash: Mapped[Code]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class DecisionRow(Base):
    """One decision on a case with the clause version it rests on."""

    __tablename__ = "decisions"

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("cases.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[Micros]
    decided_by: Mapped[Code]
    clause: Mapped[Code]
    clause_version: Mapped[Code]
    outcome: Mapped[Code]
    overturn_reason: Mapped[Code]
    enforcement_action: Mapped[Code]
    confidence: Mapped[Code]
    rationale_id: Mapped[int | None] = mapped_column(BIG)  # a message, so that it can be erased
    batch_id: Mapped[int | None] = mapped_column(BIG, index=True)


class EntityRow(Base):
    """A linkable thing: an account, page, address or media hash."""

    __tablename__ = "entities"

    id: Mapped[Key]
    kind: Mapped[Code]
    value: Mapped[Code]

    __table_args__ = (UniqueConstraint("kind", "value"),)


class CaseEntityRow(Base):
    """That a case mentions an entity."""

    __tablename__ = "case_entities"

    case_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    entity_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("entities.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class CaseGrantRow(Base):
    """A person or role that may see a restricted case; a change of it gives the case a new number."""

    __tablename__ = "case_grants"

    case_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)  # person or role
    name: Mapped[str] = mapped_column(Text, primary_key=True)

    __table_args__ = (Index("ix_case_grants_kind_name", "kind", "name"),)


class TombstoneRow(Base):
    """A case that is gone, so that snapshots can forget it too."""

    __tablename__ = "tombstones"

    case_id: Mapped[int] = mapped_column(BIG, primary_key=True)
    change_seq: Mapped[int] = mapped_column(BIG, index=True)
