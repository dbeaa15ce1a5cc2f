"""The top of a partner's page: who it is, how it stands, and the views side by side."""

from __future__ import annotations

from math import isfinite

import streamlit as st

from core.access.model import Person
from core.clock import to_micros
from core.desk.partner import Partner
from core.desk.partner_health_view import HealthView, ServedBy, health_view, served_by
from core.taxonomy import taxonomy
from core.ui.format import DASH, day, escape, relative
from core.ui.partner.health_words import (
    band_badge,
    band_label,
    not_enough_words,
    score_words,
    signed,
)
from core.ui.state import the_desk

REF = "partner"  # in the address


def show_head(person: Person, partner: Partner) -> None:
    """Name and band, what sort of partner it is, who serves it, and how health stands."""
    view = health_view(the_desk(), person, partner)
    managers = served_by(the_desk(), person, partner)
    with st.container(gap="xsmall", key="partner-head"):
        inactive = "" if partner.is_active else " :gray-badge[:material/pause_circle: Not active]"
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"# {escape(partner.name)}", width="content")
            band = view.standing.band
            badge = band_badge(band.band, by_hand=band.override is not None)
            st.markdown(f"{badge}{inactive}", width="content")
            st.markdown(escape(health_words(view)), width="stretch")
        st.caption(escape(" · ".join([*facts(partner), *manager_words(managers)])))
        hand = by_hand_words(view)
        if hand:
            st.caption(f":material/pan_tool: {escape(hand)}")


def facts(partner: Partner) -> list[str]:
    """What sort of partner it is; the unknown is a dash."""
    label = taxonomy().label
    parts = (
        label("tiers", partner.tier),
        label("partner_categories", partner.category),
        label("markets", partner.market),
    )
    return [partner.ref, *(part or DASH for part in parts)]


def manager_words(managers: tuple[ServedBy, ...]) -> list[str]:
    """Who serves the partner now, covers with their end."""
    if not managers:
        return ["served by nobody"]
    told = [
        f"{one.name} (cover until {day(one.until_at)})" if one.is_cover else one.name
        for one in managers
    ]
    return [f"served by {', '.join(told)}"]


def health_words(view: HealthView) -> str:
    """The score with its interval and trend, or what is missing for one."""
    standing = view.standing
    if not standing.has_score:
        return not_enough_words(standing)
    told = f"health {score_words(standing)}"
    if not isfinite(view.trend.total):
        return told
    return f"{told}, {signed(view.trend.total)} in {standing.rules.trend_days} days"


def by_hand_words(view: HealthView) -> str:
    """Who set the band by hand, until when, why, and what the score itself says."""
    hand, band = view.by_hand, view.standing.band
    if hand is None or band.override is None:
        return ""
    until = f"{day(hand.planned_until_at)} ({relative(hand.planned_until_at, to_micros(view.now))})"
    reason = f": {hand.reason}" if hand.reason else ""
    return (
        f"Manual band until {until}, set by {hand.set_by or 'somebody'}{reason}. "
        f"The score alone says {band_label(band.computed)}."
    )
