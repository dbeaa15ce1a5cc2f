"""Our own rates of a policy area beside what the public report says of it; the two are never added."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.access.model import Person
from core.access.rules import require
from core.cases.filter import CaseFilter, Segment, Sort
from core.cases.measures import appeal_filter, overturned_filter, reviewed_filter, zone_of
from core.cases.windows import day_of
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.desk.risk import look_key
from core.risk.cell_rules import cell_rules
from core.risk.public_report import area_key, area_of, public_report
from core.risk.public_series import FigureKey, Restatement, Told, share_of, told
from core.risk.quarters import complete_quarters, first_day, last_day, quarters_between
from core.stats.proportion import share_interval
from core.storage import reference_series as book
from core.storage.quarterly_cases import received_per_quarter
from core.storage.queue import with_grants
from core.storage.queue_conditions import Look
from core.storage.reference_series import Release
from core.storage.snapshot import Reading
from core.taxonomy import taxonomy

KINDS: Mapping[str, Callable[[CaseFilter], CaseFilter]] = {
    "received": lambda ground: ground,
    "reviewed": reviewed_filter,
    "overturned": overturned_filter,
    "appeals": appeal_filter,
}


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """A policy area that some release has figures of."""

    key: str
    label: str
    abuse_type: str  # '' where none of ours is the same
    note: str
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnQuarter:
    """Our cases received in a quarter, by what has become of them until now."""

    quarter: str
    received: int
    reviewed: int
    overturned: int
    appeals: int

    @property
    def overturn_share(self) -> float | None:
        """Overturned ÷ re-reviewed; nothing where too few were re-reviewed."""
        is_enough = self.reviewed >= cell_rules().measures.least_cases
        return self.overturned / self.reviewed if is_enough else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the overturn share lies, as wide as all intervals on risk pages."""
        return share_interval(self.overturned, self.reviewed, cell_rules().judging.interval)


@dataclass(frozen=True)
class PublicView:
    """One policy area on one platform, ours and the public's; without any release no area."""

    choices: tuple[AreaChoice, ...]
    area: AreaChoice | None
    platform: str
    own: tuple[OwnQuarter, ...]
    filter: CaseFilter  # what our cases satisfy besides their quarter
    public: Mapping[tuple[str, str], Told]  # by series and quarter
    releases: tuple[Release, ...]  # in force, newest first
    version: int
    at: datetime
    zone: str
    is_refreshing: bool
    notices: tuple[str, ...]

    @property
    def quarters(self) -> tuple[str, ...]:
        """From the first to the last quarter that either side has: the common time line."""
        own = {one.quarter for one in self.own if one.received}
        there = own | {
            quarter for (_, quarter), one in self.public.items() if one.figure.is_published
        }
        return quarters_between(min(there), max(there)) if there else ()

    @property
    def own_together(self) -> OwnQuarter:
        """All our quarters as one."""
        sums = ([getattr(one, kind) for one in self.own] for kind in KINDS)
        return OwnQuarter("", *map(sum, sums))

    @property
    def siblings(self) -> tuple[AreaChoice, ...]:
        """Other areas that stand beside the same cases of ours."""
        if self.area is None or not self.area.abuse_type:
            return ()
        same = (c for c in self.choices if c.abuse_type == self.area.abuse_type)
        return tuple(c for c in same if c.key != self.area.key)

    @property
    def restatements(self) -> tuple[Restatement, ...]:
        """Everything that was restated of what is shown, newest quarters first."""
        found = (change for one in self.public.values() for change in one.restatements)
        return tuple(sorted(found, key=lambda r: (r.after.quarter, r.after.series), reverse=True))

    @property
    def older(self) -> int:
        """Figures shown that the newest release does not have any more."""
        newest = self.releases[0].ref if self.releases else ""
        return sum(t.ref != newest and t.figure.is_published for t in self.public.values())

    def restored_share(self, quarter: str) -> float | None:
        """Restored after an appeal ÷ appealed, both of the same quarter."""
        restored, appealed = (
            self.public.get((series, quarter)) for series in ("restored_with_appeal", "appealed")
        )
        return share_of(restored, appealed)

    def cases_of(self, quarter: str, kind: str) -> CaseFilter:
        """The filter that opens exactly our cases of one mark."""
        ground = KINDS[kind](self.filter)
        days = {"received_from": first_day(quarter), "received_to": last_day(quarter)}
        return ground.having(**days, zone=self.zone)


def public_view(
    desk: Desk, person: Person, filter_: CaseFilter, area: str = "", zone: str = ""
) -> PublicView:
    """The area that is asked for, else the filter's abuse type, else the first there is."""
    require(person, "risk.read")
    zone = zone_of(filter_, zone or person.zone)
    with desk.snapshot.reading() as reading:
        report = _report_of(desk, reading, filter_, area)
        ground = _ground(filter_, report.area, report.platform)
        look, notices = look_of(desk, person, ground)
        own = _own(reading, ground, with_grants(reading, look), zone) if report.has_ours else ()
        return PublicView(
            choices=report.choices,
            area=report.area,
            platform=report.platform,
            own=own,
            filter=ground,
            public=report.figures,
            releases=report.releases,
            version=reading.version,
            at=from_micros(look.at),
            zone=zone,
            is_refreshing=reading.is_refreshing,
            notices=(*notices, *_told_instead(report, area, filter_)),
        )


@dataclass(frozen=True, slots=True)
class _Report:
    """What the releases in force say of the chosen area and platform."""

    choices: tuple[AreaChoice, ...]
    area: AreaChoice | None
    platform: str
    figures: Mapping[tuple[str, str], Told]
    releases: tuple[Release, ...]

    @property
    def has_ours(self) -> bool:
        return self.area is not None and bool(self.area.abuse_type)


def _report_of(desk: Desk, reading: Reading, filter_: CaseFilter, area: str) -> _Report:
    with desk.store.read() as connection:
        published = book.published_areas(connection)
        choices = _choices(published)
        chosen = _chosen(choices, area, filter_)
        platform = _platform(chosen, filter_)
        names = [name for _, name in published if chosen and area_key(name) == chosen.key]
        releases = book.releases(connection, with_undone=False)

        def read() -> Mapping[FigureKey, Told]:
            return told(book.figures_of(connection, platform, names))

        # A release never changes, so what these say together is worked out once.
        key = ("public figures", platform, *names, *(release.ref for release in releases))
        found = reading.remember(key, read) if names else {}
    figures = {(key.series, key.quarter): one for key, one in found.items()}
    newest_first = tuple(sorted(releases, key=lambda r: r.edition.rank, reverse=True))
    return _Report(choices, chosen, platform, figures, newest_first)


def _own(reading: Reading, ground: CaseFilter, look: Look, zone: str) -> tuple[OwnQuarter, ...]:
    quarters = complete_quarters(public_report().beside.quarters, day_of(look.at, zone))

    def count() -> tuple[OwnQuarter, ...]:
        counts = {
            kind: received_per_quarter(reading, narrowed(ground), look, quarters, zone)
            for kind, narrowed in KINDS.items()
        }
        rows = zip(quarters, *counts.values(), strict=True)
        return tuple(OwnQuarter(*row) for row in rows)

    return reading.remember(("public", ground, look_key(look), quarters, zone), count)


def _choices(published: Sequence[tuple[str, str]]) -> tuple[AreaChoice, ...]:
    names: dict[str, str] = {}
    platforms: dict[str, set[str]] = {}
    for platform, name in published:
        key = area_key(name)
        names.setdefault(key, name)
        platforms.setdefault(key, set()).add(platform)
    found = []
    for key, name in names.items():
        known = area_of(key, name)
        where = tuple(p for p in taxonomy().platforms if p in platforms[key])
        found.append(AreaChoice(key, known.label, known.abuse_type, known.note, where))
    return tuple(sorted(found, key=lambda choice: choice.label))


def _chosen(choices: Sequence[AreaChoice], area: str, filter_: CaseFilter) -> AreaChoice | None:
    by_key = {choice.key: choice for choice in choices}
    of_type = (c for c in choices if c.abuse_type in filter_.abuse_type and c.abuse_type)
    return by_key.get(area) or next(of_type, None) or next(iter(choices), None)


def _platform(area: AreaChoice | None, filter_: CaseFilter) -> str:
    offered = area.platforms if area else tuple(taxonomy().platforms)
    return next((p for p in filter_.platform if p in offered), offered[0])


def _ground(filter_: CaseFilter, area: AreaChoice | None, platform: str) -> CaseFilter:
    """The filter without what the view itself decides: area, platform, dates, state, outcome."""
    dates = [name for name in type(filter_).model_fields if name.endswith(("_from", "_to"))]
    kept = filter_.without(*dates, "due_within", "age_over", "age_under", "flags", "whose")
    kept = kept.without("outcome", "channel", "abuse_family")
    types = (area.abuse_type,) if area and area.abuse_type else ()
    return kept.having(
        segment=Segment.ALL, sort=Sort.RECEIVED, platform=(platform,), abuse_type=types
    )


def _told_instead(report: _Report, asked: str, filter_: CaseFilter) -> tuple[str, ...]:
    if report.area is None:
        return ()
    label = report.area.label
    notices: list[str] = []
    if asked and asked != report.area.key:
        notices.append(f"No release has figures of the area {asked[:60]!r}; {label} is shown.")
    if filter_.platform and report.platform not in filter_.platform:
        shown = taxonomy().label("platforms", report.platform)
        notices.append(f"No release has figures of {label} there; {shown} is shown.")
    return tuple(notices)
