"""Judges versions of one document among those that are kept, before anything is written."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from core.clock import to_micros
from core.desk.boot import Desk
from core.intake.policy_names import platform_of
from core.intake.policy_texts import FetchedText
from core.policy.affected import ClauseText, abuse_types_of, affected_clauses
from core.policy.classify import Fetched, Past, Placed, Verdict, classify, taken_back
from core.policy.document import read_document
from core.policy.model import Edit, Kind, SectionChange
from core.policy.order import likely_order
from core.policy.rules import PolicyRules
from core.policy.twins import Marked, twin_groups, words_changed
from core.policy.weigh import Weight, weigh
from core.storage import policy_versions as book
from core.storage.policy_documents import pack, passages_from_json, unpack
from core.storage.policy_versions import DocumentKey, DocumentPlan, Judged, LineRow, NewVersion

Step = Callable[[], None]  # called after each version that was judged
KEY_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Incoming:
    """A version that may be new."""

    key: str
    at: int
    has_time: bool
    name: str
    text_hash: str


@dataclass(slots=True)
class Batch:
    """Versions by document in the order of their coming, with their texts packed."""

    new: dict[DocumentKey, list[Incoming]] = field(default_factory=lambda: defaultdict(list))
    packed: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    read: int = 0
    is_packed_in_order: bool = False  # not simply by name, so somebody chose the order

    def add(self, fetched: FetchedText) -> None:
        """Take a version in; the same again (name, moment and bytes) is passed over."""
        self.read += 1
        document = DocumentKey(fetched.service, fetched.document, platform_of(fetched.service))
        at = to_micros(fetched.at)
        text_hash = hashlib.sha256(fetched.text.encode("utf-8")).hexdigest()
        key = _key(document, at, fetched.name, text_hash)
        if key in self.seen:
            return
        self.seen.add(key)
        if text_hash not in self.packed:
            self.packed[text_hash] = pack(fetched.text)
        before = self.new[document][-1:]
        self.is_packed_in_order |= any(fetched.name < other.name for other in before)
        one = Incoming(key, at, fetched.has_time, fetched.name, text_hash)
        self.new[document].append(one)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A version in the line, kept or new."""

    at: int
    place: int
    key: str
    text_hash: str
    row: LineRow | None


@dataclass(frozen=True, slots=True)
class Planner:
    """What judging needs besides the versions."""

    desk: Desk
    rules: PolicyRules
    clauses: tuple[ClauseText, ...]
    packed: Mapping[str, str]
    step: Step

    def plan(
        self,
        document: DocumentKey,
        incoming: Sequence[Incoming] = (),
        *,
        gone: frozenset[int] = frozenset(),
        keeps_order: bool = True,
    ) -> DocumentPlan:
        """All that changes in the line of a document when versions come or go."""
        with self.desk.store.read() as connection:
            line = book.line_of(connection, document)
        known = {row.key for row in line}
        fresh = [one for one in incoming if one.key not in known]
        kept = [row for row in line if row.id not in gone]
        new = self._placed(fresh, kept, keeps_order=keeps_order)
        spots = sorted(
            [
                *map(_spot, kept),
                *(_Spot(v.fetched_at, v.place, v.key, v.text_hash, None) for v in new),
            ],
            key=lambda spot: (spot.at, spot.place, spot.row is None),
        )
        start = _start(spots, line, gone)
        past = _past(spots[:start], self._load, self.rules)
        judged = tuple(self._judge(document, spots[start:], past))
        return DocumentPlan(
            document=document,
            newest_id=max((row.id for row in line), default=0),
            version_count=len(line),
            new=tuple(new),
            gone=tuple(sorted(gone & {row.id for row in line})),
            judged=judged,
            taken_back=taken_back(_all_placed(spots[:start], spots[start:], judged)),
        )

    def _load(self, text_hash: str) -> str:
        if text_hash in self.packed:
            return unpack(self.packed[text_hash])
        with self.desk.store.read() as connection:
            return book.text_of(connection, text_hash)

    def _placed(
        self, fresh: Sequence[Incoming], kept: Sequence[LineRow], *, keeps_order: bool
    ) -> list[NewVersion]:
        """The new versions with their places among those of the same moment."""
        taken = Counter(row.fetched_at for row in kept)
        by_moment: dict[int, list[Incoming]] = defaultdict(list)
        for one in fresh:
            by_moment[one.at].append(one)
        before = ""
        found: list[NewVersion] = []
        for at in sorted(by_moment):
            ones = by_moment[at]
            if len(ones) > 1 and not keeps_order and not all(one.has_time for one in ones):
                before = before or _hash_before(kept, at)
                texts = [self._load(one.text_hash) for one in ones]
                order = likely_order(self._load(before) if before else "", texts)
                ones = [ones[place] for place in order]
            before = ones[-1].text_hash
            found += [
                NewVersion(one.key, at, place, one.name, one.text_hash)
                for place, one in enumerate(ones, start=taken[at])
            ]
        return found

    def _judge(self, document: DocumentKey, spots: Sequence[_Spot], past: Past) -> Iterator[Judged]:
        fetched = [Fetched(s.key, s.text_hash, partial(self._load, s.text_hash)) for s in spots]
        for verdict in classify(fetched, past, self.rules):
            self.step()
            yield self._weighed(document, verdict)

    def _weighed(self, document: DocumentKey, verdict: Verdict) -> Judged:
        if verdict.kind not in (Kind.CHANGE, Kind.REVERT):
            return Judged(verdict, Weight("", ()), (), ())
        sections = verdict.comparison.sections
        return Judged(
            verdict,
            weigh(verdict.comparison, self.rules),
            abuse_types_of(sections, document.name, self.rules),
            affected_clauses(sections, document.name, self.clauses, self.rules),
        )


def twins_after(desk: Desk, plans: Iterable[DocumentPlan], rules: PolicyRules) -> Mapping[str, str]:
    """The groups of changes that are the same once the plans are carried out."""
    plans = tuple(plans)
    judged = {one.verdict.key: one.verdict for plan in plans for one in plan.judged}
    at = _moments(desk, plans)
    with desk.store.read() as connection:
        kept = book.kept_changes(connection)
    gone = {key for key, moment in at.items() if moment is None}
    marked: dict[str, Marked] = {}
    for row in kept:
        if row.key in judged or row.key in gone:
            continue
        sections = [
            SectionChange((), Edit.CHANGED, 0, 0, passages=passages_from_json(row.passages))
        ]
        words = words_changed(sections, rules)
        one = marked.setdefault(row.key, Marked(row.key, row.document, row.at, Counter()))
        one.words.update(words)
    for plan in plans:
        for found in plan.judged:
            verdict = found.verdict
            moment = at[verdict.key]
            if verdict.kind is Kind.CHANGE and moment is not None:
                words = words_changed(verdict.comparison.sections, rules)
                marked[verdict.key] = Marked(verdict.key, str(plan.document), moment, words)
    return twin_groups(list(marked.values()), rules)


def _moments(desk: Desk, plans: Sequence[DocumentPlan]) -> dict[str, int | None]:
    """When each version of the planned documents was fetched; None for those that go."""
    found: dict[str, int | None] = {}
    with desk.store.read() as connection:
        for plan in plans:
            gone = set(plan.gone)
            for row in book.line_of(connection, plan.document):
                found[row.key] = None if row.id in gone else row.fetched_at
            found |= {one.key: one.fetched_at for one in plan.new}
    return found


def _key(document: DocumentKey, at: int, name: str, text_hash: str) -> str:
    """A key that the same input gives again after it was taken back."""
    told = "\n".join((document.service, document.name, str(at), name, text_hash))
    return "pv-" + hashlib.sha256(told.encode("utf-8")).hexdigest()[:KEY_LETTERS]


def _spot(row: LineRow) -> _Spot:
    return _Spot(row.fetched_at, row.place, row.key, row.text_hash, row)


def _hash_before(kept: Sequence[LineRow], at: int) -> str:
    earlier = [row for row in kept if row.fetched_at < at]
    return earlier[-1].text_hash if earlier else ""


def _start(spots: Sequence[_Spot], line: Sequence[LineRow], gone: frozenset[int]) -> int:
    """Where judging has to begin: shortly before the first version that came or went."""
    first_gone = next((row for row in line if row.id in gone), None)
    start = next(
        (
            place
            for place, spot in enumerate(spots)
            if spot.row is None
            or (
                first_gone is not None
                and (spot.at, spot.place, spot.row.id)
                > (first_gone.fetched_at, first_gone.place, first_gone.id)
            )
        ),
        len(spots),
    )
    while start and _is_rejected(spots[start - 1]):
        start -= 1
    # Whether the one before was cut off can be seen only now that another follows it.
    return max(0, start - 1)


def _is_rejected(spot: _Spot) -> bool:
    return spot.row is not None and spot.row.kind == Kind.REJECTED.value


def _past(spots: Sequence[_Spot], load: Callable[[str], str], rules: PolicyRules) -> Past:
    past = Past()
    last: LineRow | None = None
    earlier: LineRow | None = None
    for spot in spots:
        row = spot.row
        if row is None or row.kind == Kind.REJECTED.value:
            continue
        if row.kind in (Kind.CHANGE.value, Kind.REVERT.value):
            earlier, past.earlier_head = last, past.head
        is_head = row.kind in (Kind.FIRST.value, Kind.CHANGE.value)
        past.head = row.key if is_head else row.against
        past.heads.setdefault(row.content_hash, past.head)
        past.texts.setdefault(row.text_hash, past.head)
        last = row
    if last is not None:
        past.last_key = last.key
        past.last = read_document(load(last.text_hash), rules)
    if earlier is not None:
        past.earlier = read_document(load(earlier.text_hash), rules)
    return past


def _all_placed(
    before: Sequence[_Spot], after: Sequence[_Spot], judged: Sequence[Judged]
) -> Iterator[Placed]:
    for spot in before:
        if spot.row is not None:
            yield Placed(spot.key, Kind(spot.row.kind), spot.row.against, spot.at)
    for spot, one in zip(after, judged, strict=True):
        yield Placed(spot.key, one.verdict.kind, one.verdict.against, spot.at)
