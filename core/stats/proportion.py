"""The interval of a share that was counted, honest also for few counted and for none or all of them."""

from __future__ import annotations

from scipy.special import betaincinv


def share_interval(count: int, total: int, level: float) -> tuple[float, float]:
    """Jeffreys' interval (Brown, Cai and DasGupta 2001); its open end is closed at none and at all."""
    tail = (1 - level) / 2
    hits, misses = count + 0.5, total - count + 0.5
    low = 0.0 if count == 0 else float(betaincinv(hits, misses, tail))
    high = 1.0 if count == total else float(betaincinv(hits, misses, 1 - tail))
    return low, high
