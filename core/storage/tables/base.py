"""What all tables share: the declarative base, the naming of constraints and the column types.

Moments are whole microseconds since 1970 UTC in a BIGINT: the same number on every store, in the
snapshot and in arrays, with nothing to parse.
"""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import BigInteger, Integer, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

BIG = BigInteger().with_variant(Integer, "sqlite")

Key = Annotated[int, mapped_column(BIG, primary_key=True)]
Big = Annotated[int, mapped_column(BIG)]
Micros = Annotated[int, mapped_column(BigInteger)]
Code = Annotated[str, mapped_column(Text, server_default="")]


class Base(DeclarativeBase):
    """All tables hang on this; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(row: type[Base]) -> Table:
    """The table that a row class declares."""
    return Base.metadata.tables[row.__tablename__]
