"""The surges of a week as one person sees them: headline, findings, and what was done about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from core.access.model import Person, Scope
from core.access.rules import require
from core.cases.filter import DATES, LOCAL_TIMES, MINUTES, CaseFilter, Segment, Sort
from core.cases.measures import zone_of
from core.cases.windows import day_start
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.desk.surge_days import judged_days
from core.desk.surge_judging import Judged, Sighting, judge
from core.risk.day_alarms import DayAlarm, DayHeadline
from core.risk.finding_acts import Act, FindingAct, FindingPlace
from core.risk.headline import Headline
from core.risk.scan_rules import ScanRules, scan_rules
from core.risk.weeks import DAYS_PER_WEEK, WeekWindows, week_windows
from core.storage.findings import standing_acts
from core.storage.queue import with_grants
from core.storage.queue_conditions import Look
from core.storage.surge_cases import SurgeCases, surge_cases

Progress = Callable[[float, str], None]
READING_SHARE = 0.1  # of the time that a scan takes
SO_FAR = "now"  # the week that still runs, in the address


@dataclass(frozen=True, slots=True)
class SurgeWeek:
    """A week to look at: its first and last day; the running one ends with its last whole day."""

    first_day: date
    last_day: date
    is_running: bool

    @property
    def name(self) -> str:
        """How the address names it."""
        return SO_FAR if self.is_running else self.first_day.isoformat()


@dataclass(frozen=True)
class SeenFinding:
    """A finding with its stable key, its cases and what was done about it."""

    key: str
    place: FindingPlace
    sighting: Sighting
    act: FindingAct | None

    @property
    def is_dismissed(self) -> bool:
        """True while somebody's dismissal stands."""
        return self.act is not None and self.act.act is Act.DISMISS


@dataclass(frozen=True)
class SurgesView:
    """The surges of one week; every count in it opens exactly its cases."""

    week: SurgeWeek
    weeks: tuple[SurgeWeek, ...]  # to choose from, the newest first
    judged: Judged
    days: DayHeadline  # the last days of the week and those before
    findings: tuple[SeenFinding, ...]
    left_out: tuple[date, ...]  # Mondays of weeks confirmed as surges
    filter: CaseFilter  # what all cases satisfy besides the week
    rules: ScanRules
    version: int
    at: datetime
    zone: str
    is_refreshing: bool
    notices: tuple[str, ...]

    def week_filter(self, **parts: object) -> CaseFilter:
        """The cases of the week, with some parts besides."""
        return self.filter.but(
            zone=self.zone,
            **{"received_from": self.week.first_day, "received_to": self.week.last_day, **parts},
        )

    def headline_filter(self, row: Headline, *, drift: bool = False) -> CaseFilter:
        """The cases that a row of the headline counts, or those of its drift."""
        parts: dict[str, object] = {}
        if row.value is not None:
            parts[self.rules.alike] = (row.value,)
        if drift and row.drift is not None:
            back = timedelta(days=DAYS_PER_WEEK * (-1 - row.drift.since))
            parts["received_from"] = self.week.first_day - back
        return self.week_filter(**parts)

    def day_filter(self, alarm: DayAlarm) -> CaseFilter:
        """The cases of a series on the day of its alarm."""
        parts = {} if alarm.value is None else {self.rules.alike: (alarm.value,)}
        return self.week_filter(received_from=alarm.on, received_to=alarm.on, **parts)

    @property
    def standing(self) -> tuple[SeenFinding, ...]:
        """The findings that nobody has dismissed."""
        return tuple(seen for seen in self.findings if not seen.is_dismissed)

    @property
    def dismissed(self) -> tuple[SeenFinding, ...]:
        """The others."""
        return tuple(seen for seen in self.findings if seen.is_dismissed)

    def finding(self, key: str) -> SeenFinding | None:
        """The finding of that key, when this week has it."""
        return next((seen for seen in self.findings if seen.key == key), None)


def surges_view(
    desk: Desk,
    person: Person,
    filter_: CaseFilter,
    week: str = "",
    zone: str = "",
    progress: Progress | None = None,
) -> SurgesView:
    """Scan a week of a filter; its own dates and state of cases do not count.

    ``week`` is its Monday, or ``now`` for the days so far of this one; else the last complete one.
    """
    require(person, "risk.read")
    rules, filter_ = scan_rules(), ground(filter_)
    look, notices = look_of(desk, person, filter_)
    at, zone = from_micros(look.at), zone_of(filter_, zone or person.zone)
    chosen, told = _choose(offered := offered_weeks(at, zone, rules), week)
    windows, scope = windows_of(chosen, zone, rules), scope_name(look.scope)
    with desk.store.read() as connection:
        acts = standing_acts(connection, scope)
    confirmed = _confirmed(acts, windows)
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        key = ("surges", filter_, look_key(look), chosen, zone, confirmed)
        read = partial(surge_cases, reading, filter_, look, windows, rules)
        count = partial(_judge, read, confirmed, rules, progress or _silent)
        judged = reading.remember(key, count)
        days = judged_days(reading, filter_, look, chosen.last_day, zone)
    return SurgesView(
        week=chosen,
        weeks=offered,
        judged=judged,
        days=days,
        findings=_seen(judged, chosen, filter_, scope, acts),
        left_out=tuple(sorted(confirmed)),
        filter=filter_,
        rules=rules,
        version=reading.version,
        at=at,
        zone=zone,
        is_refreshing=reading.is_refreshing,
        notices=(*notices, *told),
    )


def _choose(offered: tuple[SurgeWeek, ...], name: str) -> tuple[SurgeWeek, tuple[str, ...]]:
    """The week of that name, else the last complete one; and what could not be used."""
    named = next((one for one in offered if one.name == name), None)
    if named is not None:
        return named, ()
    told = f"{name!r} is no week to choose; the last complete one is shown."
    return next(one for one in offered if not one.is_running), (told,) if name else ()


def ground(filter_: CaseFilter) -> CaseFilter:
    """The filter without what the week itself decides: dates and state."""
    kept = filter_.without(*DATES, *LOCAL_TIMES, *MINUTES, "flags", "whose")
    return kept.having(segment=Segment.ALL, sort=Sort.RECEIVED)


def offered_weeks(at: datetime, zone: str, rules: ScanRules) -> tuple[SurgeWeek, ...]:
    """The days so far of this week, from its second day on, and the complete weeks before."""
    today = at.astimezone(ZoneInfo(zone)).date()
    monday = today - timedelta(days=today.weekday())
    found = [
        SurgeWeek(first, first + timedelta(days=DAYS_PER_WEEK - 1), is_running=False)
        for first in (
            monday - timedelta(days=DAYS_PER_WEEK * back)
            for back in range(1, rules.offered_weeks + 1)
        )
    ]
    # Whole days only: then the verdict of a day stays the same, however often somebody looks.
    if today > monday:
        found.insert(0, SurgeWeek(monday, today - timedelta(days=1), is_running=True))
    return tuple(found)


def windows_of(week: SurgeWeek, zone: str, rules: ScanRules) -> WeekWindows:
    """The week behind its history, all cut at the same weekday."""
    end = from_micros(day_start(week.last_day + timedelta(days=1), zone))
    return week_windows(end, zone, rules.history_weeks + 1, running=week.is_running)


def scope_name(scope: Scope) -> str:
    """Whose findings are the same findings: those whose reads reach as far.

    Restricted cases opened by name do not part people, or nobody would see what a colleague did.
    """
    partners = "all" if scope.partner_ids is None else ",".join(map(str, sorted(scope.partner_ids)))
    more = [
        word
        for word, sees in (
            ("restricted", scope.sees_every_restricted),
            ("sealed", scope.sees_sealed),
        )
        if sees
    ]
    return " ".join([f"partners:{partners}", *more])


def look_key(look: Look) -> tuple[object, ...]:
    """What of a look the cases depend on: not the minute."""
    return (look.sight,)


def _confirmed(acts: dict[str, FindingAct], windows: WeekWindows) -> frozenset[date]:
    """Past weeks of these windows that hold a confirmed surge."""
    past = set(windows.mondays[:-1])
    return frozenset(a.week_on for a in acts.values() if a.act is Act.CONFIRM) & past


def place_of(
    monday: date, where: Mapping[str, str], filter_: CaseFilter, scope: str
) -> FindingPlace:
    """Which finding: of a week, a slice, a filter, and the name of what its reader sees."""
    told = ground(filter_).without("zone", "segment", "sort").to_params()
    return FindingPlace(monday, where, told, scope)


def _seen(
    judged: Judged,
    week: SurgeWeek,
    filter_: CaseFilter,
    scope: str,
    acts: dict[str, FindingAct],
) -> tuple[SeenFinding, ...]:
    found = []
    for sighting in judged.sightings:
        place = place_of(week.first_day, sighting.finding.where(), filter_, scope)
        found.append(SeenFinding(place.key, place, sighting, acts.get(place.key)))
    return tuple(found)


def _judge(
    read: Callable[[], SurgeCases], confirmed: frozenset[date], rules: ScanRules, tell: Progress
) -> Judged:
    tell(0.0, "Reading cases")
    found, rest = read(), 1 - READING_SHARE
    return judge(
        found, confirmed, rules, lambda share, what: tell(READING_SHARE + rest * share, what)
    )


def _silent(_share: float, _what: str) -> None:
    """Nobody watches."""
