"""Clusters of alike texts where a rule is unclear or none applies, as one person sees them.

Restricted cases are never compared. Who may not read texts gets the clusters without their terms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.access.model import Person
from core.access.rules import scope_of
from core.cases.filter import CaseFilter, Segment, Sort
from core.desk.boot import Desk
from core.desk.gap_candidates import SeenCandidate, SeenList
from core.desk.gap_ground import MOST_KEPT, MiningGround, mining_ground, still_holds
from core.desk.surges import look_key
from core.gaps.candidates import (
    ABSENT,
    UNCLEAR,
    Act,
    AlikeTexts,
    Candidate,
    CandidateAct,
    covering,
    is_new_evidence,
    reviewed_part,
    same_cases,
    unclear_part,
)
from core.gaps.mining_rules import TextRules
from core.storage.gap_candidates import cases_of_acts, standing_acts
from core.storage.gap_reads import linked_cases
from core.storage.mined_cases import newest_ids
from core.storage.mined_texts import TextOfCase, texts_of
from core.storage.queue import with_grants
from core.storage.queue_conditions import DAY_US, Look
from core.storage.snapshot import Reading

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Looked:
    """How many texts of a kind were compared, of how many at most, and how stable the parting is."""

    kind: str
    texts: int
    newest: int
    agreement: float


@dataclass(frozen=True)
class TextsView(SeenList):
    """The clusters of both kinds, the largest of each first."""

    looked: tuple[Looked, ...]
    shows_terms: bool
    ground: MiningGround


@dataclass(frozen=True)
class _Mined:
    clusters: tuple[AlikeTexts, ...]
    looked: tuple[Looked, ...]


def texts_view(
    desk: Desk, person: Person, zone: str = "", progress: Progress | None = None
) -> TextsView:
    """Compare the newest texts, at most once for each state of the cases."""
    ground = mining_ground(desk, person, zone)
    scope = scope_of(person)
    tell = progress or _silent
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, ground.look)
        key = (ground.cases, look_key(look))

        def mine() -> _Mined:
            return _mine(desk, reading, look, ground, tell)

        def holds(mined: _Mined, changed: Sequence[int]) -> bool:
            held = {case for one in mined.clusters for case in one.case_ids}
            texts = sum(one.texts for one in mined.looked)
            return still_holds(changed, texts) and held.isdisjoint(changed)

        mined = reading.last("gap texts", key, mine, holds, MOST_KEPT)
    with desk.store.read() as connection:
        acts, held = standing_acts(connection), cases_of_acts(connection)
        linked = {gap.id: frozenset(linked_cases(connection, gap.id)) for gap in ground.gaps}
    seen = []
    for cluster in mined.clusters:
        shown = cluster if scope.sees_text else replace(cluster, terms=())
        act = _act_on(cluster, acts, held, ground.rules.texts)
        seen.append(_seen(Candidate((), texts=shown), act, held, linked, ground))
    return TextsView(tuple(seen), mined.looked, scope.sees_text, ground)


def cluster_filter(one: AlikeTexts) -> CaseFilter:
    """Exactly the cases of a cluster."""
    return CaseFilter(segment=Segment.ALL, sort=Sort.RECEIVED, cases=one.cases)


def _mine(desk: Desk, reading: Reading, look: Look, ground: MiningGround, tell: Progress) -> _Mined:
    from core.gaps.mining_texts import mine_texts  # noqa: PLC0415 -- takes a second

    rules, clusters, looked = ground.rules.texts, [], []
    for place, (kind, filters) in enumerate(_kinds(ground).items()):
        tell(0.5 * place, "Reading texts")
        texts = _newest(desk, reading, look, filters, rules)

        def part(share: float, what: str, first: float = 0.5 * place) -> None:
            tell(first + 0.5 * share, what)

        mined = mine_texts([one.text for one in texts], rules, part)
        looked.append(Looked(kind, mined.texts, rules.newest, mined.agreement))
        for cluster in mined.clusters[: rules.shown]:
            own = [texts[i] for i in cluster.members]
            clusters.append(_told(kind, own, cluster.terms, cluster.stability, look.at, rules))
    tell(1.0, "Done")
    return _Mined(tuple(clusters), tuple(looked))


def _kinds(ground: MiningGround) -> dict[str, tuple[CaseFilter, ...]]:
    """Which cases are compared with each other."""
    rules = ground.rules
    absent = ground.cases.having(outcome=rules.texts.absent_outcomes)
    without_clause = reviewed_part(ground.cases).having(clause=("",))
    return {
        UNCLEAR: (unclear_part(ground.cases, rules),),
        ABSENT: (absent, without_clause),
    }


def _newest(
    desk: Desk, reading: Reading, look: Look, filters: tuple[CaseFilter, ...], rules: TextRules
) -> list[TextOfCase]:
    ids = {one for f in filters for one in newest_ids(reading, f, look, rules.newest)}
    with desk.store.read() as connection:
        found = texts_of(connection, sorted(ids), desk.store.dialect)
    newest = sorted(found, key=lambda one: (-one.received_at, -one.id))[: rules.newest]
    return sorted(newest, key=lambda one: one.id)


def _told(
    kind: str,
    own: list[TextOfCase],
    terms: tuple[str, ...],
    stability: float,
    at: int,
    rules: TextRules,
) -> AlikeTexts:
    edge = at - rules.trend_days * DAY_US
    clause, times = Counter(one.clause for one in own).most_common(1)[0]
    return AlikeTexts(
        kind=kind,
        case_ids=tuple(one.id for one in own),
        cases=tuple(one.ref for one in own),
        terms=terms,
        stability=stability,
        recent=sum(one.received_at > edge for one in own),
        before=sum(edge - rules.trend_days * DAY_US < one.received_at <= edge for one in own),
        severe=sum(one.priority in rules.severe for one in own),
        clause=clause if 2 * times >= len(own) else "",
    )


def _act_on(
    cluster: AlikeTexts,
    acts: dict[str, CandidateAct],
    held: dict[str, frozenset[int]],
    rules: TextRules,
) -> CandidateAct | None:
    """What was done with a cluster of mostly the same cases."""
    own = frozenset(cluster.case_ids)
    known = (key for key, ids in held.items() if same_cases(own, ids, rules.same_from))
    return next((acts[key] for key in known if key in acts), None)


def _seen(
    one: Candidate,
    act: CandidateAct | None,
    held: dict[str, frozenset[int]],
    linked: dict[int, frozenset[int]],
    ground: MiningGround,
) -> SeenCandidate:
    own = frozenset(one.texts.case_ids) if one.texts else frozenset()
    part = ground.rules.texts.same_from * len(own)
    gap = next((g for g in ground.gaps if len(own & linked[g.id]) >= part), None)
    if gap is None and one.texts is not None and one.texts.kind == UNCLEAR and one.texts.clause:
        about = replace(one, where=(("clause", one.texts.clause),))
        gap = covering(about, ground.gaps, ground.type_of)
    if act is not None and act.gap_id is not None:
        gap = next((g for g in ground.gaps if g.id == act.gap_id), gap)
    since, back = 0, False
    if act is not None and act.act is Act.DISMISS:
        since = len(own - held[act.key])
        back = is_new_evidence(act, since, ground.rules)
    return SeenCandidate(one, act, gap, since, back)


def _silent(_share: float, _what: str) -> None:
    """Nobody watches."""
