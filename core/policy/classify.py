"""Tells for each fetched version of a document, in order of time, whether it changed anything.

A version repeats what an earlier one said, or says something new. All versions that say the same
belong to the first of them, which is their *head*; going back to an earlier head is a revert.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.policy.compare import Comparison, compare
from core.policy.document import Document, read_document
from core.policy.model import Kind
from core.policy.rules import PolicyRules

TRUNCATED = "truncated"
NOTHING = "no_words"
SAME_BYTES = "same_bytes"
MOSTLY_BACK = "mostly_back"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A text as it came, with the key that the version will be known by."""

    key: str
    text_hash: str
    load: Callable[[], str] = field(repr=False)  # texts are many, and few are needed at a time


@dataclass(slots=True)
class Past:
    """What is known of the versions before, so that new ones can be told without reading all again."""

    heads: dict[str, str] = field(default_factory=dict)  # head by content
    texts: dict[str, str] = field(default_factory=dict)  # head by hash of the bytes
    head: str = ""  # of the last version
    last_key: str = ""
    last: Document | None = None
    earlier_head: str = ""  # the head before this one, and the last version of it
    earlier: Document | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a version is; ``against`` is its head, or for a change the version just before."""

    key: str
    kind: Kind
    reason: str = ""
    against: str = ""
    content: str = ""
    words: int = 0
    comparison: Comparison = field(default_factory=Comparison)


def classify(versions: Sequence[Fetched], past: Past, rules: PolicyRules) -> Iterator[Verdict]:
    """The verdict on each version, in order; ``past`` is carried on."""
    ahead = 1  # a text is only cut off when the one after it is whole again
    read: dict[int, Document] = {}
    for place, version in enumerate(versions):
        for near in range(place, min(place + ahead, len(versions) - 1) + 1):
            if near not in read:
                read[near] = read_document(versions[near].load(), rules)
        document = read.pop(place)
        following = read.get(place + 1)
        if reason := _fault(document, past.last, following, rules):
            yield Verdict(version.key, Kind.REJECTED, reason, past.last_key, words=document.words)
            continue
        verdict = _verdict(version, document, past, rules)
        _carry_on(version, document, verdict, past)
        yield verdict


def _fault(
    document: Document, before: Document | None, after: Document | None, rules: PolicyRules
) -> str:
    if not document.words:
        return NOTHING
    if before is None:
        return ""
    telling = rules.telling
    if after is None:
        is_cut = document.words < telling.truncated_last_share * before.words
    else:
        whole = min(before.words, after.words)
        is_cut = document.words < telling.truncated_share * whole
    return TRUNCATED if is_cut else ""


def _verdict(version: Fetched, document: Document, past: Past, rules: PolicyRules) -> Verdict:
    def told(kind: Kind, reason: str, against: str, found: Comparison) -> Verdict:
        return Verdict(version.key, kind, reason, against, document.content, document.words, found)

    nothing = Comparison()
    if past.last is None:
        return told(Kind.FIRST, "", "", nothing)
    known = past.texts.get(version.text_hash)
    if known == past.head:
        return told(Kind.DUPLICATE, SAME_BYTES, past.head, nothing)
    found = compare(past.last, document, rules)
    if known is None and found.noise:
        return told(Kind.NOISE, found.noise, past.head, nothing)
    earlier = known or past.heads.get(document.content)
    if earlier and earlier != past.head:
        return told(Kind.REVERT, "", earlier, found)
    back = _way_back(document, found, past, rules)
    if back == Kind.REVERT:
        return told(Kind.REVERT, "", past.earlier_head, found)
    return told(Kind.CHANGE, back, past.earlier_head if back else past.last_key, found)


def _way_back(document: Document, found: Comparison, past: Past, rules: PolicyRules) -> str:
    """How far a change goes back to what stood before the last one: all of it, most of it, or not."""
    if past.earlier is None:
        return ""
    rest = compare(past.earlier, document, rules)
    if rest.noise:
        return Kind.REVERT
    size = found.words_added + found.words_removed
    left = rest.words_added + rest.words_removed
    is_much = size >= rules.telling.back_least_words
    return MOSTLY_BACK if is_much and left <= rules.telling.back_share * size else ""


def _carry_on(version: Fetched, document: Document, verdict: Verdict, past: Past) -> None:
    if verdict.kind in (Kind.CHANGE, Kind.REVERT):
        past.earlier, past.earlier_head = past.last, past.head
    if verdict.kind in (Kind.FIRST, Kind.CHANGE):
        past.head = version.key
    elif verdict.kind is Kind.REVERT:
        past.head = verdict.against
    past.heads.setdefault(document.content, past.head)
    past.texts.setdefault(version.text_hash, past.head)
    past.last, past.last_key = document, version.key


@dataclass(frozen=True, slots=True)
class Placed:
    """A version in the line of its document, as far as going back is concerned."""

    key: str
    kind: Kind
    against: str
    at: int


def taken_back(versions: Iterable[Placed]) -> Mapping[str, int]:
    """When each change was taken back for good: a later version said again what stood before it."""
    gone: dict[str, int] = {}
    line: list[str] = []  # heads in force, the oldest first
    for version in versions:
        if version.kind in (Kind.FIRST, Kind.CHANGE):
            line.append(version.key)
        elif version.kind is Kind.REVERT:
            if version.against in line:
                keep = line.index(version.against) + 1
                gone |= dict.fromkeys(line[keep:], version.at)
                del line[keep:]
            else:  # it comes again after it had been taken back
                gone.pop(version.against, None)
                line.append(version.against)
    return gone
