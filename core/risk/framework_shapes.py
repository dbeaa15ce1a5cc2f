"""Shape of a version's YAML as a person writes it, checked line by line; its rows stand in the CSV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.risk.framework_model import Consequence, Level, Point, Reason, Verdict

UNKNOWN_CODE = "X"  # stands in a vector for a level that nobody knows

Key = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
Code = Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")]
Words = Annotated[str, Field(min_length=1)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class LevelLine(_Line):
    """One level of a point."""

    key: Key
    code: Code
    meaning: Words
    consequence: Consequence | None = None


class PointLine(_Line):
    """One point, its levels from least to worst."""

    key: Key
    code: Code
    question: Words
    unknown: Consequence | None = None
    levels: list[LevelLine] = Field(min_length=2)

    @model_validator(mode="after")
    def _levels_differ(self) -> PointLine:
        _refuse_repeats(f"levels of {self.key}", (line.key for line in self.levels))
        codes = [line.code for line in self.levels]
        _refuse_repeats(f"codes of {self.key} ({UNKNOWN_CODE} is taken)", [*codes, UNKNOWN_CODE])
        return self

    def point(self) -> Point:
        """The point as the engine holds it."""
        levels = tuple(Level(x.key, x.code, x.meaning, x.consequence) for x in self.levels)
        return Point(self.key, self.code, self.question, levels, self.unknown)


class VerdictLine(_Line):
    """One verdict."""

    key: Key
    meaning: Words


class ReasonLine(_Line):
    """One rule of the written logic."""

    verdict: Key
    at_least: dict[Key, Key] = Field(min_length=1)
    because: Words


class TableFile(_Line):
    """A version's YAML."""

    version: Annotated[str, Field(pattern=r"^\d+\.\d+$")]
    name: Words
    prefix: Code
    decided_on: date
    source: Words
    rationale: Words
    top_verdict_max_share: float = Field(gt=0, le=1)
    points: list[PointLine] = Field(min_length=1)
    beside: list[PointLine] = Field(default_factory=list)
    consequences: dict[Consequence, Words]
    verdicts: list[VerdictLine] = Field(min_length=2)
    logic: list[ReasonLine] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names_are_its_own(self) -> TableFile:
        points = [*self.points, *self.beside]
        _refuse_repeats("points", (point.key for point in points))
        _refuse_repeats("codes of the points", (point.code for point in points))
        _refuse_repeats("verdicts", (verdict.key for verdict in self.verdicts))
        if set(self.consequences) != set(Consequence):
            msg = "consequences need a sentence for each of " + ", ".join(Consequence)
            raise ValueError(msg)
        for number, reason in enumerate(self.logic, 1):
            self._refuse_strange(number, reason)
        return self

    def _refuse_strange(self, number: int, reason: ReasonLine) -> None:
        levels = {point.key: {x.key for x in point.levels} for point in self.points}
        strange = [f"{k}: {v}" for k, v in reason.at_least.items() if v not in levels.get(k, ())]
        if reason.verdict not in {verdict.key for verdict in self.verdicts}:
            strange.append(f"verdict: {reason.verdict}")
        if strange:
            msg = f"logic, rule {number} names what the table lacks: {', '.join(strange)}"
            raise ValueError(msg)

    def reasons(self) -> tuple[Reason, ...]:
        """The written logic as the engine holds it."""
        return tuple(Reason(x.verdict, dict(x.at_least), x.because) for x in self.logic)

    def ladder(self) -> tuple[Verdict, ...]:
        """The verdicts, least first."""
        return tuple(Verdict(x.key, x.meaning) for x in self.verdicts)


def _refuse_repeats(what: str, names: Iterable[str]) -> None:
    seen = list(names)
    repeated = sorted({name for name in seen if seen.count(name) > 1})
    if repeated:
        msg = f"{what} stand more than once: {', '.join(repeated)}"
        raise ValueError(msg)
