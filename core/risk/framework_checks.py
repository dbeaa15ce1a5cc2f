"""What must hold for a decision table, check by check, each fault with the line where it stands.

Pure: lines in, checks out. A screen shows the checks; the reader refuses a table with a fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from core.risk.framework_model import Point, Reason

Combination = tuple[str, ...]

_CLAIMS = {
    "known_words": "Every level and verdict is one that the table defines",
    "no_duplicate": "No combination stands twice",
    "complete": "Every combination of levels has a row",
    "monotone": "A point that gets worse never lowers the verdict",
    "logic": "Every row says what the written logic says",
    "top_share": "The highest verdict stays rare",
}


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row of the table's file: its levels in the order of the points, and its verdict."""

    line: int
    levels: Combination
    verdict: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a table and where: file and, if there is one, line and column."""

    at: str
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, in words, how much was looked at, and what was wrong."""

    key: str
    claim: str
    count: int
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """True when nothing was wrong."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Draft:
    """A table as written, not yet known to be good; ``file`` names its rows' file."""

    file: str
    points: tuple[Point, ...]
    verdicts: tuple[str, ...]
    lines: tuple[RowLine, ...]
    logic: tuple[Reason, ...] = ()
    top_verdict_max_share: float = 1.0

    def at(self, line: RowLine) -> str:
        """The place of a row."""
        return f"{self.file}, line {line.line}"

    def usable(self) -> dict[Combination, RowLine]:
        """The first row of each combination whose words are all known."""
        found: dict[Combination, RowLine] = {}
        for line in self.lines:
            if not any(_unknown_words(self, line)):
                found.setdefault(line.levels, line)
        return found


def check_draft(draft: Draft) -> tuple[Check, ...]:
    """Every check of a table's rows."""
    rows = draft.usable()
    combinations = list(product(*(point.keys for point in draft.points)))
    ranks = {verdict: rank for rank, verdict in enumerate(draft.verdicts)}
    pairs, falls = _monotone(draft, combinations, rows, ranks)
    unknown = [fault for line in draft.lines for fault in _unknown_words(draft, line)]
    return (
        _check("known_words", len(draft.lines), unknown),
        _check("no_duplicate", len(draft.lines), _duplicates(draft)),
        _check("complete", len(combinations), _missing(draft, combinations, rows)),
        _check("monotone", pairs, falls),
        _check("logic", len(rows) if draft.logic else 0, _against_logic(draft, rows, ranks)),
        _check("top_share", len(rows), _too_many(draft, rows)),
    )


def _check(key: str, count: int, faults: Iterable[Fault]) -> Check:
    return Check(key, _CLAIMS[key], count, tuple(faults))


def _unknown_words(draft: Draft, line: RowLine) -> Iterable[Fault]:
    for point, level in zip(draft.points, line.levels, strict=True):
        if level not in point.keys:
            known = ", ".join(point.keys)
            message = f"Level '{level}' is unknown; one of {known}"
            yield Fault(f"{draft.at(line)}, {point.key}", message)
    if line.verdict not in draft.verdicts:
        known = ", ".join(draft.verdicts)
        message = f"Verdict '{line.verdict}' is unknown; one of {known}"
        yield Fault(f"{draft.at(line)}, verdict", message)


def _duplicates(draft: Draft) -> Iterable[Fault]:
    first: dict[Combination, RowLine] = {}
    for line in draft.lines:
        earlier = first.setdefault(line.levels, line)
        if earlier is not line:
            message = f"{_named(line.levels)} stands already in line {earlier.line}"
            yield Fault(draft.at(line), message)


def _missing(
    draft: Draft, combinations: list[Combination], rows: Mapping[Combination, RowLine]
) -> Iterable[Fault]:
    for combination in combinations:
        if combination not in rows:
            yield Fault(draft.file, f"{_named(combination)} has no row")


def _monotone(
    draft: Draft,
    combinations: list[Combination],
    rows: Mapping[Combination, RowLine],
    ranks: Mapping[str, int],
) -> tuple[int, list[Fault]]:
    """How many pairs of rows are one level apart, and a fault for each pair that falls."""
    pairs, faults = 0, []
    for combination in combinations:
        for place, point in enumerate(draft.points):
            lower, upper = rows.get(combination), rows.get(_raised(combination, place, point))
            if lower is None or upper is None:
                continue
            pairs += 1
            if ranks[upper.verdict] < ranks[lower.verdict]:
                message = (
                    f"{_named(upper.levels)} gives {upper.verdict}, but with {point.words} "
                    f"{lower.levels[place]} (line {lower.line}) it is {lower.verdict}"
                )
                faults.append(Fault(draft.at(upper), message))
    return pairs, faults


def _raised(combination: Combination, place: int, point: Point) -> Combination:
    step = point.keys.index(combination[place]) + 1
    if step == len(point.keys):
        return ()
    return (*combination[:place], point.keys[step], *combination[place + 1 :])


def reasons_at(
    logic: Sequence[Reason], points: Sequence[Point], levels: Combination
) -> tuple[Reason, ...]:
    """The rules of the written logic that a combination meets."""
    steps = {p.key: p.keys.index(level) for p, level in zip(points, levels, strict=True)}
    keys = {p.key: p.keys for p in points}
    return tuple(
        reason
        for reason in logic
        if all(steps[key] >= keys[key].index(least) for key, least in reason.at_least.items())
    )


def _against_logic(
    draft: Draft, rows: Mapping[Combination, RowLine], ranks: Mapping[str, int]
) -> Iterable[Fault]:
    for levels, line in rows.items() if draft.logic else ():
        met = reasons_at(draft.logic, draft.points, levels)
        said = max((reason.verdict for reason in met), key=ranks.__getitem__, default="")
        wanted = said or draft.verdicts[0]
        if line.verdict != wanted:
            yield Fault(draft.at(line), f"The row says {line.verdict}, the logic says {wanted}")


def _too_many(draft: Draft, rows: Mapping[Combination, RowLine]) -> Iterable[Fault]:
    top = draft.verdicts[-1]
    count = Counter(line.verdict for line in rows.values())[top]
    if rows and count / len(rows) > draft.top_verdict_max_share:
        share = f"{count} of {len(rows)} rows"
        message = f"{share} give {top}; at most {draft.top_verdict_max_share:.1%} may"
        yield Fault(draft.file, message)


def _named(levels: Combination) -> str:
    return " × ".join(levels)
