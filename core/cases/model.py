"""What a view of many cases consists of: tiles, facets, marks of charts and the place in a list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.cases.filter import CaseFilter

Unit = Literal["cases", "duration"]  # a duration is in microseconds


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, for the parts of a filter that mean 'mine' and 'my team'."""

    username: str
    team: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure above the queue; ``filter`` opens exactly the ``n`` cases that it is made from."""

    name: str
    label: str
    definition: str
    unit: Unit
    value: float | None  # None: there is nothing to measure
    n: int
    filter: CaseFilter
    before: float | None = None  # the same figure for the window before, where there is one
    before_n: int = 0
    before_filter: CaseFilter | None = None
    series: tuple[float | None, ...] = ()  # one value a day, the last is today
    series_label: str = ""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a dimension with the cases that choosing it would show; '' is unknown."""

    value: str
    count: int
    label: str = ""  # a name where the value is a reference, otherwise ''


@dataclass(frozen=True, slots=True)
class Facets:
    """Live counts beside the filters; each dimension is counted without its own selection."""

    dimensions: Mapping[str, tuple[FacetValue, ...]]
    flags: Mapping[str, int]
    segments: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AgeingMark:
    """Open cases of one age whose time one owner holds; the last bucket has no upper edge."""

    owner: str
    bucket: str  # as people read it, e.g. '3–7 d'
    position: int
    count: int
    filter: CaseFilter


@dataclass(frozen=True, slots=True)
class FlowMark:
    """Cases received or finally resolved on one day of the view's zone."""

    day: date
    kind: Literal["arrivals", "resolutions"]
    count: int
    filter: CaseFilter


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows of an ordered list, valid at the moment the list was begun."""

    at: int  # microseconds; later pages are ordered as of the first one
    key: int
    id: int
    position: int  # rows before this place
    backwards: bool = False  # the page that ends here instead of the one that begins

    def to_text(self) -> str:
        """The cursor as one parameter of an address."""
        way = "b" if self.backwards else "f"
        return f"{way}.{self.at}.{self.key}.{self.id}.{self.position}"

    @classmethod
    def from_text(cls, text: str) -> Cursor | None:
        """The inverse; ``None`` for anything that ``to_text`` would not write."""
        written = re.fullmatch(r"([bf])\.(\d{1,18})\.(-?\d{1,19})\.(\d{1,18})\.(\d{1,18})", text)
        if not written:
            return None
        at, key, case_id, position = (int(part) for part in written.groups()[1:])
        return cls(at, key, case_id, position, written[1] == "b")
