"""Which role may do which act and which pages the desk has, read from ``data/reference``.

Only the tables stand here; whether this person may do this now is decided in ``core.access``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from core.taxonomy.files import TAXONOMY_DIR, taxonomy

REFERENCE_DIR = TAXONOMY_DIR.parent


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a person may be allowed to do, and the roles that may."""

    key: str
    label: str
    description: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One screen: its address, its place in the menu and the roles that may open it."""

    key: str
    path: str
    title: str
    section: str
    act: str
    roles: tuple[str, ...]
    icon: str  # name of a material symbol
    in_menu: bool
    home_of: tuple[str, ...]


@cache
def acts() -> Mapping[str, Act]:
    """Every act by its key, in file order."""
    rows = _rows(REFERENCE_DIR / "permissions.csv")
    roles = tuple(taxonomy().roles)
    return MappingProxyType(
        {
            r["act"]: Act(
                r["act"], r["label"], r["description"], tuple(x for x in roles if r[x] == "yes")
            )
            for r in rows
        }
    )


def acts_of(role: str) -> frozenset[str]:
    """What a role may do; an unknown role may do nothing."""
    return frozenset(key for key, act in acts().items() if role in act.roles)


@cache
def page_entries() -> Mapping[str, PageEntry]:
    """Every screen by its key, in menu order."""
    return MappingProxyType(
        {
            r["key"]: PageEntry(
                r["key"],
                r["path"],
                r["title"],
                r["section"],
                r["act"],
                tuple(r["roles"].split()),
                r["icon"],
                r["in_menu"] == "yes",
                tuple(r["home_of"].split()),
            )
            for r in _rows(REFERENCE_DIR / "pages.csv")
        }
    )


def home_of(role: str) -> PageEntry | None:
    """The screen that the bare address opens for a role."""
    return next((p for p in page_entries().values() if role in p.home_of), None)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
