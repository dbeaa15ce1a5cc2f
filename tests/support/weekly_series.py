"""Weekly count series for the tests of detectors: stored, planted and drawn."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from core.stats.arrays import Bools, Ints

# Made up, with the traits of a real series: few cases a week, a mild winter high, one outbreak.
IMITATION_FIRST_ON = date(2019, 1, 7)
IMITATION_OUTBREAK = [191, 192, 193]
_QUIET = """
3 1 4 2 1 3 2 5 1 2 0 2 1 3 1 0 2 1 1 0 2 1 0 1 3 1 0 1 2 0 1 1 0 2 1 1 3 0 2 1 2 2 1 3 2 4 1 2 3 2 5 3
2 4 1 3 3 1 2 2 0 3 1 2 1 1 0 2 1 2 0 1 1 0 2 0 1 2 1 0 0 1 3 1 1 0 2 1 2 0 1 2 3 1 2 2 1 3 4 2 3 1 2
4 2 3 1 5 2 3 1 2 2 1 0 3 1 1 2 0 1 1 2 0 1 0 1 2 1 1 0 2 1 0 1 2 1 3 1 0 2 1 2 2 0 3 2 1 4 2 3 2 3 1
2 3 4 1 2 3 2 1 3 1 2 0 1 2 1 0 1 1 2 1 0 2 1 0 1 1 0 1 2 0 1 2 1 1 2 0 1 41 45 17 3 2 2 1 3 2 3 1 2
"""


@dataclass(frozen=True, eq=False, slots=True)
class StoredSeries:
    """A series with the alarms that a reference program gave for its last weeks."""

    counts: Ints
    first_on: date
    since: int
    stored: dict[str, Bools]

    def dates(self, alarm: Bools) -> list[str]:
        """The first days of the judged weeks that alarm."""
        begin = self.first_on + timedelta(days=7 * self.since)
        return [str(begin + timedelta(days=7 * int(week))) for week in np.flatnonzero(alarm)]


def imitation() -> Ints:
    """Nearly four years of weeks, the outbreak in the last."""
    return np.array(_QUIET.split(), dtype=np.int64)


def stored_series(folder: Path) -> StoredSeries:
    """The reference series; known outbreak cases are taken out of the years before the judged."""
    before = _rows(folder / "salmonella_newport_train.csv")
    judged = _rows(folder / "salmonella_newport_test.csv")
    counts = [int(r[1]) - int(r[2]) for r in before] + [int(r[1]) for r in judged]
    names = ("EarsC1", "EarsC2", "EarsC3", "Farrington", "FarringtonFlexible")
    stored = {n: np.array([r[4] == "1" for r in _rows(folder / f"{n}.csv")]) for n in names}
    first_on = date.fromisoformat(before[0][0])
    return StoredSeries(np.array(counts, dtype=np.int64), first_on, len(before), stored)


def quiet_weeks(
    rng: np.random.Generator,
    shape: tuple[int, int],
    mean: float,
    *,
    dispersion: float = 0.0,
    last_times: float = 1.0,
) -> Ints:
    """Series × weeks without a surge but in the last, whose expectation is times ``last_times``.

    A yearly wave of its own phase in each series, negative-binomial noise.
    """
    series, weeks = shape
    phase = rng.uniform(0.0, 2.0 * np.pi, (series, 1))
    wave = 0.3 * np.sin(2.0 * np.pi * np.arange(weeks) / 52.18 + phase)
    expected = mean * np.exp(wave)
    expected[:, -1] *= last_times
    if dispersion > 0.0:
        expected = expected * rng.gamma(1.0 / dispersion, dispersion, shape)
    return rng.poisson(expected).astype(np.int64)


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))[1:]
