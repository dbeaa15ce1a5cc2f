"""Settings under which the published alarms of the detectors were made; the desk's own differ."""

from __future__ import annotations

from core.risk.detector_settings import (
    EarsSettings,
    FarringtonSettings,
    Power,
    Quantile,
    Threshold,
)

EARS = EarsSettings(
    alpha=0.001,
    baseline=7,
    lag=2,
    least_sd=0.0,
    poisson_floor=False,
    quantile=Quantile.NORMAL,
    reached_share=(0.015, 0.031),
)
# One-sided; the package states the original's alpha of 0.01 for both sides together.
ORIGINAL = FarringtonSettings(
    alpha=0.005,
    years=3,
    half_window=3,
    seasons=1,
    weight_above=1.0,
    skip_weeks=3,
    trend_p=0.05,
    power=Power.TWO_THIRDS,
    threshold=Threshold.DELTA,
    least_cases=5,
    least_weeks=4,
    reached_share=(0.006, 0.035),
)
FLEXIBLE = ORIGINAL.model_copy(update={"alpha": 0.01, "weight_above": 2.58, "skip_weeks": 26})
