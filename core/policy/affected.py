"""Which abuse types and clauses of ours a change touches: by the name of its sections, and by words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from core.policy.document import words_of
from core.policy.model import AffectedClause, Edit, Passage, Path, SectionChange
from core.policy.rules import PolicyRules

ENDINGS = re.compile(r"(?<=[a-z]{4})(?:ing|ies|ied|ed|es|s|e|y)$")
CLAUSES_HELD = 4096


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause of the register as it stands."""

    key: str
    abuse_type: str
    text: str


def abuse_types_of(
    sections: Iterable[SectionChange], document: str, rules: PolicyRules
) -> tuple[str, ...]:
    """The abuse types that the sections speak of, or else the document, in order of first mention."""
    named = [_type_of(s.path, rules) or _type_of(s.was, rules) for s in sections]
    found = dict.fromkeys(name for name in named if name)
    whole = rules.abuse_types.get(document.casefold())
    return tuple(found) or ((whole,) if whole else ())


def affected_clauses(
    sections: Iterable[SectionChange],
    document: str,
    clauses: Iterable[ClauseText],
    rules: PolicyRules,
) -> tuple[AffectedClause, ...]:
    """The clauses that share enough words with the passages that changed, the likest first."""
    sections = tuple(sections)
    by_type: dict[str, set[str]] = {}
    every: set[str] = set()
    for section in sections:
        said = {w for p in section.passages for w in _passage_words(p, rules.stop_words)}
        kind = _type_of(section.path, rules) or _type_of(section.was, rules)
        by_type.setdefault(kind, set()).update(said)
        every |= said
    types = set(abuse_types_of(sections, document, rules))
    found = [one for clause in clauses if (one := _touched(clause, types, by_type, every, rules))]
    found.sort(key=lambda one: (-one.likeness_share, one.clause))
    return tuple(found[: rules.clauses.most])


def _touched(
    clause: ClauseText,
    types: set[str],
    by_type: Mapping[str, set[str]],
    every: set[str],
    rules: PolicyRules,
) -> AffectedClause | None:
    words = stems(clause.text, rules.stop_words)
    own = clause.abuse_type in types
    said = by_type.get(clause.abuse_type, every) if own else every
    share = len(words & said) / len(words) if words else 0.0
    least = rules.clauses.section_likeness_share if own else rules.clauses.text_likeness_share
    # A change as long as the clause itself: single shared words of a long text say nothing.
    if share < least or (not own and len(every) > len(words) * rules.clauses.longest_times):
        return None
    return AffectedClause(clause.key, "section" if own else "text", share)


def _type_of(path: Path, rules: PolicyRules) -> str:
    return next((t for name in path if (t := rules.abuse_types.get(name.casefold()))), "")


def _passage_words(passage: Passage, stop_words: frozenset[str]) -> frozenset[str]:
    return stems(passage.text(Edit.ADDED), stop_words) | stems(
        passage.text(Edit.REMOVED), stop_words
    )


@lru_cache(maxsize=CLAUSES_HELD)
def stems(text: str, stop_words: frozenset[str]) -> frozenset[str]:
    """The words that carry meaning, without their endings."""
    return frozenset(ENDINGS.sub("", w) for w in words_of(text) if w not in stop_words)
