"""The enum types of the snapshot: which values each dimension has had, and how a new one enters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.storage.snapshot.tables import (
    ALL_CODES,
    DERIVED_NUMBERS,
    DERIVED_SWITCHES,
    NUMBERS,
    SWITCHES,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BOTH = ("cases", "open_cases")


@dataclass(frozen=True)
class Codes:
    """The values of each dimension with the generation of its enum type; never changed in place."""

    values: Mapping[str, tuple[str, ...]]
    generations: Mapping[str, int] = field(default_factory=dict)

    def type_of(self, dimension: str) -> str:
        """The name of the dimension's present enum type."""
        return f"{dimension}_{self.generations.get(dimension, 0)}"

    def missing(self, dimension: str, values: Iterable[str]) -> list[str]:
        """Values that the dimension has not had yet."""
        return sorted(set(values) - set(self.values[dimension]))


def no_codes() -> Codes:
    """Every dimension with nothing but the unknown value."""
    return Codes(dict.fromkeys(ALL_CODES, ("",)))


def create_tables(cursor: DuckDBPyConnection, codes: Codes) -> None:
    """Make both tables of cases, empty."""
    for dimension in ALL_CODES:
        _create_type(cursor, codes, dimension)
    numbers = [f"{name} BIGINT" for name in (*NUMBERS, *DERIVED_NUMBERS)]
    switches = [f"{name} BOOLEAN" for name in (*SWITCHES, *DERIVED_SWITCHES)]
    dimensions = [f"{name} {codes.type_of(name)}" for name in ALL_CODES]
    for table in BOTH:
        cursor.execute(f"CREATE TABLE {table} ({', '.join(numbers + switches + dimensions)})")


def widen(cursor: DuckDBPyConnection, codes: Codes, found: Mapping[str, Iterable[str]]) -> Codes:
    """Let new values in: a wider enum type takes the place of the old one."""
    values, generations = dict(codes.values), dict(codes.generations)
    for dimension, seen in found.items():
        new = codes.missing(dimension, seen)
        if not new:
            continue
        values[dimension] = (*values[dimension], *new)
        generations[dimension] = generations.get(dimension, 0) + 1
        wider = Codes(values, generations)
        _create_type(cursor, wider, dimension)
        for table in BOTH:
            cursor.execute(f"ALTER TABLE {table} ALTER {dimension} TYPE {wider.type_of(dimension)}")
        cursor.execute(f"DROP TYPE {codes.type_of(dimension)}")
    return Codes(values, generations)


def _create_type(cursor: DuckDBPyConnection, codes: Codes, dimension: str) -> None:
    # DDL takes no parameters; a quote inside a value is doubled.
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in codes.values[dimension])
    cursor.execute(f"CREATE TYPE {codes.type_of(dimension)} AS ENUM ({listed})")
