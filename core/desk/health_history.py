"""One partner's health week by week.

Points of past weeks hardly ever change, so a page shows those at hand, and what a changed case
may have moved is counted again in the background.
"""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from core.desk.health_book import HealthBook, book_of, now_of
from core.desk.health_days import links, standing_at_hand, standing_day
from core.frames import FrameShape
from core.partners.bands import NO_BAND, Standing, band_name, settled_bands
from core.partners.health_day import HealthDay, health_day, today_of
from core.stats.arrays import Ints
from core.storage.snapshot import Reading

WEEKS = 26
MANY_PARTNERS = 500  # from so many on, a reader would wait for the weeks
Point = tuple[date, float, float, float, str, float]
HEALTH_POINTS = FrameShape(
    name="HEALTH_POINTS",
    grain="one row per point, oldest first: the ends of weeks, and last the day asked for",
    columns={
        "day": "datetime64[us, UTC]",
        "score": "float64",  # NaN without enough cases
        "low": "float64",
        "high": "float64",
        "band": "str",  # of the taxonomy, not_enough_data included
        "effective": "float64",
    },
)


def health_history(reading: Reading, partner_id: int, day: date) -> pd.DataFrame:
    """HEALTH_POINTS of the last weeks; no rows for a partner that nobody knows."""
    book = book_of(reading, health_day(day, now_of(reading)))
    place = book.place(partner_id)
    if place is None:
        return HEALTH_POINTS.empty()
    points, is_current = [], True
    for one in week_ends(day, book.at):
        point, of_now = _past_point(reading, one, place)
        points.append(point)
        is_current &= of_now
    if not is_current:
        reading.snapshot.in_background(lambda later: warm(later, day))
    frame = pd.DataFrame([*points, _last_point(book, place)], columns=list(HEALTH_POINTS.columns))
    frame["day"] = pd.to_datetime(frame["day"], utc=True).dt.as_unit("us")
    return HEALTH_POINTS.check(frame.astype({"band": "str"}))


def week_ends(day: date, at: int) -> list[HealthDay]:
    """The Sundays before a day, oldest first: fixed days, so that they are counted once for all."""
    last = day - timedelta(days=day.isoweekday())
    return [health_day(last - timedelta(weeks=back), at) for back in range(WEEKS - 2, -1, -1)]


def hold_health_ready(reading: Reading) -> None:
    """Count today before anybody asks; where that takes long, the weeks of the history too."""
    now = now_of(reading)
    book_of(reading, health_day(today_of(now), now))
    if len(reading.roster.ids) >= MANY_PARTNERS:
        warm(reading, today_of(now))


def warm(reading: Reading, day: date) -> None:
    """Count every week that a history up to a day needs, whatever changed since."""
    for one in week_ends(day, now_of(reading)):
        for link in (one, *links(one)):
            standing_day(reading, link)


def _past_point(reading: Reading, day: HealthDay, place: int) -> tuple[Point, bool]:
    """The point of one partner, and whether no case has changed since it was counted.

    Its band follows along the days before, of this partner only.
    """
    previous: Ints | None = None
    is_current = True
    found, _ = standing_at_hand(reading, day)
    for link in (*reversed(links(day)), day):
        held, of_now = standing_at_hand(reading, link)
        is_current &= of_now
        previous = settled_bands(_of_one(held.standing, place), previous, day.rules)
    band = NO_BAND if previous is None else int(previous[0])
    score = float(found.standing.score[place])
    low, high = float(found.low[place]), float(found.high[place])
    point = (day.day, score, low, high, band_name(band), float(found.effective[place]))
    return point, is_current


def _of_one(standing: Standing, place: int) -> Standing:
    own = slice(place, place + 1)
    return Standing(standing.score[own], standing.without_worst[own], standing.without_best[own])


def _last_point(book: HealthBook, place: int) -> Point:
    health = book.moment.health
    return (
        book.day,
        float(health.score[place]),
        float(health.low[place]),
        float(health.high[place]),
        band_name(int(health.bands[place])),
        float(health.effective[place]),
    )
