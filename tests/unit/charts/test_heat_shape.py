"""The shape of the heatmap is built once and changed in few places: each result must be a chart."""

from __future__ import annotations

from itertools import product

import altair as alt
import pytest

from core.charts.heat import SCALES, ScaleName, _spec

VARIANTS = list(product(SCALES, (False, True), (False, True)))


@pytest.mark.parametrize(("scale", "is_compared", "is_narrow"), VARIANTS)
def test_every_shape_is_a_chart_in_its_own_colours(
    scale: ScaleName, is_compared: bool, is_narrow: bool
) -> None:
    spec = _spec(scale, is_compared=is_compared, is_narrow=is_narrow)
    alt.LayerChart.from_dict({**spec, "data": {"values": []}}, validate=True)
    cells, _, figures = spec["layer"]
    colour = cells["encoding"]["color"]
    assert colour["legend"]["title"] == SCALES[scale].title
    assert 2 ** colour["scale"]["domain"][-1] == pytest.approx(SCALES[scale].far)
    for seen, light, dark in zip(
        colour["scale"]["range"], SCALES[scale].colours, SCALES[scale].on_dark, strict=True
    ):
        assert seen["expr"].endswith(f"'{dark}' : '{light}'")
    told = [one["field"] for one in cells["encoding"]["tooltip"]]
    assert ("before" in told) == is_compared
    assert figures["mark"]["fontSize"] == (9 if is_narrow else 11)


def test_one_shape_does_not_change_another() -> None:
    wide = _spec("expected", is_compared=True, is_narrow=False)
    _spec("whole", is_compared=False, is_narrow=True)
    assert wide["layer"][0]["encoding"]["color"]["legend"]["title"] == SCALES["expected"].title
    assert wide["layer"][2]["mark"]["fontSize"] == 11
