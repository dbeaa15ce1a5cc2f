"""What a bench says: a value, the floor measured in the same run, and the bar it has to clear."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured number; lower is better.

    ``floor`` is what the bare machine needs for the same work in the same run. With a ``floor``
    and ``of_floor=True`` the bar bounds value ÷ floor, otherwise the value itself.
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    bar: float | None = None
    of_floor: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times the floor the value is."""
        return self.value / self.floor if self.floor else None

    @property
    def holds(self) -> bool | None:
        """Whether the bar is cleared; None where there is no bar."""
        if self.bar is None:
            return None
        judged = self.ratio if self.of_floor else self.value
        return judged is not None and judged <= self.bar

    def cells(self) -> list[str]:
        """The line of the table."""
        bar = "" if self.bar is None else f"≤ {plain(self.bar)}{' ×' if self.of_floor else ''}"
        verdict = {None: "", True: "yes", False: "NO"}[self.holds]
        floor = "" if self.floor is None else plain(self.floor)
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} ×"
        return [self.name, f"{plain(self.value)} {self.unit}", floor, ratio, bar, verdict]


@dataclass(slots=True)
class Report:
    """Collects measures and prints each as it comes."""

    measures: list[Measure] = field(default_factory=list)

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        floor: float | None = None,
        bar: float | None = None,
        of_floor: bool = False,
    ) -> Measure:
        """Add one measure; see ``Measure``."""
        measure = Measure(name, value, unit, floor, bar, of_floor)
        self.measures.append(measure)
        print("   " + " | ".join(filter(None, measure.cells())), flush=True)
        return measure

    def note(self, sentence: str) -> None:
        """Say under which conditions the next numbers were measured."""
        print(f"   {sentence}", flush=True)

    def table(self) -> str:
        """Every measure in aligned columns."""
        rows = [["measure", "value", "floor", "ratio", "bar", "ok"]]
        rows += [measure.cells() for measure in self.measures]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )

    @property
    def failed(self) -> list[str]:
        """Names of the measures over their bar."""
        return [measure.name for measure in self.measures if measure.holds is False]


def plain(number: float) -> str:
    """A number with three figures that count."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


@dataclass(slots=True)
class Stopwatch:
    """Seconds of the block it was used for."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Time one block: ``with stopwatch() as taken: …``."""
    watch = Stopwatch()
    started = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - started


def repeated_ms(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each of several runs, sorted; the first, cold one is left out."""
    work()
    taken = []
    for _ in range(times):
        with stopwatch() as watch:
            work()
        taken.append(watch.seconds * 1000)
    return sorted(taken)


def percentile(ordered: list[float], share: float) -> float:
    """The smallest value that at least ``share`` of the sorted values do not exceed."""
    position = max(0, -int(-share * len(ordered) // 1) - 1)
    return ordered[min(position, len(ordered) - 1)]
