"""A document of a few sections: sentences in which every number is a claim that opens its cases."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.cases.filter import CaseFilter


@dataclass(frozen=True, slots=True)
class Claim:
    """Words about cases, and the filter that opens exactly those."""

    words: str
    filter: CaseFilter


@dataclass(frozen=True, slots=True)
class Place:
    """Words that lead to a page of the desk, such as one case."""

    words: str
    page: str
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that a reader must not miss."""

    words: str


Piece = str | Claim | Place | Strong
Line = tuple[Piece, ...]


class Column(StrEnum):
    """Where a section stands on a page of two columns; notes stand at its foot."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines; ``key`` names it for style and tests."""

    key: str
    title: str
    lines: tuple[Line, ...]
    column: Column


@dataclass(frozen=True, slots=True)
class Document:
    """One page: what it is about, its sections, and what it was made from."""

    title: str
    about: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...]

    def of(self, column: Column) -> tuple[Section, ...]:
        """The sections of one column, from the top."""
        return tuple(section for section in self.sections if section.column is column)

    def claims(self) -> tuple[Claim, ...]:
        """Every number of the document."""
        lines = (line for section in self.sections for line in section.lines)
        return tuple(piece for line in lines for piece in line if isinstance(piece, Claim))


def case_place(ref: str) -> Place:
    """The way to one case."""
    return Place(ref, "case", (("case", ref),))
