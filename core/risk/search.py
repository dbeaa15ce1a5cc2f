"""The search through one week's slices: the highest score, its best kin, and explaining it away."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.risk.calibration import Calibration
from core.risk.cube import ANY, Cube
from core.risk.scan_rules import ScanRules
from core.risk.scores import poisson_llr
from core.risk.weeked_cases import Flags, WeekedCases
from core.stats.arrays import Floats

ROUNDS_PER_FINDING = 4  # kin that is folded takes a round each


@dataclass(eq=False, slots=True)
class Found:
    """A surge as positions of slices: itself, and what is folded under it with its figures."""

    position: int
    count: float
    expected: float
    score: float
    related: list[tuple[int, float]] = field(default_factory=list)  # position, expected then


class Search:
    """Counts against expectations that change as findings explain them."""

    def __init__(self, cube: Cube, calibration: Calibration, rules: ScanRules) -> None:
        self._cube = cube
        self._margin = rules.kin_margin
        self._calibration = calibration
        self._before: WeekedCases = cube.cases.only(cube.cases.in_weeks(cube.baseline))
        self._total = float(cube.totals[-1])
        self._weight: Floats = np.full(
            len(self._before.week), self._total / max(1, len(self._before.week))
        )
        self._taken: Flags = np.zeros(len(cube.slices), dtype=np.bool_)
        self.count: Floats = cube.counts[:, -1].astype(np.float64)
        self.expected: Floats = calibration.share * self._total

    def scores(self) -> Floats:
        """Score of each slice that is not a finding yet."""
        score = poisson_llr(self.count, self.expected) / self._calibration.dispersion
        return np.where(self._taken, 0.0, score)

    def run(self, most: int) -> list[Found]:
        """At most so many findings; a parent or child of one is folded under it."""
        found: list[Found] = []
        score, threshold = self.scores(), self._calibration.threshold
        for _ in range(most * ROUNDS_PER_FINDING):
            if len(score) == 0 or len(found) == most or score.max() < threshold:
                break
            top = int(score.argmax())
            winner = self._best_kin(top)
            # The alarm was the top's; its better kin does not have to raise one by itself.
            one = Found(
                winner,
                float(self.count[winner]),
                float(self.expected[winner]),
                float(score[top]),
            )
            before = self.expected.copy()
            self._explain(winner)
            after = self.scores()
            self._fold(one, found, before, (score >= threshold) & (after < threshold))
            score = after
        return found

    def _best_kin(self, top: int) -> int:
        """Among a slice, its parents and its children: the highest raw ratio within its conditions.

        Where most of a wider slice lies in the narrower one, the two are nearly tied and the noise
        of the rest decides; the wider claim then has to beat the narrower one by a margin.
        """
        parents, children = self._cube.kin(top)
        raw = poisson_llr(self.count, self.expected)
        raw[~(parents | children) | self._taken] = 0
        raw[top] = poisson_llr(self.count[top], self.expected[top])
        conditions = (self._cube.slices != ANY).sum(axis=1)
        return int(np.argmax(np.where(raw > 0, raw + self._margin * conditions, 0)))

    def _explain(self, winner: int) -> None:
        """Scale what was expected inside to what was counted, and the rest to the rest."""
        inside = self._cube.members(self._before, winner)
        shared = self._cube.weigh(self._before.only(inside), self._weight[inside])
        own, counted = self.expected[winner], self.count[winner]
        up = counted / own
        down = max(0.0, self._total - counted) / max(1e-9, self._total - own)
        self.expected = shared * up + np.maximum(0, self.expected - shared) * down
        self._weight = self._weight * np.where(inside, up, down)
        self._taken[winner] = True

    def _fold(self, one: Found, found: list[Found], before: Floats, faded: Flags) -> None:
        parents, children = self._cube.kin(one.position)
        kin = parents | children
        host = next((f for f in found if kin[f.position]), None)
        target = one if host is None else host
        if host is None:
            found.append(one)
        else:
            host.related.append((one.position, one.expected))
        known = {target.position, *(position for position, _ in target.related)}
        for position in np.flatnonzero(faded).tolist():
            if position not in known:
                target.related.append((position, float(before[position])))
