"""How Alembic looks at the tables: the same for running migrations and for finding drift."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from alembic.runtime.migration import MigrationContext

from core.storage.tables import Base

# The search index differs by store and is written as plain DDL in its migration.
SEARCH_TABLES = ("case_words", "case_grams")


def _is_ours(name: str | None, kind: str, _parents: MutableMapping[str, str | None]) -> bool:
    return kind != "table" or not str(name).startswith(SEARCH_TABLES)


def _default_differs(
    context: MigrationContext,
    _found: object,
    _declared: object,
    found: str | None,
    _default: object,
    declared: str | None,
) -> bool | None:
    if context.dialect.name != "sqlite":
        return None
    # SQLite gives some defaults back in quotes or brackets, which Alembic takes for a difference.
    return (found or "").strip("'()") != (declared or "").strip("'()")


OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "include_name": _is_ours,
    "compare_type": True,
    "compare_server_default": _default_differs,
    "render_as_batch": True,
    "transaction_per_migration": False,
}
