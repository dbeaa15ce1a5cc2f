"""What the texts of one column mean for one field: value maps, lists of the vocabulary, flags."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.mapping import LISTED, NAMES, FieldRule, StatusRule
from core.intake.model import TextColumn
from core.taxonomy import taxonomy

KEEP, REJECT, UNKNOWN = "keep", "reject", "unknown"
SHOWN = 12  # values of a list that a hint names
YES, NO = frozenset({"true", "yes", "y", "1"}), frozenset({"false", "no", "n", "0"})


@dataclass(frozen=True, slots=True)
class Read:
    """A column as it will stand in the desk, and the rows whose text means nothing."""

    values: TextColumn
    wrong: np.ndarray
    reason: str = ""
    hint: str = ""


def read_field(field: str, rule: FieldRule, column: TextColumn) -> Read:
    """One field of all rows of a block."""
    targets, hint = _targets(field)
    kept = rule.otherwise or (REJECT if field in LISTED else KEEP)
    if kept == REJECT and rule.values and not hint:  # a free text with a closed map
        targets, hint = (lambda _: None), f"one of {', '.join(list(rule.values)[:SHOWN])}"
    meaning = _meaning(rule.values, targets, kept)
    if field in NAMES:
        meaning = _one_blank(meaning)
    return _apply(column, meaning, f"'{field}' does not know this value.", hint)


def read_status(rule: StatusRule, column: TextColumn) -> Read:
    """The status of all rows of a block."""
    statuses = frozenset(taxonomy().statuses)
    meaning = _meaning(rule.values, lambda text: text if text in statuses else None, rule.otherwise)
    named = ", ".join(rule.values) or ", ".join(sorted(statuses))
    return _apply(column, meaning, "The mapping does not know this state.", f"one of {named}")


Meaning = Callable[[str], str | None]


def _meaning(values: dict[str, str], of_list: Meaning, otherwise: str) -> Meaning:
    folded = {k.casefold(): v for k, v in values.items()}

    def meaning(text: str) -> str | None:
        if text == "":
            return values.get("", "")
        found = values.get(text, folded.get(text.casefold()))
        if found is None and not (values and otherwise not in {KEEP, REJECT}):
            found = of_list(text)
        if found is not None or otherwise in {KEEP, REJECT}:
            return found
        return "" if otherwise == UNKNOWN else otherwise

    return meaning


def _one_blank(meaning: Meaning) -> Meaning:
    def told(text: str) -> str | None:
        found = meaning(text)
        return None if found is None else " ".join(found.split())

    return told


def _targets(field: str) -> tuple[Meaning, str]:
    if field == "csat":
        return _whole_number, "a whole number from 1 to 5"
    if field == "legal_hold":
        return _flag, "yes or no"
    if field not in LISTED:
        return lambda text: text, ""
    terms = _spellings(LISTED[field])
    values = list(taxonomy().terms(LISTED[field]))
    more = ", …" if len(values) > SHOWN else ""
    return lambda text: terms.get(_folded(text)), f"one of {', '.join(values[:SHOWN])}{more}"


@cache
def _spellings(list_name: str) -> dict[str, str]:
    terms = taxonomy().terms(list_name)
    labels = {_folded(t.label): v for v, t in terms.items()}
    return labels | {_folded(v): v for v in terms}


def _folded(text: str) -> str:
    return text.strip().casefold().replace(" ", "_").replace("-", "_")


def _whole_number(text: str) -> str | None:
    number = text.removesuffix(".0")
    return number if number in {"1", "2", "3", "4", "5"} else None


def _flag(text: str) -> str | None:
    folded = text.casefold()
    return "yes" if folded in YES else "" if folded in NO else None


def _apply(column: TextColumn, meaning: Meaning, reason: str, hint: str) -> Read:
    """Ask once per distinct text, not once per row."""
    encoded = combined(pc.dictionary_encode(column))
    found = [meaning(text) for text in encoded.dictionary.to_pylist()]
    codes = encoded.indices
    wrong = np.array([f is None for f in found], dtype=bool)
    values = pa.array([f or "" for f in found], type=pa.string()).take(codes)
    rows = wrong[codes.to_numpy(zero_copy_only=False)] if found else np.zeros(0, bool)
    return Read(values, rows, reason, hint)


def fill_template(template: str, column_of: Callable[[str], TextColumn], n: int) -> TextColumn:
    """A text with its places filled; separators beside empty places are trimmed away."""
    parts = [column_of(p[1:]) if p.startswith("{") else p for p in _pieces(template)]
    joined = pc.binary_join_element_wise(*parts, "") if parts else pa.array([""] * n)
    return pc.replace_substring_regex(joined, r"^[\s:·,;/\-]+|[\s:·,;/\-]+$", "")


def _pieces(template: str) -> Iterable[str]:
    head, *rest = template.split("{")
    if head:
        yield head
    for part in rest:
        name, _, text = part.partition("}")
        yield "{" + name
        if text:
            yield text


def combined(column: TextColumn) -> TextColumn:
    """One array out of a chunked one."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
