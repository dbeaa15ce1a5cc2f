"""The paths by which a partner manager could reach a partner of somebody else, one row each."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from core.cases.filter import CaseFilter
from core.desk import directory, partner_records, spelling_proposals
from core.desk.assessments import recent_assessments
from core.desk.case import case_view
from core.desk.directory_csv import export_directory
from core.desk.export import export_cases
from core.desk.heat_export import heatmap_csv, take_heatmap
from core.desk.investigation_views import (
    foreseen,
    investigation_list,
    investigations_of_case,
)
from core.desk.partner_ask import Order, PartnerAsk
from core.desk.partner_brief import partner_brief
from core.desk.partner_conduct import conduct_view
from core.desk.partner_contacts import (
    contacts_view,
    known_as,
    related_risks,
    related_surges,
)
from core.desk.partner_export import partners_csv, take_partners
from core.desk.partner_funnel import MEASURES
from core.desk.partner_health_view import change_view, health_view, served_by
from core.desk.partner_history import history_view
from core.desk.partner_movers import movers_view
from core.desk.partner_served import service_view
from core.desk.risk import heatmap_view
from core.desk.risk_register import register_view
from core.desk.surges import surges_view
from tests.support.scope_asks import (
    ALL,
    BOTH_CASES,
    HEAT,
    OF_OWN_REF,
    OPEN_CASES,
    OTHERS,
    SAVED,
    STRANGE_FILTER,
    TODAY,
    Path,
    brief_file,
    directory_file,
    funnelled,
    last_week,
    listed,
    of_own,
    queue_counts,
    queued,
    resolved_lately,
    saved_view,
    segments_asked,
    weeks_of,
)
from tests.support.two_scopes import (
    OWN_CASE,
    OWN_REF,
    STRANGE_CASE,
    STRANGE_REF,
    STRANGER,
)

PATHS = (
    Path("url", "queue", queued(CaseFilter()), queue_counts, OPEN_CASES, least=10),
    Path("url", "queue of every state", queued(ALL), queue_counts, "1 = 1", least=10),
    Path(
        "url",
        "queue of another partner",
        queued(STRANGE_FILTER),
        queue_counts,
        typed=frozenset({STRANGE_REF}),
    ),
    Path(
        "url",
        "partners",
        listed(),
        lambda v: (v.open_count, sum(x.open_count for x in v.lines)),
        OPEN_CASES,
        least=5,
    ),
    *(Path("url", f"partners by {order}", listed(order=order), least=5) for order in Order),
    Path("url", "partners, breached only", listed(breached=True), least=1),
    Path(
        "url",
        "partners of another's manager",
        listed(manager=("bo",)),
        lambda v: (v.total, v.open_count, v.breached_count),
    ),
    Path("url", "health", of_own(health_view), least=1),
    Path(
        "url",
        "what moved it",
        lambda w: change_view(w.desk, w.pat, w.own(), TODAY - timedelta(days=60), TODAY),
        least=1,
    ),
    Path("url", "its slices", segments_asked, least=1),
    Path("url", "history", of_own(history_view)),
    Path(
        "url",
        "service",
        of_own(service_view),
        lambda v: (v.resolved_count,),
        resolved_lately,
        least=1,
    ),
    Path("url", "conduct", of_own(conduct_view), least=1),
    Path(
        "url",
        "contacts",
        of_own(contacts_view),
        lambda v: (v.open.total, v.open.filter and sum(x.wait.count for x in v.open.waits)),
        f"{OF_OWN_REF} AND {OPEN_CASES}",
        least=1,
    ),
    Path("url", "accounts and spellings", of_own(known_as)),
    Path("url", "who serves it", of_own(served_by)),
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
        queued(ALL.but(text=STRANGER)),
        queue_counts,
        typed=frozenset({STRANGER}),
    ),
    Path(
        "search",
        "another's name in the queue",
        queued(ALL.but(text=OTHERS[0])),
        queue_counts,
        typed=frozenset({STRANGER, OTHERS[0]}),
    ),
    Path(
        "search",
        "an own name in the queue",
        queued(ALL.but(text="House 24")),
        queue_counts,
        "id IN (100240, 100241)",
        least=2,
    ),
    Path(
        "search",
        "a title of all",
        queued(ALL.but(text="Title")),
        queue_counts,
        "id >= 100000",
        least=10,
    ),
    Path(
        "search",
        "another's case by reference",
        queued(ALL.but(text=STRANGE_CASE)),
        queue_counts,
        typed=frozenset({STRANGE_CASE}),
    ),
    Path(
        "search",
        "list of partners",
        listed(text=STRANGER),
        lambda v: (v.total, v.open_count),
        typed=frozenset({STRANGER}),
    ),
    Path(
        "search",
        "list of partners by reference",
        listed(text=STRANGE_REF),
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
        queued(saved_view(STRANGE_FILTER)),
        queue_counts,
        typed=frozenset({STRANGE_REF}),
    ),
    Path(
        "saved view",
        "of both",
        queued(saved_view(SAVED)),
        queue_counts,
        OF_OWN_REF,
        least=10,
        typed=frozenset({STRANGE_REF}),
    ),
    Path(
        "saved view",
        "of named cases",
        queued(saved_view(BOTH_CASES)),
        queue_counts,
        f"ref = '{OWN_CASE}'",
        least=1,
        typed=frozenset({STRANGE_CASE}),
    ),
    Path(
        "saved view",
        "heatmap of both",
        lambda w: heatmap_view(w.desk, w.pat, saved_view(SAVED), HEAT),
        lambda v: (v.cases,),
        weeks_of,
        least=1,
    ),
    Path("export", "cases", directory_file, lambda v: (len(v),), "1 = 1", least=10),
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
        of_own(partner_brief),
        lambda v: (v.open.open.count,),
        f"{OF_OWN_REF} AND {OPEN_CASES}",
        least=1,
    ),
    Path("report", "brief as a file", brief_file, least=1),
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
        of_own(related_risks),
        lambda v: (x.count for x in v),
        OF_OWN_REF,
        least=1,
    ),
    Path("related case", "surges", of_own(related_surges)),
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
        weeks_of,
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
        last_week,
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
            funnelled(measure),
            least=1,
        )
        for measure in MEASURES
    ),
)
