"""The worlds that the tests of the demo look at, made once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pandas as pd

from core.demo import DemoWorld, generate
from core.sla.batch import clock_frame
from core.sla.policies import read_book

AS_OF = datetime(2026, 11, 19, 15, 30, tzinfo=UTC)  # a Thursday afternoon in Europe
US_PER_DAY = 86_400_000_000


@dataclass(frozen=True, eq=False)
class Seen:
    """A world with all its frames and the clocks of its cases."""

    world: DemoWorld
    cases: pd.DataFrame
    events: pd.DataFrame
    entities: pd.DataFrame
    clocks: pd.DataFrame


@cache
def seen(cases: int, seed: int = 7) -> Seen:
    """Make the world and run the clocks over it."""
    world = generate(cases, seed, AS_OF, read_book())
    batches = list(world.batches())
    lines = pd.concat([b.cases for b in batches], ignore_index=True)
    events = pd.concat([b.events for b in batches], ignore_index=True)
    entities = pd.concat([b.entities for b in batches], ignore_index=True)
    facts = pd.DataFrame(
        {
            "key": lines["key"],
            "priority": lines["first_priority"],
            "tier": lines["first_tier"],
            "requester_kind": lines["first_requester_kind"],
            "calendar": lines["calendar"],
        }
    )
    clocks = clock_frame(facts, events[["key", "at", "kind", "value"]], read_book(), AS_OF)
    return Seen(world, lines, events, entities, clocks.reset_index(drop=True))


def fingerprint(seen_world: Seen) -> int:
    """One number of every byte in the frames."""
    frames = (seen_world.cases, seen_world.events, seen_world.entities)
    return hash(tuple(int(pd.util.hash_pandas_object(f).to_numpy().sum()) for f in frames))


def standard_error(share: float, n: int) -> float:
    """Of a share of n."""
    return float(np.sqrt(share * (1 - share) / n))
