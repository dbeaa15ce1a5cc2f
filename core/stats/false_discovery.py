"""False-discovery control over one family of tests.

Benjamini & Hochberg 1995 for independent or positively dependent tests, Benjamini & Yekutieli
2001 for any dependence. A test that was not made (NaN) is no member of the family.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from scipy.stats import false_discovery_control

from core.stats.arrays import Bools, Floats


class Control(StrEnum):
    """How the tests of a family may depend on each other."""

    BH = "bh"
    BY = "by"


def adjusted(p: Floats, control: Control = Control.BH) -> Floats:
    """The smallest level at which each test is still rejected; NaN where no test was made."""
    found = np.full(p.shape, np.nan)
    made = ~np.isnan(p)
    if made.any():
        found[made] = false_discovery_control(
            p[made], method="bh" if control is Control.BH else "by"
        )
    return found


def rejected(p: Floats, level: float, control: Control = Control.BH) -> Bools:
    """Which tests count as discoveries when ``level`` is the share of false ones allowed."""
    with np.errstate(invalid="ignore"):
        found: Bools = adjusted(p, control) <= level
    return found
