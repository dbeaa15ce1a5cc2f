"""How long a CUSUM runs until it alarms: Markov chains for counts and for normal values.

After Brook and Evans (1972) and Lucas (1985); a sum alarms when it reaches the decision interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import ceil, sqrt

import numpy as np
from scipy import special, stats

from core.errors import BadInput
from core.stats.arrays import Floats

NODES = 60
MOST_STATES = 4000
STATES_PER_SD = 25
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class CountChain:
    """The sum between alarms as a chain of states 0, ``unit``, 2 ``unit``, … below ``h``.

    ``stay`` (m, m) are the chances of going from state to state without an alarm.
    """

    stay: Floats
    unit: float

    def mean_run(self, start: float = 0.0) -> float:
        """Periods to the alarm, on average, when the sum begins at ``start``."""
        lengths = np.linalg.solve(np.eye(len(self.stay)) - self.stay, np.ones(len(self.stay)))
        return float(lengths[round(start / self.unit)])

    def alarm_share(self, periods: int, start: float = 0.0) -> float:
        """The share of runs that have alarmed within so many periods."""
        quiet = np.ones(len(self.stay))
        for _ in range(periods):
            quiet = self.stay @ quiet
        return 1.0 - float(quiet[round(start / self.unit)])


def count_chain(
    mean: float, k: float, h: float, *, unit: float = 1.0, dispersion: float = 0.0
) -> CountChain:
    """The chain of counts with variance ``mean + dispersion · mean²``.

    Exact where ``k``, ``h`` and 1 are multiples of ``unit``, the cases from one state to the next.
    """
    size = round(h / unit)
    if not 0 < size <= MOST_STATES:
        raise BadInput(f"A chain of {size} states cannot be solved.", at=f"decision interval {h}")
    most = ceil(h + k) + 1
    exact = (np.arange(most + 1) - k) / unit
    moves = np.floor(exact + ROUNDING).astype(np.int64)
    # A move between two states goes to both in shares that keep its mean.
    beyond = np.maximum(exact - moves, 0.0)
    lowest, highest = min(int(moves[0]), 1 - size), max(int(moves[-1]) + 1, size - 1)
    chances = np.zeros(highest - lowest + 1)
    mass = _chances(mean, dispersion, most)
    np.add.at(chances, moves - lowest, mass * (1.0 - beyond))
    np.add.at(chances, moves + 1 - lowest, mass * beyond)
    states = np.arange(size)
    stay = chances[states[None, :] - states[:, None] - lowest]
    # Every move to zero or below ends in the state zero.
    stay[:, 0] = np.cumsum(chances)[-states - lowest]
    return CountChain(stay, unit)


def reference_value(mean: Floats, ratio: float, dispersion: float = 0.0) -> Floats:
    """The count per period at which a rise by ``ratio`` and none at all are equally likely."""
    risen = mean * ratio
    if dispersion <= 0.0:
        return np.asarray((risen - mean) / np.log(ratio))
    size = 1.0 / dispersion
    odds = np.log((size + risen) / (size + mean))
    return np.asarray(size * odds / (np.log(ratio) - odds))


@cache
def decision_interval(
    mean: float, ratio: float, quiet_run: float, *, parts: int, dispersion: float = 0.0
) -> float:
    """The least ``h`` whose runs without a rise last ``quiet_run`` periods on average.

    The chain cuts a case into ``parts``, and not finer than the counts' own spread asks for.
    """
    k = float(reference_value(np.asarray(mean), ratio, dispersion))
    unit = max(1.0 / parts, sqrt(mean + dispersion * mean * mean) / STATES_PER_SD)

    def lasts(size: int) -> bool:
        chain = count_chain(mean, k, size * unit, unit=unit, dispersion=dispersion)
        return chain.mean_run() >= quiet_run

    low, high = 0, 1
    while not lasts(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if lasts(middle) else (middle, high)
    return high * unit


def normal_run(k: float, h: float, shift: float = 0.0, *, start: float = 0.0) -> float:
    """Mean run of a one-sided CUSUM of standard normal values that are shifted by ``shift``.

    The states between zero and ``h`` are the nodes of a Gauss-Legendre rule.
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    nodes, weights = (nodes + 1.0) * h / 2.0, weights * h / 2.0
    states = np.concatenate([[0.0], nodes])
    stay = np.empty((states.size, states.size))
    stay[:, 0] = special.ndtr(k - shift - states)
    stay[:, 1:] = weights * stats.norm.pdf(nodes[None, :] - states[:, None] + k - shift)
    lengths = np.linalg.solve(np.eye(states.size) - stay, np.ones(states.size))
    if start == 0.0:
        return float(lengths[0])
    at = np.append(
        special.ndtr(k - shift - start), weights * stats.norm.pdf(nodes - start + k - shift)
    )
    return 1.0 + float(at @ lengths)


def two_sided_normal_run(k: float, h: float, shift: float = 0.0) -> float:
    """Mean run of two normal CUSUMs side by side, one for a rise and one for a fall."""
    return 1.0 / (1.0 / normal_run(k, h, shift) + 1.0 / normal_run(k, h, -shift))


def _chances(mean: float, dispersion: float, most: int) -> Floats:
    counts = np.arange(most + 1)
    if dispersion <= 0.0:
        return np.asarray(stats.poisson.pmf(counts, mean))
    size = 1.0 / dispersion
    return np.asarray(stats.nbinom.pmf(counts, size, size / (size + mean)))
