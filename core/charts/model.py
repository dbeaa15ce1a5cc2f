"""A chart as a page receives it: specification, data, words for those who cannot see it.

The specification is built once per shape with Altair and cached; the data travel apart from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

PICK = "pick"  # the selection that a click on a mark makes


@dataclass(frozen=True, slots=True)
class Drawing:
    """A specification with the frame that it draws; ``table`` gives the same for reading.

    ``alt`` says what the chart shows and should not change with its data: with other words the
    browser builds the whole chart anew. The figures in words stand in ``summary``.
    """

    spec: Mapping[str, Any]
    frame: pd.DataFrame
    alt: str
    summary: str
    table: Callable[[], pd.DataFrame]  # made only when somebody reads it
    can_be_clicked: bool = True

    @property
    def is_empty(self) -> bool:
        """True when there is no mark, or none that counts anything."""
        return self.frame.empty or ("cases" in self.frame and not self.frame["cases"].any())


def legend(columns: int) -> alt.Legend:
    """Names above the chart: beside it they would take the room that its marks need."""
    return alt.Legend(
        orient="top",
        direction="horizontal",
        columns=columns,
        offset=4,
        padding=0,
        symbolSize=60,
        titleOrient="left",  # else the title that it has not would still have its line
    )


def specification(chart: alt.Chart | alt.LayerChart, height: int) -> dict[str, Any]:
    """The chart as Vega-Lite without data, drawn on a canvas, which settles faster than SVG."""
    spec: dict[str, Any] = chart.properties(height=height).to_dict()
    spec.pop("datasets", None)
    for part in (spec, *spec.get("layer", ())):
        part.pop("data", None)
    spec["padding"] = {"left": 0, "right": 4, "top": 6, "bottom": 0}
    spec["usermeta"] = {"embedOptions": {"renderer": "canvas", "actions": False}}
    return spec
