"""The one-line form of an assessment's levels: ``CR:1.0@3f2a9c1b44d0/H:S/S:G/R:X/V:M/E:H/P:C``.

Prefix, table version, start of the table's content hash, then each point's code with its level's;
``X`` is a level that nobody knows. Printing a parsed vector gives the same vector.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.errors import BadInput
from core.risk.framework_model import FrameworkTable, Levels, Point
from core.risk.framework_shapes import UNKNOWN_CODE

HASH_LENGTH = 12
_HEAD = re.compile(r"(?P<prefix>[A-Z]{1,3}):(?P<version>\d+\.\d+)@(?P<hash>[0-9a-f]{12})")
_HINT = "a vector reads CR:1.0@<12 of the hash>/H:S/S:G/… with X for what is not known"


def print_vector(table: FrameworkTable, levels: Levels) -> str:
    """The vector of these levels; a point that is not named is unknown."""
    parts = [f"{point.code}:{_code(point, levels.get(point.key))}" for point in table.all_points]
    head = f"{table.prefix}:{table.version}@{table.content_hash[:HASH_LENGTH]}"
    return "/".join([head, *parts])


def parse_vector(
    text: str, tables: Mapping[str, FrameworkTable]
) -> tuple[FrameworkTable, dict[str, str | None]]:
    """The table that a vector names and its levels; points may stand in any order, each once."""
    head, *parts = text.strip().split("/")
    table = _table(head, tables)
    levels: dict[str, str | None] = {}
    for number, part in enumerate(parts, 1):
        at = f"vector, part {number} '{part}'"
        point, level = _point_level(table, part, at)
        if point.key in levels:
            raise BadInput(f"{point.words.capitalize()} stands twice", at=at, hint=_HINT)
        levels[point.key] = level
    missing = [point.words for point in table.all_points if point.key not in levels]
    if missing:
        raise BadInput(f"The vector lacks {', '.join(missing)}", at="vector", hint=_HINT)
    return table, {point.key: levels[point.key] for point in table.all_points}


def _code(point: Point, level: str | None) -> str:
    return UNKNOWN_CODE if level is None else point.level(level).code


def _table(head: str, tables: Mapping[str, FrameworkTable]) -> FrameworkTable:
    at = f"vector, part 0 '{head}'"
    found = _HEAD.fullmatch(head)
    if found is None:
        raise BadInput("The vector does not start as one", at=at, hint=_HINT)
    table = tables.get(found["version"])
    if table is None or table.prefix != found["prefix"]:
        known = ", ".join(f"{t.prefix}:{t.version}" for t in tables.values())
        raise BadInput("The vector names an unknown table", at=at, hint=f"one of {known}")
    if not table.content_hash.startswith(found["hash"]):
        message = f"Version {table.version} here is another edition than the vector's"
        raise BadInput(message, at=at, hint=f"here it is {table.content_hash[:HASH_LENGTH]}")
    return table


def _point_level(table: FrameworkTable, part: str, at: str) -> tuple[Point, str | None]:
    code, _, value = part.partition(":")
    point = next((p for p in table.all_points if p.code == code), None)
    if point is None:
        known = ", ".join(p.code for p in table.all_points)
        raise BadInput(f"Point '{code}' is unknown", at=at, hint=f"one of {known}")
    if value == UNKNOWN_CODE:
        return point, None
    level = next((x for x in point.levels if x.code == value), None)
    if level is None:
        known = ", ".join([*(x.code for x in point.levels), UNKNOWN_CODE])
        raise BadInput(f"Level '{value}' is unknown", at=at, hint=f"one of {known}")
    return point, level.key
