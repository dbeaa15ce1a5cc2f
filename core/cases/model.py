"""What a view of many cases consists of: tiles, facets, marks of charts and the place in a list."""

from __future__ import annotations

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
    key: float
    id: int
    position: int  # rows before this place
    backwards: bool = False  # the page that ends here instead of the one that begins

    def to_text(self) -> str:
        """The cursor as one parameter of an address."""
        way = "b" if self.backwards else "f"
        return f"{way}.{self.at}.{self.id}.{self.position}.{self.key!r}"

    @classmethod
    def from_text(cls, text: str) -> Cursor | None:
        """The inverse; ``None`` for anything that was not written by ``to_text``."""
        parts = text.split(".", 4)
        if len(parts) != 5 or parts[0] not in {"b", "f"}:
            return None
        try:
            at, case_id, position = (int(p) for p in parts[1:4])
            key = float(parts[4])
        except ValueError:
            return None
        usable = at >= 0 and position >= 0 and abs(key) < 1e300
        return cls(at, key, case_id, position, parts[0] == "b") if usable else None
