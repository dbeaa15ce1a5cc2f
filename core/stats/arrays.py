"""Names for the array types that statistics take and give."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Wholes = npt.NDArray[np.integer[Any]]  # as short as what they hold
Bools = npt.NDArray[np.bool_]
# Either precision: where millions of numbers only steer a fit, half of it does in half the time.
Reals = npt.NDArray[np.floating[Any]]
