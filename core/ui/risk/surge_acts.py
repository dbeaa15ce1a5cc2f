"""What one can do about a finding: dismiss, confirm, take back, assess, investigate, link."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from core.access.rules import why_not
from core.desk import surge_acts
from core.desk.surge_acts import FindingAsk
from core.desk.surges import SeenFinding, SurgesView
from core.risk.finding_acts import LONGEST_REASON, Act
from core.settings import PROJECT_ROOT
from core.ui import flash
from core.ui.format import exact
from core.ui.gaps.linking import link_popover
from core.ui.risk.surge_words import pieces_of, plain
from core.ui.state import the_desk, the_person

INVESTIGATION_PAGE = PROJECT_ROOT / "pages" / "investigation.py"
DONE = {Act.DISMISS: "Dismissed", Act.CONFIRM: "Confirmed as a surge"}


def act_buttons(view: SurgesView, seen: SeenFinding) -> None:
    """The acts on a finding that stands; greyed with the reason where the role has none."""
    refusal = why_not(the_person(), "risk.write")
    why = f"{refusal.message} {refusal.hint}" if refusal else ""
    if seen.act is not None:
        take_back_button(view, seen)
    else:
        _ask(view, seen, Act.CONFIRM, "Confirm", ":material/check:", why)
        _ask(view, seen, Act.DISMISS, "Dismiss", ":material/block:", why)
    _links(view, seen)


def take_back_button(view: SurgesView, seen: SeenFinding) -> None:
    """Undo what was done about a finding."""
    refusal = why_not(the_person(), "risk.write")
    st.button(
        "Take back",
        icon=":material/undo:",
        key=f"take-back-{seen.key}",
        disabled=refusal is not None,
        help=refusal.message if refusal else None,
        on_click=_do,
        args=(
            lambda: surge_acts.take_back(the_desk(), the_person(), _ask_of(view, seen)),
            "Taken back.",
        ),
    )


def acted(view: SurgesView, seen: SeenFinding) -> None:
    """Who did what about it, when and why."""
    if seen.act is None:
        return
    icon = ":material/block:" if seen.act.act is Act.DISMISS else ":material/check_circle:"
    when = exact(seen.act.at, view.zone)
    with st.container(horizontal=True, gap="xsmall", wrap=False):
        st.markdown(icon, width="content")
        reason = f": {seen.act.reason}" if seen.act.reason else ""
        # As plain text: somebody typed the reason.
        st.text(f"{DONE[seen.act.act]} by {seen.act.by}, {when}{reason}", width="stretch")


def _ask(view: SurgesView, seen: SeenFinding, act: Act, title: str, icon: str, why: str) -> None:
    if why:
        st.button(title, icon=icon, key=f"{act}-{seen.key}", disabled=True, help=why)
        return
    with st.popover(title, icon=icon, key=f"{act}-{seen.key}"):
        slot = f"{act}-reason-{seen.key}"
        if act is Act.CONFIRM:
            st.caption("The week is then left out of the history of other weeks.")
        st.text_area(
            "Reason" if act is Act.DISMISS else "Note (optional)",
            key=slot,
            max_chars=LONGEST_REASON,
            placeholder="Why this is no surge" if act is Act.DISMISS else "What is behind it",
        )

        def done() -> None:
            command = (
                surge_acts.dismiss_finding if act is Act.DISMISS else surge_acts.confirm_finding
            )
            reason = str(st.session_state.get(slot, ""))
            command(the_desk(), the_person(), _ask_of(view, seen), reason)

        st.button(
            "Dismiss the finding" if act is Act.DISMISS else "Confirm the surge",
            key=f"{act}-yes-{seen.key}",
            type="primary",
            on_click=_do,
            args=(done, f"{DONE[act]}."),
        )


def _links(view: SurgesView, seen: SeenFinding) -> None:
    """To an investigation, the framework and a policy gap, with the sentence and the cases."""
    sentence = plain(pieces_of(view, seen))
    cases = seen.sighting.mark.of(view.filter, view.zone)
    params = cases.to_params()
    st.page_link(
        INVESTIGATION_PAGE,
        label="Open an investigation",
        icon=":material/travel_explore:",
        query_params={"question": sentence, **params},
    )
    about = {"view": "framework", "about": "surge", "subject": seen.key, "title": sentence}
    # A link to the page that it stands on would look like the current one.
    st.button(
        "Assess",
        icon=":material/balance:",
        type="tertiary",
        key=f"assess-{seen.key}",
        on_click=_go,
        args=({**about, **params},),
        help="How much this deserves, by the framework",
    )
    link_popover(the_person(), f"surge-{seen.key}", cases)


def _go(params: Mapping[str, str | list[str]]) -> None:
    st.query_params.from_dict(dict(params))


def _ask_of(view: SurgesView, seen: SeenFinding) -> FindingAsk:
    return FindingAsk(view.filter, view.week.name, view.zone, seen.key)


def _do(act: Callable[[], None], told: str) -> None:
    def act_and_tell() -> str:
        act()
        return told

    flash.attempt(act_and_tell)
