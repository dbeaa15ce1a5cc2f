"""Takes the list of partners out of the desk: permission, scope, record, then the lines."""

from __future__ import annotations

import csv
import hashlib
import io

from core.access.model import Person
from core.access.rules import require
from core.audit.model import Detail, Draft
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.export import escaped
from core.desk.partner_ask import PartnerAsk
from core.desk.partners import Interval, PartnerLine, PartnersView, partners_view

COLUMNS = (
    *("ref", "name", "tier", "category", "market", "managers", "band", "computed_band"),
    *("health", "health_low", "health_high", "effective_n", "change", "change_low", "change_high"),
    *("rank_low", "rank_high", "ranked", "open", "breached", "next_due_at", "oldest_received_at"),
    *("last_contact_at", "day", "compared_with", "rules_version"),
)


def take_partners(desk: Desk, person: Person, ask: PartnerAsk, zone: str = "") -> PartnersView:
    """All pages of a list as they leave the desk; on the record before anybody has them."""
    require(person, "case.export")
    view = partners_view(desk, person, ask, zone, facets=(), is_whole=True)
    params = ask.but().to_params()
    if "q" in params:
        params["q"] = hashlib.sha256(ask.text.encode()).hexdigest()
    details: dict[str, Detail] = {
        "format": "csv",
        "partners": view.total,
        "version": view.version,
        "filter": {name: list(v) if isinstance(v, list) else v for name, v in params.items()},
    }
    desk.store.record(Draft(person.username, "partner.export_list", "partners", details))
    return view


def partners_csv(view: PartnersView) -> str:
    """One line per partner, values by their codes, moments in UTC; empty = unknown."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    ends = [view.day.isoformat(), view.before.isoformat(), view.rules.version]
    for line in view.lines:
        writer.writerow([*_facts(line), *_health(line, view.ranked), *_figures(line), *ends])
    return file.getvalue()


def _facts(line: PartnerLine) -> list[str]:
    managers = " ".join(who.username for who in line.managers)
    words = (line.ref, line.name, line.tier, line.category, line.market, managers)
    return [escaped(word) for word in (*words, line.band, line.computed)]


def _health(line: PartnerLine, ranked: int) -> list[str]:
    low, high = line.rank or ("", "")
    effective = "" if line.effective != line.effective else f"{line.effective:.1f}"
    ranks = [str(low), str(high), str(ranked) if line.rank else ""]
    return [*_ends(line.health), effective, *_ends(line.trend), *ranks]


def _ends(found: Interval | None) -> list[str]:
    if found is None:
        return ["", "", ""]
    return [f"{end:.2f}" for end in (found.value, found.low, found.high)]


def _figures(line: PartnerLine) -> list[str]:
    moments = (line.next_due_at, line.oldest_at, line.contact_at)
    told = ["" if m is None else from_micros(m).isoformat() for m in moments]
    return [str(line.open_count), str(line.breached_count), *told]
