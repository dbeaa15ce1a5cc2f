"""The forms of a partner's record: each asks for one thing and saves it as one act."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from core.access.model import Person
from core.desk import partner_records as commands
from core.desk.partner import Partner
from core.desk.partner_records import NewContact, RecordView, SeenEntry
from core.errors import BadInput
from core.partners.commitment import Commitment
from core.partners.record_rules import LoggedContact, record_rules
from core.partners.score_rules import BANDS, health_versions
from core.taxonomy import taxonomy
from core.ui.drawer import FIELD, Form, chosen, opened_form, show_form, typed
from core.ui.state import the_desk

ONE_DAY = timedelta(days=1)


def show_record_form(view: RecordView, person: Person, partner: Partner, zone: str) -> None:
    """The form that is open over this partner's record."""
    name, *rest = opened_form(partner.ref).split(":")
    if not name or not view.may_write:
        return
    seen = SeenEntry(partner.ref, *(int(part) for part in rest[-2:])) if len(rest) >= 2 else None
    forms = {
        "note": lambda: _note_form(person, partner, seen),
        "promise": lambda: _promise_form(view, person, partner, seen),
        "contact": lambda: _contact_form(view, person, partner, seen, zone),
        "band": lambda: _band_form(view, person, partner),
        "end": lambda: _end_form(person, seen, rest[0]),
    }
    if name in forms:
        show_form(partner.ref, forms[name]())


def promise_fields(one: Commitment) -> dict[str, object]:
    """The fields of the form as a commitment fills them."""
    return {"text": one.text, "due": one.due_on, "owner": one.owner}


def contact_fields(one: LoggedContact, zone: str) -> dict[str, object]:
    """The fields of the form as a contact fills them."""
    held = one.held_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return {
        "kind": one.kind,
        "day": held.date(),
        "time": held.time().replace(second=0, microsecond=0),
        "with_whom": one.with_whom,
        "summary": one.summary,
    }


def _note_form(person: Person, partner: Partner, seen: SeenEntry | None) -> Form:
    def fields() -> None:
        st.text_area("What is worth knowing", key=FIELD + "text", height=140, max_chars=_longest())

    def act() -> str:
        if seen:
            commands.edit_note(the_desk(), person, seen, typed("text"))
            return "The note is changed."
        commands.add_note(the_desk(), person, partner.ref, typed("text"))
        return "The note is added."

    return Form("Note", fields, act)


def _promise_form(
    view: RecordView, person: Person, partner: Partner, seen: SeenEntry | None
) -> Form:
    owners = commands.possible_owners(the_desk(), person, partner.ref)
    latest = view.today + timedelta(days=record_rules().furthest_due_days)
    _begin("due", view.today + timedelta(days=record_rules().usual_due_days))
    _begin("owner", person.username if person.username in owners else None)

    def fields() -> None:
        st.text_area("What was promised", key=FIELD + "text", height=100, max_chars=_longest())
        due = chosen("due")
        earliest = min(view.today, due) if isinstance(due, date) else view.today
        st.date_input("Due on (UTC)", key=FIELD + "due", min_value=earliest, max_value=latest)
        st.selectbox(
            "Who sees to it",
            _with(list(owners), typed("owner")),
            key=FIELD + "owner",
            format_func=lambda name: f"{owners.get(name, name)} ({name})",
        )

    def act() -> str:
        due = chosen("due")
        day = due if isinstance(due, date) else view.today
        words = (typed("text"), day, typed("owner"))
        if seen:
            commands.edit_promise(the_desk(), person, seen, *words)
            return "The commitment is changed."
        commands.promise(the_desk(), person, partner.ref, *words)
        return "The commitment is written down."

    return Form("Commitment", fields, act)


def _contact_form(
    view: RecordView, person: Person, partner: Partner, seen: SeenEntry | None, zone: str
) -> Form:
    kinds = taxonomy().contact_kinds
    now = view.at.astimezone(ZoneInfo(zone))
    _begin("kind", next(iter(kinds)))
    _begin("day", now.date())
    _begin("time", now.time().replace(second=0, microsecond=0, tzinfo=None))

    def fields() -> None:
        st.segmented_control(
            "How",
            list(kinds),
            key=FIELD + "kind",
            format_func=lambda kind: kinds[kind].label,
            required=True,
        )
        with st.container(horizontal=True):
            st.date_input("Day", key=FIELD + "day", max_value=now.date())
            st.time_input(f"Time ({zone})", key=FIELD + "time", step=timedelta(minutes=5))
        longest = record_rules().longest_names
        st.text_input("With whom", key=FIELD + "with_whom", max_chars=longest)
        st.text_area("What was said", key=FIELD + "summary", height=120, max_chars=_longest())

    def act() -> str:
        new = NewContact(typed("kind"), _moment(zone), typed("with_whom"), typed("summary"))
        if seen:
            commands.edit_contact(the_desk(), person, seen, new)
            return "The contact is changed."
        commands.log_contact(the_desk(), person, partner.ref, new)
        return "The contact is logged."

    return Form("Contact outside of a case", fields, act)


def _band_form(view: RecordView, person: Person, partner: Partner) -> Form:
    longest = health_versions().on(view.today).override_days
    last = view.today + timedelta(days=longest - 1)
    _begin("band", BANDS[0])
    _begin("until", last)

    def fields() -> None:
        st.caption(
            f"It is shown in place of the computed band, which stays beside it, for {longest} "
            "days at most; then it ends by itself."
        )
        st.segmented_control(
            "Band",
            list(reversed(BANDS)),
            key=FIELD + "band",
            format_func=lambda band: taxonomy().label("health_bands", band),
            required=True,
        )
        st.date_input(
            "Until the end of (UTC)", key=FIELD + "until", min_value=view.today, max_value=last
        )
        st.text_area("Why", key=FIELD + "reason", height=100, max_chars=_longest())

    def act() -> str:
        day = chosen("until")
        end = (day if isinstance(day, date) else last) + ONE_DAY
        until = datetime.combine(end, time(), tzinfo=UTC)
        band = typed("band")
        commands.set_band(the_desk(), person, partner.ref, band, typed("reason"), until)
        return f"The band is {taxonomy().label('health_bands', band).lower()} by hand."

    return Form("Band by hand", fields, act, "Set")


def _end_form(person: Person, seen: SeenEntry | None, state: str) -> Form:
    word = taxonomy().label("commitment_states", state).lower()

    def fields() -> None:
        st.text_area("Why", key=FIELD + "reason", height=100, max_chars=_longest())

    def act() -> str:
        if seen:
            commands.move_promise(the_desk(), person, seen, state, typed("reason"))
        return f"The commitment is {word}."

    return Form(f"This commitment is {word}", fields, act)


def _begin(field: str, value: object) -> None:
    """What a field begins with where nothing was put into it yet."""
    if FIELD + field not in st.session_state:
        st.session_state[FIELD + field] = value


def _with(names: list[str], owner: str) -> list[str]:
    """Somebody who owns it and may no longer is still to be seen."""
    return names if not owner or owner in names else [owner, *names]


def _moment(zone: str) -> datetime:
    day, clock = chosen("day"), chosen("time")
    if not isinstance(day, date) or not isinstance(clock, time):
        raise BadInput("No day and time are chosen.", at="when", hint="choose both")
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _longest() -> int:
    return record_rules().longest_text
