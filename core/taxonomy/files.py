"""Reading the lists from their files; a fault names file and line."""

from __future__ import annotations

import csv
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import MappingProxyType

from core.errors import BadInput
from core.taxonomy.model import Taxonomy, Term, Terms

TAXONOMY_DIR = Path(__file__).resolve().parents[2] / "data" / "reference" / "taxonomy"
COMMON = ("value", "label", "color", "description")


@cache
def taxonomy() -> Taxonomy:
    """The lists of this desk, read at the first call."""
    return read_taxonomy(TAXONOMY_DIR)


def read_taxonomy(folder: Path) -> Taxonomy:
    """All lists of a folder."""
    return Taxonomy(**{f.name: read_terms(folder / f"{f.name}.csv") for f in fields(Taxonomy)})


def read_terms(path: Path) -> Terms:
    """One list in file order. Plain text throughout, so that the market ``NA`` stays Namibia."""
    if not path.exists():
        raise BadInput("The list is missing", at=path.name, hint="every list is one CSV file")
    terms: dict[str, Term] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        lacking = [c for c in COMMON if c not in (reader.fieldnames or ())]
        if lacking:
            raise BadInput(f"Columns are missing: {', '.join(lacking)}", at=f"{path.name}, line 1")
        for row in reader:
            _admit(terms, row, at=f"{path.name}, line {reader.line_num}")
    return MappingProxyType(terms)


def _admit(terms: dict[str, Term], row: dict[str, str], at: str) -> None:
    value = row["value"]
    if not value or not row["label"]:
        raise BadInput("A value without a value or label", at=at)
    if value in terms:
        raise BadInput(f"'{value}' stands twice", at=at, hint="each value once per list")
    extra = {c: text for c, text in row.items() if c not in COMMON}
    terms[value] = Term(value, row["label"], row["color"], row["description"], extra)
