"""What an assessment is about, and who may see it: a subject with its scope of cases.

Pure: which partners and cases a subject names stands here, who sees those is told by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.cases.filter import CaseFilter, Segment, Sort
from core.errors import BadInput

LONGEST_KEY, LONGEST_TITLE = 200, 300


class Kind(StrEnum):
    """What can be assessed."""

    SURGE = "surge"
    CASE_GROUP = "case_group"
    PARTNER = "partner"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that is assessed, again and again under the same kind and key."""

    kind: Kind
    key: str
    title: str
    filter: CaseFilter

    @property
    def ref(self) -> str:
        """How an assessment names it."""
        return f"{self.kind}:{self.key}"

    @property
    def named_partners(self) -> frozenset[str]:
        """References of the partners that it is about, none where it is not about some only."""
        own = (self.key,) if self.kind is Kind.PARTNER else ()
        return frozenset((*own, *self.filter.partner))


@dataclass(frozen=True, slots=True)
class Asked:
    """A subject as an address names it; nothing of it is checked yet."""

    kind: str
    key: str
    title: str
    filter: CaseFilter


@dataclass(frozen=True, slots=True)
class Sight:
    """How far somebody's eyes reach; ``partners`` None is all of them."""

    partners: frozenset[str] | None  # references
    hidden_cases: frozenset[str]  # references of cases that are there and not theirs to see
    reads_text: bool

    def sees(self, subject: Subject) -> bool:
        """True unless it names a partner or a case outside of the reader's scope, or may by a text."""
        if self.hidden_cases & set(subject.filter.cases):
            return False
        if self.partners is not None and subject.filter.text:
            return False
        return self.partners is None or subject.named_partners <= self.partners

    def sees_title(self, subject: Subject) -> bool:
        """True unless its words could name a partner that the reader does not serve."""
        return self.partners is None or bool(subject.named_partners)

    def sees_text(self, subject: Subject) -> bool:
        """True where evidence and reasons about it may be read, which can name people."""
        return self.reads_text and self.sees_title(subject)


def a_subject(kind: str, key: str, title: str, filter_: CaseFilter) -> Subject:
    """A subject as an address or a form names it; refused with the part that cannot be used."""
    if kind not in set(Kind):
        raise BadInput(f"'{kind}' cannot be assessed", at="about", hint=f"one of {_listed(Kind)}")
    key, title = key.strip(), " ".join(title.split())
    if not key or len(key) > LONGEST_KEY:
        hint = f"1 to {LONGEST_KEY} characters"
        raise BadInput("What it is about is not named", at="subject", hint=hint)
    if not title or len(title) > LONGEST_TITLE:
        hint = f"1 to {LONGEST_TITLE} characters"
        raise BadInput("The title is missing or too long", at="title", hint=hint)
    return Subject(Kind(kind), key, title, lasting(filter_))


def lasting(filter_: CaseFilter) -> CaseFilter:
    """The filter without what means other cases for other people or only an order of them."""
    kept = filter_.without("whose", "sort")
    is_own = kept.segment in {Segment.MINE, Segment.TEAM}
    return kept.having(sort=Sort.URGENCY, **({"segment": Segment.OPEN} if is_own else {}))


def _listed(words: type[StrEnum]) -> str:
    return ", ".join(words)
