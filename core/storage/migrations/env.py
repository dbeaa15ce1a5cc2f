"""Runs the migrations on the connection that ``core.storage.schema`` hands over."""

from __future__ import annotations

from alembic import context

from core.storage.migrations.options import OPTIONS

connection = context.config.attributes["connection"]
context.configure(connection=connection, **OPTIONS)
with context.begin_transaction():
    context.run_migrations()
