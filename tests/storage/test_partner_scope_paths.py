"""Every way a partner manager could reach a partner of somebody else: none shows, counts or names it.

One row per path. What comes back holds no name and no reference of others, its counts are those of
plain SQL over own cases, and a refusal has the words of what does not exist.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.clock import FixedClock, to_micros
from core.desk import directory, partner_merges, partner_records, spelling_proposals
from core.desk.assessments import recent_assessments, subject_for
from core.desk.boot import Desk, open_desk
from core.desk.case import case_view, reveal
from core.desk.csat import record_csat
from core.desk.directory_csv import export_directory, preview_directory
from core.desk.export import export_cases
from core.desk.heat_export import heatmap_csv, take_heatmap
from core.desk.investigation_views import (
    foreseen,
    investigation_list,
    investigation_view,
    investigations_of_case,
)
from core.desk.partner import open_partner
from core.desk.partner_ask import Order, PartnerAsk
from core.desk.partner_brief import partner_brief, take_out
from core.desk.partner_conduct import conduct_view
from core.desk.partner_contacts import (
    clocks_of,
    contacts_view,
    known_as,
    related_risks,
    related_surges,
)
from core.desk.partner_cover import CoverAsk, change_managers, cover_partner
from core.desk.partner_export import partners_csv, take_partners
from core.desk.partner_funnel import MEASURES, funnel_view
from core.desk.partner_health_view import change_view, health_view, served_by
from core.desk.partner_history import history_view
from core.desk.partner_movers import movers_view
from core.desk.partner_segments import SegmentsAsk, segments_view
from core.desk.partner_served import service_view
from core.desk.partners import partners_view
from core.desk.queue import queue_view
from core.desk.risk import heatmap_view
from core.desk.risk_register import register_view, risk_history, subject_view
from core.desk.surges import surges_view
from core.errors import DeskError
from core.partners.directory_rules import Facts
from core.reports.html import html_file
from core.risk.heat_ask import HeatmapAsk
from core.risk.subjects import Asked
from core.settings import Settings
from tests.support.rows import DAY
from tests.support.served_world import PARTNERS
from tests.support.stores import BOTH_STORES, MONDAY_MORNING
from tests.support.two_scopes import (
    ABSENT_CASE,
    ABSENT_REF,
    LEAD,
    OWN,
    OWN_CASE,
    OWN_REF,
    STRANGE_CASE,
    STRANGE_REF,
    STRANGER,
    count_own,
    fill_two_scopes,
    hidden_refs,
    name_of,
    told,
    told_refs,
)

OTHERS = [name_of(key) for key in range(1, PARTNERS + 1) if key not in OWN]
ALL = CaseFilter(segment=Segment.ALL)
OPEN_CASES = "owner <> ''"
OF_OWN_REF = "partner_id = 1"
TODAY = MONDAY_MORNING.date()
HEAT = HeatmapAsk("partner", "abuse_type", 4)


@dataclass(frozen=True)
class World:
    """A desk with the partners of two managers, seen by one of them."""

    desk: Desk
    pat: Person
    hidden: frozenset[str]

    def own(self) -> Any:
        """An own partner."""
        return open_partner(self.desk, self.pat, OWN_REF)


@pytest.fixture(scope="module", params=BOTH_STORES)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all rows, on each store."""
    folder = tmp_path_factory.mktemp("scopes")
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    database = server.create() if server else ""
    url = server.url(database) if server else f"sqlite:///{folder / 'desk.db'}"
    desk = open_desk(Settings(database_url=url, local_dir=folder), FixedClock(MONDAY_MORNING))
    pat = fill_two_scopes(desk)
    # Somebody who sees everything looked first: what is kept for them must not come to the other.
    for look in (queue_view, surges_view, partial(heatmap_view, ask=HEAT)):
        look(desk, LEAD, ALL)
    partners_view(desk, LEAD, PartnerAsk())
    movers_view(desk, LEAD, PartnerAsk())
    yield World(desk, pat, frozenset(hidden_refs(desk, pat)))
    desk.snapshot.close()
    desk.store.close()
    if server:
        server.drop(database)


@dataclass(frozen=True)
class Path:
    """One way to ask; every number of ``counts`` is that of the SQL condition ``where``."""

    kind: str
    asks: str
    look: Callable[[World], Any]
    counts: Callable[[Any], Iterable[int]] = lambda _: ()
    where: str | Callable[[Any], str] = "1 = 0"
    typed: frozenset[str] = frozenset()  # references that the manager wrote into the address
    least: int = 0  # rows that must come back, so that nothing is proved by emptiness


def _queue(filter_: CaseFilter) -> Callable[[World], Any]:
    return lambda w: queue_view(w.desk, w.pat, filter_)


def _list(**parts: object) -> Callable[[World], Any]:
    return lambda w: partners_view(w.desk, w.pat, PartnerAsk(size=100).but(**parts))


def _funnel(measure: str) -> Callable[[World], Any]:
    return lambda w: funnel_view(w.desk, w.pat, PartnerAsk(), measure)


def _queue_counts(view: Any) -> Iterator[int]:
    """Total, and what each list of values adds up to; a value that is filtered by counts others."""
    yield view.total
    for name in ("priority", "channel", "abuse_type", "market", "sla_frt"):
        yield sum(value.count for value in view.facets.dimensions[name])


def _saved(desk_filter: CaseFilter) -> CaseFilter:
    """A view of somebody who sees everything, as its address brings it to somebody else."""
    params = {k: [v] if isinstance(v, str) else v for k, v in desk_filter.to_params().items()}
    return CaseFilter.from_params(params)[0]


def _file(w: World) -> list[dict[str, str]]:
    return list(
        csv.DictReader(io.StringIO("".join(export_cases(w.desk, w.pat, ALL, "csv").portions)))
    )


def _weeks_of(view: Any) -> str:
    first = to_micros(MONDAY_MORNING.replace(hour=0)) - (TODAY - view.mondays[0]).days * DAY
    return f"received_at >= {first} AND received_at < {first + 7 * DAY * len(view.mondays)}"


def _last_week(_: Any) -> str:
    midnight = to_micros(MONDAY_MORNING.replace(hour=0))
    return f"received_at >= {midnight - 7 * DAY} AND received_at < {midnight}"


def _brief_file(w: World) -> str:
    from core.ui.partner.brief_words import brief_document  # noqa: PLC0415 -- pages' words

    return html_file(brief_document(take_out(w.desk, w.pat, w.own(), "file"), "pat", "UTC"))


def _segments(w: World) -> Any:
    ask = SegmentsAsk(TODAY - timedelta(days=28), TODAY, MEASURES)
    return segments_view(w.desk, w.pat, w.own(), ask)


def _of_own(view: Callable[..., Any]) -> Callable[[World], Any]:
    return lambda w: view(w.desk, w.pat, w.own())


def _resolved_lately(view: Any) -> str:
    first = to_micros(MONDAY_MORNING.replace(hour=0)) - 27 * DAY
    return f"{OF_OWN_REF} AND resolved_at >= {first} AND resolved_at < {first + 28 * DAY}"


STRANGE_FILTER = ALL.but(partner=(STRANGE_REF,))
SAVED = ALL.but(partner=(STRANGE_REF, OWN_REF), restriction=("open",))
BOTH_CASES = ALL.but(cases=(STRANGE_CASE, OWN_CASE))
PATHS = (
    Path("url", "queue", _queue(CaseFilter()), _queue_counts, OPEN_CASES, least=10),
    Path("url", "queue of every state", _queue(ALL), _queue_counts, "1 = 1", least=10),
    Path(
        "url",
        "queue of another partner",
        _queue(STRANGE_FILTER),
        _queue_counts,
        typed=frozenset({STRANGE_REF}),
    ),
    Path(
        "url",
        "partners",
        _list(),
        lambda v: (v.open_count, sum(x.open_count for x in v.lines)),
        OPEN_CASES,
        least=5,
    ),
    *(Path("url", f"partners by {order}", _list(order=order), least=5) for order in Order),
    Path("url", "partners, breached only", _list(breached=True), least=1),
    Path(
        "url",
        "partners of another's manager",
        _list(manager=("bo",)),
        lambda v: (v.total, v.open_count, v.breached_count),
    ),
    Path("url", "health", _of_own(health_view), least=1),
    Path(
        "url",
        "what moved it",
        lambda w: change_view(w.desk, w.pat, w.own(), TODAY - timedelta(days=60), TODAY),
        least=1,
    ),
    Path("url", "its slices", _segments, least=1),
    Path("url", "history", _of_own(history_view)),
    Path(
        "url",
        "service",
        _of_own(service_view),
        lambda v: (v.resolved_count,),
        _resolved_lately,
        least=1,
    ),
    Path("url", "conduct", _of_own(conduct_view), least=1),
    Path(
        "url",
        "contacts",
        _of_own(contacts_view),
        lambda v: (v.open.total, v.open.filter and sum(x.wait.count for x in v.open.waits)),
        f"{OF_OWN_REF} AND {OPEN_CASES}",
        least=1,
    ),
    Path("url", "accounts and spellings", _of_own(known_as)),
    Path("url", "who serves it", _of_own(served_by)),
    Path("url", "record", lambda w: partner_records.record_view(w.desk, w.pat, OWN_REF)),
    Path("url", "details", lambda w: directory.details_view(w.desk, w.pat, OWN_REF), least=1),
    Path("url", "directory", lambda w: directory.directory_view(w.desk, w.pat), least=5),
    Path(
        "url",
        "pairs that are probably one",
        lambda w: spelling_proposals.proposals_view(w.desk, w.pat),
        least=1,
    ),
    Path(
        "search",
        "text of the queue",
        _queue(ALL.but(text=STRANGER)),
        _queue_counts,
        typed=frozenset({STRANGER}),
    ),
    Path(
        "search",
        "another's name in the queue",
        _queue(ALL.but(text=OTHERS[0])),
        _queue_counts,
        typed=frozenset({STRANGER, OTHERS[0]}),
    ),
    Path(
        "search",
        "an own name in the queue",
        _queue(ALL.but(text="House 24")),
        _queue_counts,
        "id IN (100240, 100241)",
        least=2,
    ),
    Path(
        "search",
        "a title of all",
        _queue(ALL.but(text="Title")),
        _queue_counts,
        "id >= 100000",
        least=10,
    ),
    Path(
        "search",
        "another's case by reference",
        _queue(ALL.but(text=STRANGE_CASE)),
        _queue_counts,
        typed=frozenset({STRANGE_CASE}),
    ),
    Path(
        "search",
        "list of partners",
        _list(text=STRANGER),
        lambda v: (v.total, v.open_count),
        typed=frozenset({STRANGER}),
    ),
    Path(
        "search",
        "list of partners by reference",
        _list(text=STRANGE_REF),
        lambda v: (v.total, v.open_count),
        typed=frozenset({STRANGE_REF}),
    ),
    Path(
        "search",
        "directory",
        lambda w: directory.directory_view(w.desk, w.pat, STRANGER),
        lambda v: (v.found, len(v.lines)),
    ),
    Path(
        "search",
        "directory by another's manager",
        lambda w: directory.directory_view(w.desk, w.pat, "bo"),
        lambda v: (v.found,),
    ),
    Path(
        "saved view",
        "of another partner",
        _queue(_saved(STRANGE_FILTER)),
        _queue_counts,
        typed=frozenset({STRANGE_REF}),
    ),
    Path(
        "saved view",
        "of both",
        _queue(_saved(SAVED)),
        _queue_counts,
        OF_OWN_REF,
        least=10,
        typed=frozenset({STRANGE_REF}),
    ),
    Path(
        "saved view",
        "of named cases",
        _queue(_saved(BOTH_CASES)),
        _queue_counts,
        f"ref = '{OWN_CASE}'",
        least=1,
        typed=frozenset({STRANGE_CASE}),
    ),
    Path(
        "saved view",
        "heatmap of both",
        lambda w: heatmap_view(w.desk, w.pat, _saved(SAVED), HEAT),
        lambda v: (v.cases,),
        _weeks_of,
        least=1,
    ),
    Path("export", "cases", _file, lambda v: (len(v),), "1 = 1", least=10),
    Path(
        "export",
        "cases of another partner",
        lambda w: list(export_cases(w.desk, w.pat, STRANGE_FILTER, "csv").portions)[1:],
        lambda v: (sum(map(len, v)),),
    ),
    Path(
        "export",
        "partners",
        lambda w: partners_csv(take_partners(w.desk, w.pat, PartnerAsk())),
        lambda v: (sum(int(x["open"]) for x in csv.DictReader(io.StringIO(v))),),
        OPEN_CASES,
        least=5,
    ),
    Path("export", "directory", lambda w: export_directory(w.desk, w.pat), least=5),
    Path(
        "export",
        "heatmap",
        lambda w: heatmap_csv(take_heatmap(w.desk, w.pat, ALL, HEAT, "UTC", "csv")),
        least=5,
    ),
    Path(
        "report",
        "brief",
        _of_own(partner_brief),
        lambda v: (v.open.open.count,),
        f"{OF_OWN_REF} AND {OPEN_CASES}",
        least=1,
    ),
    Path("report", "brief as a file", _brief_file, least=1),
    Path(
        "related case",
        "of an own case",
        lambda w: case_view(w.desk, w.pat, OWN_CASE),
        lambda v: (v.partner.open_count,),
        f"{OF_OWN_REF} AND {OPEN_CASES}",
        least=1,
    ),
    Path(
        "related case",
        "risks",
        _of_own(related_risks),
        lambda v: (x.count for x in v),
        OF_OWN_REF,
        least=1,
    ),
    Path("related case", "surges", _of_own(related_surges)),
    Path(
        "related case",
        "its investigations",
        lambda w: investigations_of_case(w.desk, w.pat, OWN_CASE),
    ),
    Path(
        "count",
        "risks of all",
        lambda w: register_view(w.desk, w.pat),
        lambda v: (x.case_count for x in v.lines if not x.risk.subject.named_partners),
        "1 = 1",
        least=1,
    ),
    Path("count", "assessments", lambda w: recent_assessments(w.desk, w.pat)),
    Path(
        "count",
        "investigations",
        lambda w: investigation_list(w.desk, w.pat),
        lambda v: (x.pin_count for x in v.lines),
        f"ref = '{OWN_CASE}'",
    ),
    Path(
        "count",
        "cases of an asked scope",
        lambda w: foreseen(w.desk, w.pat, STRANGE_FILTER),
        lambda v: (v.count,),
        typed=frozenset({STRANGE_REF}),
    ),
    Path(
        "chart",
        "heatmap",
        lambda w: heatmap_view(w.desk, w.pat, ALL, HEAT),
        lambda v: (v.cases, int(v.heat.cells["observed"].sum()) + v.left_out_cases),
        _weeks_of,
        least=5,
    ),
    Path(
        "chart",
        "heatmap of another partner",
        lambda w: heatmap_view(w.desk, w.pat, STRANGE_FILTER),
        lambda v: (v.cases,),
        typed=frozenset({STRANGE_REF}),
    ),
    Path(
        "chart",
        "surges",
        lambda w: surges_view(w.desk, w.pat, ALL),
        lambda v: [x.count for x in v.judged.headlines if x.value is None],
        _last_week,
    ),
    Path(
        "chart",
        "surges of another partner",
        lambda w: surges_view(w.desk, w.pat, STRANGE_FILTER),
        lambda v: [x.count for x in v.judged.headlines],
        typed=frozenset({STRANGE_REF}),
    ),
    Path("chart", "movers", lambda w: movers_view(w.desk, w.pat, PartnerAsk()), least=1),
    *(
        Path(
            "chart",
            f"funnel of {measure}",
            _funnel(measure),
            least=1,
        )
        for measure in MEASURES
    ),
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.kind}: {path.asks}")
def test_nothing_of_others_comes_back_and_counts_are_own(world: World, path: Path) -> None:
    found = path.look(world)
    words = "\n".join(told(found))
    assert not [name for name in OTHERS if name in words and name not in path.typed]
    assert STRANGER in path.typed or STRANGER.lower() not in words.lower()
    assert told_refs(words) & world.hidden <= path.typed
    assert len(told_refs(words) - path.typed) >= path.least
    where = path.where if isinstance(path.where, str) else path.where(found)
    expected = count_own(world.desk, where)
    assert set(path.counts(found)) <= {expected}


def test_values_to_filter_by_are_those_of_own_cases_with_their_numbers(world: World) -> None:
    view = queue_view(world.desk, world.pat, ALL)
    partners = {value.value: value.count for value in view.facets.dimensions["partner"]}
    assert partners == {f"P-{key:04d}": count_own(world.desk, f"partner_id = {key}") for key in OWN}
    ranked = partners_view(world.desk, world.pat, PartnerAsk(size=100))
    assert ranked.in_scope == ranked.total == len(OWN)
    assert max(line.rank[1] for line in ranked.lines if line.rank) <= ranked.ranked <= len(OWN)
    assert all(sum(values.values()) <= len(OWN) for values in ranked.counts.values())


def test_nothing_tells_a_partner_manager_how_many_partners_there_are(world: World) -> None:
    others = service_view(world.desk, world.pat, world.own()).shares
    known = service_view(world.desk, LEAD, world.own()).shares
    assert {one.beside.peers for one in others if one.beside} == {None}
    assert all(one.beside.peers for one in known if one.beside)
    for person, is_told in ((LEAD, True), (world.pat, False)):
        lines = health_view(world.desk, person, world.own()).lines
        usual = [line.explained.usual for line in lines if line.explained.usual]
        assert usual
        assert all((one.partners is not None) == is_told for one in usual if one.is_shown)
        funnel = funnel_view(world.desk, person, PartnerAsk(), MEASURES[0])
        assert (funnel.learnt_from is not None) == is_told


FACTS = Facts("House of somebody", tier="T2")


def _line(ref: str) -> bytes:
    return f"ref,name\n{ref},New name\n".encode()


def _fault(w: World, ref: str) -> None:
    fault = preview_directory(w.desk, w.pat, _line(ref), "partners.csv").lines[0].fault
    assert fault is not None
    raise fault


def _cover(w: World, ref: str) -> object:
    ask = CoverAsk("bo", TODAY, TODAY + timedelta(days=3))
    return cover_partner(w.desk, w.pat, ref, ask)


def _subject(w: World, ref: str, **parts: object) -> object:
    return subject_for(w.desk, w.pat, "case_group", "x", "Some cases", ALL.but(**parts))


def _new_contact() -> partner_records.NewContact:
    return partner_records.NewContact("call", MONDAY_MORNING, "Ann", "Talked.")


records = partner_records
SEEN = 1
# What is asked of a reference of a partner.
OF_PARTNERS: dict[str, Callable[[World, str], object]] = {
    "page": lambda w, ref: open_partner(w.desk, w.pat, ref),
    "record": lambda w, ref: records.record_view(w.desk, w.pat, ref),
    "details": lambda w, ref: directory.details_view(w.desk, w.pat, ref),
    "owners of a promise": lambda w, ref: records.possible_owners(w.desk, w.pat, ref),
    "note": lambda w, ref: records.add_note(w.desk, w.pat, ref, "Words."),
    "contact": lambda w, ref: records.log_contact(w.desk, w.pat, ref, _new_contact()),
    "promise": lambda w, ref: records.promise(w.desk, w.pat, ref, "Words.", TODAY, "pat"),
    "band": lambda w, ref: records.set_band(
        w.desk, w.pat, ref, "watch", "Why.", MONDAY_MORNING + timedelta(days=3)
    ),
    "end of a band": lambda w, ref: records.end_band(w.desk, w.pat, ref),
    "edit": lambda w, ref: directory.edit_partner(
        w.desk, w.pat, directory.Edit(ref, 1, FACTS, replace(FACTS, tier="T1"))
    ),
    "spelling": lambda w, ref: directory.add_spelling(w.desk, w.pat, ref, "Somebody"),
    "account": lambda w, ref: directory.add_account(w.desk, w.pat, ref, "facebook", "somebody"),
    "managers": lambda w, ref: change_managers(w.desk, w.pat, ref, add=("pat",)),
    "cover": _cover,
    "merge from": lambda w, ref: partner_merges.merge_preview(w.desk, w.pat, ref, OWN_REF),
    "merge into": lambda w, ref: partner_merges.merge_preview(w.desk, w.pat, OWN_REF, ref),
    "differ": lambda w, ref: spelling_proposals.dismiss_pair(w.desk, w.pat, OWN_REF, ref),
    "line of a file": _fault,
    "assess it": lambda w, ref: subject_for(w.desk, w.pat, "partner", ref, "", ALL),
    "assess its cases": lambda w, ref: _subject(w, ref, partner=(ref,)),
    "its assessments": lambda w, ref: subject_view(w.desk, w.pat, Asked("partner", ref, "", ALL)),
}
OF_CASES: dict[str, Callable[[World, str], object]] = {
    "page": lambda w, ref: case_view(w.desk, w.pat, ref),
    "clocks beside an own partner": lambda w, ref: clocks_of(w.desk, w.pat, w.own(), ref),
    "title": lambda w, ref: reveal(w.desk, w.pat, ref, "title"),
    "rating": lambda w, ref: record_csat(w.desk, w.pat, ref, SEEN, 5),
    "assess it": lambda w, ref: _subject(w, ref, cases=(ref,)),
}
# Risks are counted up in the order of their titles, investigations in that of their scopes.
OF_RISKS = ("R-0003", "R-0004", "R-0005", "R-0006")


def _words(act: Callable[[], object]) -> tuple[str, str, str]:
    with pytest.raises(DeskError) as refused:
        act()
    return type(refused.value).__name__, refused.value.message, refused.value.hint


@pytest.mark.parametrize("name", OF_PARTNERS)
def test_another_partner_is_refused_in_the_words_of_none(world: World, name: str) -> None:
    kind, *of_other = _words(lambda: OF_PARTNERS[name](world, STRANGE_REF))
    other_kind, *of_none = _words(lambda: OF_PARTNERS[name](world, ABSENT_REF))
    assert kind == other_kind
    assert [part.replace(STRANGE_REF, ABSENT_REF) for part in of_other] == of_none
    assert STRANGER not in "".join(of_other)


@pytest.mark.parametrize("name", OF_CASES)
def test_another_partners_case_is_refused_in_the_words_of_none(world: World, name: str) -> None:
    kind, *of_other = _words(lambda: OF_CASES[name](world, STRANGE_CASE))
    other_kind, *of_none = _words(lambda: OF_CASES[name](world, ABSENT_CASE))
    assert (kind, other_kind) == ("NotFound", "NotFound")
    assert [part.replace(STRANGE_CASE, ABSENT_CASE) for part in of_other] == of_none


@pytest.mark.parametrize("ref", OF_RISKS)
def test_a_risk_of_others_is_refused_in_the_words_of_none(world: World, ref: str) -> None:
    assert ref not in {line.risk.ref for line in register_view(world.desk, world.pat).lines}
    found = [_words(partial(risk_history, world.desk, world.pat, r))[1] for r in (ref, "R-0999")]
    assert found[0].replace(ref, "R-0999") == found[1]


def test_an_investigation_shows_own_cases_and_no_scope_that_names_others(world: World) -> None:
    for line in investigation_list(world.desk, world.pat).lines:
        view = investigation_view(world.desk, world.pat, line.ref)
        words = "\n".join(told(view))
        assert STRANGER not in words
        assert not told_refs(words) & world.hidden
        assert list(view.cases["ref"]) == [OWN_CASE]
    hidden = [
        _words(partial(investigation_view, world.desk, world.pat, ref))
        for ref in ("I-0007", "I-0099")
    ]
    assert hidden[0][1].replace("I-0007", "I-0099") == hidden[1][1]
