"""The heatmap of a view as a drawing, on the page and in a file."""

from __future__ import annotations

from functools import partial

from core.charts.heat import ScaleName, Words, heat_chart
from core.charts.model import Drawing
from core.desk.risk import HeatmapView
from core.risk.heat_ask import Measure
from core.ui.risk.heat_words import label, level_words


def scale_of(view: HeatmapView) -> ScaleName:
    """What the colours compare with."""
    if view.compared:
        return "period"
    return "expected" if view.ask.measure == Measure.CASES else "whole"


def drawn(view: HeatmapView) -> Drawing:
    """The picture itself."""
    words = Words(
        row=partial(label, view, view.ask.rows),
        column=partial(label, view, view.ask.columns),
        n=view.measure.n_label,
        level=partial(level_words, view),
        scale=scale_of(view),
        before=view.before,
    )
    return heat_chart(view.heat, words)
