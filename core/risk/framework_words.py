"""Sentences about an assessment: its path through the table, what would change it, its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.risk.framework import Assessment, Outcome, replay
from core.risk.framework_checks import reasons_at
from core.risk.framework_model import FrameworkTable, Levels, Point
from core.risk.framework_ranges import (
    Change,
    Settling,
    flipping_changes,
    most_settling,
    verdict_range,
)


def path_sentence(table: FrameworkTable, levels: Levels) -> str:
    """``Harm is severe, reach is not known …: Community risk 1.0 says review to investigate.``"""
    parts = [f"{point.words} is {_level(point, levels)}" for point in table.points]
    path = _listed(parts)
    says = verdict_range(table, levels).words
    return f"{path[0].upper()}{path[1:]}: {table.name} {table.version} says {says}."


def reasons_of(table: FrameworkTable, levels: Levels) -> tuple[str, ...]:
    """Why the row has its verdict, in the words of the table; none while points are unknown."""
    known = [levels.get(point.key) for point in table.points]
    combination = tuple(level for level in known if level is not None)
    if len(combination) < len(known):
        return ()
    verdict = table.verdict_of(levels)
    met = reasons_at(table.logic, table.points, combination)
    return tuple(reason.because for reason in met if reason.verdict == verdict)


def consequence_sentences(table: FrameworkTable, outcome: Outcome) -> tuple[str, ...]:
    """What the evidence and the clarity of policy ask for beside the verdict."""
    return tuple(table.consequences[one] for one in outcome.consequences)


def change_sentence(table: FrameworkTable, change: Change) -> str:
    """``Would drop to review if reach were limited.``"""
    point = table.point(change.point)
    level = point.level(change.level).words
    move = "rise" if change.is_rise else "drop"
    distance = f" ({abs(change.steps)} levels away)" if abs(change.steps) > 1 else ""
    return f"Would {move} to {change.after.words} if {point.words} were {level}{distance}."


def change_sentences(table: FrameworkTable, levels: Levels) -> tuple[str, ...]:
    """Every single point that could flip the verdict, nearest first; equally near ones are said so."""
    changes = flipping_changes(table, levels)
    if not changes:
        return ("No change of a single known point changes the verdict.",)
    nearest = sum(change.is_nearest for change in changes)
    tie = (f"{nearest} changes are equally near.",) if nearest > 1 else ()
    return (*(change_sentence(table, change) for change in changes), *tie)


def settling_sentence(table: FrameworkTable, settling: Settling) -> str:
    """``If reach were known: limited → review; regional → investigate.``"""
    point = table.point(settling.point)
    if not settling.matters:
        return f"Knowing {point.words} alone would change nothing."
    parts = [f"{point.level(key).words} → {span.words}" for key, span in settling.ranges.items()]
    return f"If {point.words} were known: {'; '.join(parts)}."


def first_to_find_out(table: FrameworkTable, levels: Levels) -> str:
    """``Find out reach first: 2 of 3 levels settle the verdict.``; '' where none settles it."""
    best = most_settling(table, levels)
    if not best:
        return ""
    shares = [f"{one.settled_count} of {len(one.ranges)}" for one in best]
    names = _listed([table.point(one.point).words for one in best], " or ")
    told = _listed(list(dict.fromkeys(shares)))
    return f"Find out {names} first: {told} levels settle the verdict."


def verdict_sentence(outcome: Outcome) -> str:
    """The verdict to act on and, where it differs, what the table says."""
    over = outcome.override
    if over:
        table = outcome.by_table.words
        why = f" ({over.reason})" if over.reason else ""  # not told to everybody
        return f"{over.verdict.capitalize()}, set by {over.by}{why}; the table says {table}."
    if outcome.by_table.is_settled:
        return f"{outcome.verdict.capitalize()}."
    return f"{outcome.by_table.words.capitalize()}; {outcome.verdict} until more is known."


def history_sentence(
    tables: Mapping[str, FrameworkTable], before: Assessment, after: Assessment
) -> str:
    """What changed from one assessment of a subject to the next, verdict last."""
    old, new = replay(tables, before), replay(tables, after)
    parts = []
    if before.content_hash != after.content_hash:
        parts.append(f"table {before.version} → {after.version}")
    for point in tables[after.version].all_points:
        was, is_now = before.levels.get(point.key), after.levels.get(point.key)
        if was != is_now:
            parts.append(f"{point.words} {_plain(was)} → {_plain(is_now)}")
    moved = f"verdict {old.verdict} → {new.verdict}"
    parts.append(moved if old.verdict != new.verdict else f"verdict stays {new.verdict}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _level(point: Point, levels: Levels) -> str:
    level = levels.get(point.key)
    return "not known" if level is None else point.level(level).words


def _plain(level: str | None) -> str:
    return "not known" if level is None else level.replace("_", " ")


def _listed(parts: Sequence[str], last: str = " and ") -> str:
    return last.join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
