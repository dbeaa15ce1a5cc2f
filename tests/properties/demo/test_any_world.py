"""Any size, seed and day gives a world whose stories hold together."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import to_micros
from core.demo import DemoWorld, generate
from core.sla.policies import read_book

ENDS = {"closed", "merged", "cancelled"}
SECONDS = st.integers(1_325_376_000, 2_082_758_399)  # 2012 to 2035
MOMENTS = SECONDS.map(lambda second: datetime.fromtimestamp(second, UTC))


def _frames(world: DemoWorld) -> tuple[pd.DataFrame, pd.DataFrame]:
    chunks = list(world.chunks())
    return pd.concat([c for c, _ in chunks]), pd.concat([e for _, e in chunks])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(count=st.integers(1, 900), seed=st.integers(0, 2**32), as_of=MOMENTS)
def test_stories_are_complete_in_order_and_end_once(count: int, seed: int, as_of: datetime) -> None:
    cases, events = _frames(generate(count, seed, as_of, read_book()))
    assert len(cases) == count
    assert events["at"].max() <= to_micros(as_of)
    assert set(events["key"]) == set(cases["key"])
    assert not events.duplicated(["key", "kind", "value", "at", "actor_kind"]).any()
    status = events[events["kind"] == "status"]
    ended = status[status["value"].isin(ENDS)]
    assert not ended["key"].duplicated().any()
    last = events.groupby("key").tail(1)
    assert set(ended["key"]) <= set(last.loc[last["kind"] == "status", "key"])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(count=st.integers(1, 600), seed=st.integers(0, 2**32))
def test_the_case_says_what_its_last_events_say(count: int, seed: int) -> None:
    as_of = datetime(2026, 5, 4, 9, tzinfo=UTC)
    cases, events = _frames(generate(count, seed, as_of, read_book()))
    cases = cases.set_index("key")
    for kind, column in (
        ("assigned", "assignee"),
        ("priority", "priority"),
        ("tier", "tier"),
        ("requester_kind", "requester_kind"),
        ("transferred", "team"),
        ("decision", "outcome"),
    ):
        last = events[events["kind"] == kind].groupby("key")["value"].last()
        assert cases.loc[last.index, column].tolist() == last.tolist()
        untouched = cases.drop(index=last.index)
        if f"first_{column}" in cases:
            assert (untouched[column] == untouched[f"first_{column}"]).all()
    rated = events[events["kind"] == "csat"].groupby("key")["value"].last().astype("int64")
    assert cases["csat"].dropna().astype("int64").to_dict() == rated.to_dict()
    assert np.isin(events["actor_kind"], ["us", "requester", "system"]).all()
