"""The second slope of the logarithm of the gamma function, for many numbers in one go."""

from __future__ import annotations

from core.stats.arrays import Floats


def trigamma(x: Floats) -> Floats:
    """For numbers above 0, to 11 digits; the usual function takes ten times as long.

    Its series seven places further up, where it is good, and the sum of 1 ÷ (x + n)² on the way.
    """
    inverse = 1 / (x + 7)
    square = inverse * inverse
    series = square * inverse * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30)))
    # Places at equal distance from the middle one share a denominator.
    middle = x + 3
    even = middle * middle
    found: Floats = inverse + square / 2 + series + 1 / even
    for product in (even - 1, even - 4, x * (x + 6)):
        over = 1 / product
        found += over * (4 * even * over - 2)
    return found
