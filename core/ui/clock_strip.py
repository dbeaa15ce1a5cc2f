"""The five clocks of one case side by side, and below them who owned its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import streamlit as st

from core.charts.owners import OWNER_BAND, owner_band
from core.clock import to_micros
from core.sla.model import CaseClocks, ClockName, ClockState, SlaBook, Verdict
from core.taxonomy import taxonomy
from core.ui.charts import show
from core.ui.format import countdown, duration, escape, exact, plural, worked

BADGES = {
    "met": "green",
    "breached": "red",
    "running": "blue",
    "paused": "gray",
    "at_risk": "orange",
    "none": "gray",
}


DAY_LENGTH = len("2026-03-29")


@dataclass(frozen=True, slots=True)
class Zones:
    """The zone of the person who looks, and the partner's where there is a partner."""

    own: str
    partner: str = ""

    def lines(self, what: str, at: datetime) -> Iterator[str]:
        """One line for the own zone, one for the partner's; the day is told again where it differs."""
        own = exact(at, self.own)
        yield f"{what} {own}"
        if self.partner and self.partner != self.own:
            theirs = exact(at, self.partner)
            same_day = own[:DAY_LENGTH] == theirs[:DAY_LENGTH]
            yield f"partner's {theirs[DAY_LENGTH + 1 :] if same_day else theirs}"

    def told(self, at: datetime) -> str:
        """A moment in the own zone, and in the partner's where it differs."""
        own, *theirs = self.lines("", at)
        return " · ".join([own.strip(), *theirs])


def clock_strip(clocks: CaseClocks, zones: Zones, book: SlaBook) -> None:
    """One bordered tile per clock, then the band of owners with its sums."""
    policy = book.policy_at(clocks.at)
    at_risk_share = policy.at_risk_share if policy else 1.0
    grid = st.grid(len(clocks.clocks), min_column_width=200, gap="xsmall")
    for name in ClockName:
        state = clocks.clocks.get(name)
        if state is not None:
            with grid, st.container(border=True, height="stretch", gap="xxsmall"):
                _clock(state, clocks, zones, at_risk_share)
    _owners(clocks)


def _clock(state: ClockState, clocks: CaseClocks, zones: Zones, at_risk_share: float) -> None:
    shown = verdict_of(state, at_risk_share)
    term = taxonomy().sla_verdicts[shown]
    name = taxonomy().clocks[state.name]
    badge = f":{BADGES[shown]}-badge[:material/{term['icon']}: {term.label}]"
    lines = [f"**{name.label}** {badge}", headline(state, clocks)]
    st.markdown("  \n".join(line for line in lines if line), help=_meaning(state))
    if state.share_used is not None and state.verdict is not Verdict.NONE:
        st.progress(min(max(state.share_used, 0.0), 1.0))
    st.caption("  \n".join(clock_lines(state, clocks, zones)))


def _meaning(state: ClockState) -> str:
    targets = f" Targets of {escape(state.policy_version)}." if state.policy_version else ""
    return f"{taxonomy().clocks[state.name].description}.{targets}"


def headline(state: ClockState, clocks: CaseClocks) -> str:
    """The one thing to know: time left or over while it runs, else what was used of the target.

    A clock of rounds stays breached once a round was, while the round after it has time left.
    """
    if state.stopped_at is None and state.due_at is not None and state.ticking:
        left = countdown(state.due_at, clocks.at)
        again = state.verdict is Verdict.BREACHED and state.due_at >= clocks.at
        return f"{left} in this round" if again else left
    if state.elapsed is not None and state.target is not None:
        return used(state)
    return ""


def used(state: ClockState) -> str:
    """Working time used of the target."""
    return f"{worked(state.elapsed)} of {worked(state.target)}"


def verdict_of(state: ClockState, at_risk_share: float) -> str:
    """The verdict to show: a running clock that has used much of its target is at risk."""
    used = state.share_used or 0.0
    if state.verdict is Verdict.RUNNING and used >= at_risk_share:
        return "at_risk"
    return state.verdict.value


def clock_lines(state: ClockState, clocks: CaseClocks, zones: Zones) -> list[str]:
    """What stands below: moments in both zones, why it stands so, earlier rounds, the version."""
    lines = [*_moments(state, clocks, zones)]
    if state.ticking and state.elapsed is not None and state.target is not None:
        lines.append(f"{used(state)} working time used")
    if state.reason and state.verdict is Verdict.NONE:  # the others say it in their badge
        lines.append(escape(state.reason))
    if state.cycles:
        lines.append(earlier(state))
    return lines


def earlier(state: ClockState) -> str:
    """The rounds before this one, counted by verdict: ``6 earlier rounds: 5 met, 1 breached``."""
    counts = Counter(taxonomy().label("sla_verdicts", c.verdict).lower() for c in state.cycles)
    told = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
    return f"{plural(len(state.cycles), 'earlier round')}: {told}"


def _moments(state: ClockState, clocks: CaseClocks, zones: Zones) -> Iterator[str]:
    if state.verdict is Verdict.PAUSED:
        waits = taxonomy().label("owners_of_time", clocks.owner or "")
        yield f"waits for {waits.lower() or 'somebody else'}"
        if clocks.owner_since_at:
            yield from zones.lines("since", clocks.owner_since_at)
    elif state.stopped_at is None and state.due_at is not None:
        yield from zones.lines("due", state.due_at)
    if state.breached_at is not None and state.breached_at != state.due_at:
        yield f"breached {exact(state.breached_at, zones.own)}"
    if state.stopped_at is not None:
        yield f"ended {exact(state.stopped_at, zones.own)}"


def _owners(clocks: CaseClocks) -> None:
    if not clocks.segments:
        return
    band = OWNER_BAND.check(_band(clocks))
    lengths = [duration(s.ended_at - s.started_at) for s in clocks.segments]
    st.markdown("**Who owned the time** :gray[· days in UTC]")
    with st.container(key="owner-band"):
        show(owner_band(band, lengths), key="owner-band-chart")
    st.caption(owner_words(clocks))


def _band(clocks: CaseClocks) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "from_ms": pd.Series(
                [to_micros(s.started_at) // 1000 for s in clocks.segments], dtype="int64"
            ),
            "to_ms": pd.Series(
                [to_micros(s.ended_at) // 1000 for s in clocks.segments], dtype="int64"
            ),
            "owner": pd.Series([s.owner.value for s in clocks.segments], dtype="str"),
            "supported": pd.Series([s.supported for s in clocks.segments], dtype="bool"),
        }
    )


def owner_words(clocks: CaseClocks) -> str:
    """The sums of the band: every owner with a share of the time, and the whole."""
    owners = taxonomy().owners_of_time
    parts = [
        f"{owners[owner].label} {duration(length)}"
        for owner, length in clocks.parts.items()
        if length
    ]
    return f"Open for {duration(clocks.wall)} in all: {' · '.join(parts) or 'no time yet'}"
