"""The first tables, and the search index that each store has in its own way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import BIG, at, big, code, text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _key() -> sa.Column[int]:
    return sa.Column("id", BIG, nullable=False)


def upgrade() -> None:
    _trail()
    _directory()
    _cases()
    _case_parts()
    _imports()
    _people()
    _search()
    op.execute("INSERT INTO app_seq (id, seq) VALUES (1, 0)")
    op.execute("INSERT INTO audit_head (id, entry_id, hash) VALUES (1, 0, '')")


def downgrade() -> None:
    op.execute("DROP TABLE IF EXISTS case_words_vocabulary")
    op.execute("DROP TABLE IF EXISTS case_words")
    op.execute("DROP TABLE IF EXISTS case_grams")
    for table in TABLES:
        op.drop_table(table)


def _trail() -> None:
    op.create_table("app_seq", _key(), big("seq"), sa.PrimaryKeyConstraint("id", name="pk_app_seq"))
    op.create_table(
        "audit",
        _key(),
        at("at"),
        code("actor"),
        code("act"),
        code("subject"),
        code("details"),
        code("previous_hash"),
        text("hash"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sa.UniqueConstraint("hash", name="uq_audit_hash"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_table(
        "audit_head",
        _key(),
        big("entry_id"),
        code("hash"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )


def _directory() -> None:
    op.create_table(
        "partners",
        _key(),
        text("ref"),
        text("name"),
        code("category"),
        code("tier"),
        code("market"),
        code("language"),
        code("zone"),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        at("created_at"),
        big("batch_id", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_partners"),
        sa.UniqueConstraint("ref", name="uq_partners_ref"),
    )
    op.create_table(
        "partner_aliases",
        _key(),
        big("partner_id"),
        text("folded"),
        code("spelling"),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partners.id"],
            name="fk_partner_aliases_partner_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_partner_aliases"),
        sa.UniqueConstraint("folded", name="uq_partner_aliases_folded"),
    )
    op.create_index("ix_partner_aliases_partner_id", "partner_aliases", ["partner_id"])
    op.create_table(
        "partner_accounts",
        _key(),
        big("partner_id"),
        code("platform"),
        code("handle"),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partners.id"],
            name="fk_partner_accounts_partner_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_partner_accounts"),
        sa.UniqueConstraint(
            "partner_id",
            "platform",
            "handle",
            name="uq_partner_accounts_partner_id_platform_handle",
        ),
    )
    op.create_index("ix_partner_accounts_partner_id", "partner_accounts", ["partner_id"])
    op.create_table(
        "clauses",
        text("key"),
        text("version"),
        code("abuse_type"),
        code("title"),
        code("body"),
        at("effective_from_at"),
        at("effective_to_at", null=True),
        sa.PrimaryKeyConstraint("key", "version", name="pk_clauses"),
    )
    op.create_table(
        "sla_policies",
        text("version"),
        at("effective_from_at"),
        text("document"),
        sa.PrimaryKeyConstraint("version", name="pk_sla_policies"),
    )
    op.create_table(
        "sla_calendars",
        text("key"),
        at("effective_from_at"),
        text("document"),
        sa.PrimaryKeyConstraint("key", "effective_from_at", name="pk_sla_calendars"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        _key(),
        text("ref"),
        code("source"),
        code("external_id"),
        code("content_hash"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        big("change_seq"),
        big("batch_id", null=True),
        big("created_batch_id", null=True),
        big("import_seq", null=True),
        at("received_at"),
        code("channel"),
        code("source_type"),
        code("requester_kind"),
        code("platform"),
        code("surface"),
        code("abuse_type"),
        code("clause"),
        big("partner_id", null=True),
        code("tier"),
        code("market"),
        code("language"),
        code("team"),
        code("assignee"),
        code("priority"),
        code("status"),
        code("calendar"),
        code("first_priority"),
        code("first_tier"),
        code("first_requester_kind"),
        code("outcome"),
        code("overturn_reason"),
        code("enforcement_action"),
        sa.Column("csat", sa.Integer(), nullable=True),
        sa.Column("restriction", sa.Text(), server_default="open", nullable=False),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("retention_class", sa.Text(), server_default="standard", nullable=False),
        at("first_response_at", null=True),
        at("first_resolved_at", null=True),
        at("resolved_at", null=True),
        at("closed_at", null=True),
        at("last_event_at", null=True),
        sa.Column("reopen_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("transfer_count", sa.Integer(), server_default="0", nullable=False),
        code("sla_frt"),
        code("sla_nrt"),
        code("sla_upd"),
        code("sla_ttr_first"),
        code("sla_ttr"),
        at("frt_due_at", null=True),
        at("nrt_due_at", null=True),
        at("upd_due_at", null=True),
        at("ttr_due_at", null=True),
        at("frt_us", null=True),
        at("ttr_first_us", null=True),
        at("ttr_us", null=True),
        at("nrt_worst_us", null=True),
        at("upd_worst_us", null=True),
        at("frt_breached_at", null=True),
        at("ttr_breached_at", null=True),
        at("first_breached_at", null=True),
        code("next_clock"),
        at("next_due_at", null=True),
        at("next_target_us", null=True),
        at("next_base_us", null=True),
        code("next_calendar"),
        code("owner"),
        at("owner_since_at", null=True),
        sa.Column("time_us_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("time_requester_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("time_policy_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("time_product_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("time_legal_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("time_external_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("time_out_of_hours_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wall_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "unsupported_pause", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        code("data_fault"),
        code("policy_version"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("ref", name="uq_cases_ref"),
        sa.UniqueConstraint("source", "external_id", name="uq_cases_source_external_id"),
    )
    op.create_index("ix_cases_batch_id", "cases", ["batch_id"])
    op.create_index("ix_cases_change_seq", "cases", ["change_seq"])
    op.create_index(
        "ix_cases_open_next_due_at",
        "cases",
        ["next_due_at", "id"],
        sqlite_where=sa.text("owner <> ''"),
        postgresql_where=sa.text("owner <> ''"),
    )
    op.create_index("ix_cases_partner_id_received_at", "cases", ["partner_id", "received_at"])


def _case_parts() -> None:
    op.create_table(
        "case_texts",
        big("case_id"),
        code("title"),
        code("summary"),
        code("requester_name"),
        code("requester_contact"),
        code("requester_key"),
        code("attributes"),
        code("folded"),
        at("erased_at", null=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_case_texts_case_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_texts"),
    )
    op.create_index("ix_case_texts_requester_key", "case_texts", ["requester_key"])
    op.create_table(
        "case_events",
        _key(),
        big("case_id"),
        sa.Column("seq", sa.Integer(), nullable=False),
        at("at"),
        code("kind"),
        code("value"),
        code("field"),
        code("actor"),
        code("actor_kind"),
        big("message_id", null=True),
        big("batch_id", null=True),
        big("void_batch_id", null=True),
        at("recorded_at"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_case_events_case_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_case_events"),
    )
    op.create_index("ix_case_events_case_id_seq", "case_events", ["case_id", "seq"])
    op.create_table(
        "messages",
        _key(),
        big("case_id"),
        code("body"),
        code("body_hash"),
        at("erased_at", null=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_messages_case_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_case_id", "messages", ["case_id"])
    op.create_table(
        "entities",
        _key(),
        code("kind"),
        code("value"),
        sa.PrimaryKeyConstraint("id", name="pk_entities"),
        sa.UniqueConstraint("kind", "value", name="uq_entities_kind_value"),
    )
    op.create_table(
        "case_entities",
        big("case_id"),
        big("entity_id"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_case_entities_case_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name="fk_case_entities_entity_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "entity_id", name="pk_case_entities"),
    )
    op.create_index("ix_case_entities_entity_id", "case_entities", ["entity_id"])
    op.create_table(
        "case_grants",
        big("case_id"),
        text("kind"),
        text("name"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_case_grants_case_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "kind", "name", name="pk_case_grants"),
    )
    op.create_index("ix_case_grants_kind_name", "case_grants", ["kind", "name"])
    op.create_table(
        "decisions",
        _key(),
        big("case_id"),
        at("at"),
        code("decided_by"),
        code("clause"),
        code("clause_version"),
        code("outcome"),
        code("overturn_reason"),
        code("enforcement_action"),
        code("confidence"),
        big("rationale_id", null=True),
        big("batch_id", null=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_decisions_case_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_batch_id", "decisions", ["batch_id"])
    op.create_index("ix_decisions_case_id", "decisions", ["case_id"])
    op.create_table(
        "tombstones",
        big("case_id"),
        big("change_seq"),
        sa.PrimaryKeyConstraint("case_id", name="pk_tombstones"),
    )
    op.create_index("ix_tombstones_change_seq", "tombstones", ["change_seq"])


def _imports() -> None:
    op.create_table(
        "import_batches",
        _key(),
        text("ref"),
        code("source"),
        code("file_name"),
        code("file_hash"),
        code("mapping"),
        code("status"),
        at("started_at"),
        at("finished_at", null=True),
        at("undone_at", null=True),
        code("by"),
        sa.Column("read", BIG, server_default="0", nullable=False),
        sa.Column("accepted", BIG, server_default="0", nullable=False),
        sa.Column("updated", BIG, server_default="0", nullable=False),
        sa.Column("unchanged", BIG, server_default="0", nullable=False),
        sa.Column("rejected", BIG, server_default="0", nullable=False),
        sa.Column("cases_created", BIG, server_default="0", nullable=False),
        sa.Column("cases_updated", BIG, server_default="0", nullable=False),
        code("message"),
        sa.PrimaryKeyConstraint("id", name="pk_import_batches"),
        sa.UniqueConstraint("ref", name="uq_import_batches_ref"),
    )
    op.create_table(
        "import_rejects",
        _key(),
        big("batch_id"),
        big("line"),
        code("field"),
        code("value"),
        code("reason"),
        code("hint"),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batches.id"],
            name="fk_import_rejects_batch_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_import_rejects"),
    )
    op.create_index("ix_import_rejects_batch_id_line", "import_rejects", ["batch_id", "line"])
    op.create_table(
        "import_befores",
        big("batch_id"),
        big("case_id"),
        text("before"),
        sa.PrimaryKeyConstraint("batch_id", "case_id", name="pk_import_befores"),
    )


def _people() -> None:
    op.create_table(
        "users",
        _key(),
        text("username"),
        code("name"),
        code("role"),
        code("team"),
        code("zone"),
        code("password_hash"),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), server_default="0", nullable=False),
        at("locked_until_at", null=True),
        at("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username", name="uq_users_username"),
    )
    op.create_table(
        "user_partners",
        big("user_id"),
        big("partner_id"),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name="fk_user_partners_partner_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_user_partners_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "partner_id", name="pk_user_partners"),
    )
    op.create_table(
        "sessions",
        text("token_hash"),
        big("user_id"),
        at("created_at"),
        at("seen_at"),
        at("expires_at"),
        at("revoked_at", null=True),
        code("revoked_why"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_sessions_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "saved_views",
        _key(),
        code("owner"),
        code("page"),
        code("name"),
        code("params"),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        at("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.UniqueConstraint("owner", "page", "name", name="uq_saved_views_owner_page_name"),
    )


def _search() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # The text stands in case_texts already; without positions and sizes the index is small,
        # and the reader checks each candidate against the text.
        op.execute(
            "CREATE VIRTUAL TABLE case_words USING fts5(folded, content='case_texts', "
            "content_rowid='case_id', tokenize='trigram case_sensitive 1', "
            "detail=none, columnsize=0)"
        )
        op.execute("CREATE VIRTUAL TABLE case_words_vocabulary USING fts5vocab(case_words, row)")
        return
    op.execute(
        "CREATE TABLE case_grams (case_id BIGINT PRIMARY KEY "
        "REFERENCES cases (id) ON DELETE CASCADE, grams TSVECTOR NOT NULL)"
    )
    op.execute("CREATE INDEX ix_case_grams_grams ON case_grams USING gin (grams)")


TABLES = (
    "saved_views",
    "sessions",
    "user_partners",
    "users",
    "import_befores",
    "import_rejects",
    "import_batches",
    "tombstones",
    "decisions",
    "case_grants",
    "case_entities",
    "entities",
    "messages",
    "case_events",
    "case_texts",
    "cases",
    "sla_calendars",
    "sla_policies",
    "clauses",
    "partner_accounts",
    "partner_aliases",
    "partners",
    "audit_head",
    "audit",
    "app_seq",
)
