"""Finds the same change in several documents, as when two platforms take over one rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.policy.affected import stems
from core.policy.model import Edit, PolicyVersion, SectionChange
from core.policy.rules import PolicyRules
from core.taxonomy import taxonomy

DAY_MICROS = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Marked:
    """A change with the words that it added and removed."""

    key: str
    document: str
    at: int
    words: Counter[str]


def words_changed(sections: Iterable[SectionChange], rules: PolicyRules) -> Counter[str]:
    """What a change did, as words with their sign; names of platforms are left out."""
    names = {term.label.casefold() for term in taxonomy().platforms.values()}
    dropped = rules.stop_words | names
    found: Counter[str] = Counter()
    for section in sections:
        for passage in section.passages:
            for run in passage.runs:
                if run.edit in (Edit.ADDED, Edit.REMOVED):
                    sign = "+" if run.edit is Edit.ADDED else "-"
                    found.update(sign + word for word in stems(run.text, dropped))
    return found


def twin_groups(changes: Sequence[Marked], rules: PolicyRules) -> Mapping[str, str]:
    """The key of the first change of its group, for every change that has a twin."""
    rule = rules.twins
    ordered = sorted(changes, key=lambda one: (one.at, one.key))
    group: dict[str, str] = {}
    for place, one in enumerate(ordered):
        if one.words.total() < rule.least_words:
            continue
        for other in reversed(ordered[:place]):
            if one.at - other.at > rule.days * DAY_MICROS:
                break
            if other.document != one.document and _alike(one, other) >= rule.alike_share:
                head = group.setdefault(other.key, other.key)
                # One document stands once in a group.
                group.setdefault(one.key, head)
                break
    return group


def shown_once(versions: Iterable[PolicyVersion]) -> tuple[PolicyVersion, ...]:
    """Without changes whose twin was fetched earlier and is among them; the order stays."""
    versions = tuple(versions)
    keys = {version.key for version in versions}
    return tuple(v for v in versions if not any(_is_before(v, keys)))


def _is_before(version: PolicyVersion, keys: set[str]) -> Iterable[bool]:
    own = (version.at, version.key)
    return ((twin.at, twin.key) < own and twin.key in keys for twin in version.also_on)


def _alike(one: Marked, other: Marked) -> float:
    both = one.words.total() + other.words.total()
    return 2 * (one.words & other.words).total() / both if both else 0.0
