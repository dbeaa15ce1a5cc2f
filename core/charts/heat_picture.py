"""The heatmap as a picture file, written out shape by shape: it asks for nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from core.charts.heat import GREY, GREY_OPACITY, MARK, SCALES, SIDE_OPACITY, ScaleName
from core.charts.model import Drawing

CELL_WIDTH, CELL_HEIGHT, GAP = 44, 22, 1
MARGIN, LINE, HEAD = 16, 16, 26
LETTER = 6.2  # width of a letter of the size that labels have, about
NARROWEST, LABEL_MOST, TILT = 640, 260, 40
TEXT, QUIET = "#1b2430", "#5a646e"
FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
LEGEND_STEPS, LEGEND_STEP_WIDTH = 41, 5


def heat_svg(drawing: Drawing, scale: ScaleName, title: str, notes: Sequence[str]) -> str:
    """The picture with its title above and what has to be known to read it."""
    frame = drawing.frame
    rows, columns = _order(frame, "row"), _order(frame, "column")
    left = MARGIN + min(LABEL_MOST, LETTER * max(map(len, rows)) + 10)
    across = LETTER * max(map(len, columns)) * np.sin(np.radians(TILT))
    top = MARGIN + HEAD + LINE * len(notes) + 12 + min(LABEL_MOST, across) + 8
    width = max(NARROWEST, left + CELL_WIDTH * len(columns) + 110)
    height = top + CELL_HEIGHT * len(rows) + 70
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}" font-size="11">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _text(MARGIN, MARGIN + 12, title, font_size=15, font_weight="bold"),
        *(_text(MARGIN, MARGIN + HEAD + LINE * n + 8, note) for n, note in enumerate(notes)),
        *_labels(rows, columns, left, top),
        *_cells(frame, (rows, columns), (left, top), scale),
        *_legend(scale, left, height - 44),
        "</svg>",
    ]
    return "\n".join(parts)


def _order(frame: pd.DataFrame, axis: str) -> list[str]:
    placed = frame.groupby(axis, sort=False)[f"{axis}_rank"].min()
    return [str(name) for name in placed.sort_values(kind="stable").index]


def _labels(rows: list[str], columns: list[str], left: float, top: float) -> Iterator[str]:
    for n, name in enumerate(rows):
        y = top + CELL_HEIGHT * (n + 0.5) + 4
        yield _text(left - 8, y, name, fill=TEXT, text_anchor="end")
    for n, name in enumerate(columns):
        x, y = left + CELL_WIDTH * (n + 0.5), top - 8
        yield _text(x, y, name, fill=TEXT, transform=f"rotate(-{TILT} {x:.1f} {y:.1f})")


def _cells(
    frame: pd.DataFrame,
    names: tuple[list[str], list[str]],
    corner: tuple[float, float],
    scale: ScaleName,
) -> Iterator[str]:
    row_of, column_of = ({name: n for n, name in enumerate(axis)} for axis in names)
    for cell in frame.to_dict("records"):
        x = corner[0] + CELL_WIDTH * column_of[cell["column"]]
        y = corner[1] + CELL_HEIGHT * row_of[cell["row"]]
        colour, opacity = _fill(cell["far"], scale), 1.0
        if cell["side"] or not cell["has_power"]:
            colour, opacity = GREY, SIDE_OPACITY if cell["side"] else GREY_OPACITY
        told = f"{cell['row']} · {cell['column']}: {cell['count']}, {cell['level']}"
        yield (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{CELL_WIDTH - GAP}" '
            f'height="{CELL_HEIGHT - GAP}" fill="{colour}" fill-opacity="{opacity:g}">'
            f"<title>{escape(told)}</title></rect>"
        )
        middle = (x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2)
        if cell["significant"]:
            yield f'<circle cx="{middle[0]:.1f}" cy="{middle[1]:.1f}" r="3" fill="{MARK}"/>'
        if cell["figure"]:
            yield _text(
                middle[0], middle[1] + 4, cell["figure"], font_size=10, text_anchor="middle"
            )


def _legend(scale: ScaleName, x: float, y: float) -> Iterator[str]:
    found = SCALES[scale]
    end = float(np.log2(found.far))
    yield _text(x, y - 6, found.title)
    for n, far in enumerate(np.linspace(-end, end, LEGEND_STEPS)):
        yield (
            f'<rect x="{x + n * LEGEND_STEP_WIDTH:.1f}" y="{y:.1f}" height="10" '
            f'width="{LEGEND_STEP_WIDTH + 0.5}" fill="{_fill(float(far), scale)}"/>'
        )
    wide = LEGEND_STEPS * LEGEND_STEP_WIDTH
    for share, ratio in ((0.0, 1 / found.far), (0.5, 1.0), (1.0, found.far)):
        yield _text(x + wide * share, y + 24, f"{ratio:g}×", text_anchor="middle")


def _fill(far: float, scale: ScaleName) -> str:
    """The colour of a ratio, between the three of its scale."""
    found = SCALES[scale]
    end = float(np.log2(found.far))
    place = (min(max(far, -end), end) / end + 1) / 2 * (len(found.colours) - 1)
    low = min(int(place), len(found.colours) - 2)
    one, other = tuple(pairwise(found.colours))[low]
    mixed = [
        round(a + (b - a) * (place - low)) for a, b in zip(_rgb(one), _rgb(other), strict=True)
    ]
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))


def _text(x: float, y: float, words: str, **more: str | int) -> str:
    """Words at a point; ``more`` are attributes of the element, ``_`` for ``-``."""
    plain: dict[str, str | int] = {"font_size": 11, "fill": QUIET}
    said = " ".join(f'{name.replace("_", "-")}="{v}"' for name, v in {**plain, **more}.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" {said}>{escape(words)}</text>'
