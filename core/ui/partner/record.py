"""What was written down about a partner: promises with their days, notes, contacts, a band by hand."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.clock import from_micros, to_micros
from core.desk import partner_records as commands
from core.desk.partner import Partner
from core.desk.partner_records import RecordView, SeenEntry, Undoable, record_view
from core.partners.commitment import Commitment, moves
from core.partners.record_rules import BandByHand, Entry, LoggedContact, Note, record_rules
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.drawer import open_form
from core.ui.flash import attempt, tell
from core.ui.format import escape, exact, plural, relative
from core.ui.partner.health_words import band_badge
from core.ui.partner.record_forms import contact_fields, promise_fields, show_record_form
from core.ui.partner.record_words import STATE_COLOURS, due_words
from core.ui.state import the_desk, the_zone

UNREAD = "Your role does not read what was written here."
ERASED = "The text was erased."
# State to go to -> words and icon of the button; one that asks for a reason opens a form.
MOVES = {
    "kept": ("Kept", ":material/task_alt:"),
    "broken": ("Broken", ":material/heart_broken:"),
    "withdrawn": ("Withdraw", ":material/undo:"),
    "open": ("Open again", ":material/replay:"),
}


def show_record(person: Person, partner: Partner) -> None:
    """Read once, then arrange: what we owe first."""
    view = record_view(the_desk(), person, partner.ref)
    zone = the_zone(person, partner.zone)
    tell()
    st.caption(
        f"Written down by people, as of {exact(view.at, zone)}. Promises run to the end of their "
        "day, UTC."
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _promises(view, person, partner, zone)
        _notes(view, person, partner, zone)
    with right, st.container(key="record-around"):
        _band(view, person, partner, zone)
        _contacts(view, person, partner, zone)
    show_record_form(view, person, partner, zone)


def _promises(view: RecordView, person: Person, partner: Partner, zone: str) -> None:
    standing = [one for one in view.commitments if one.is_open]
    ended = [one for one in view.commitments if not one.is_open]
    _head(view, partner, "What we promised", len(standing), "Add a commitment", "promise")
    if not view.commitments:
        states.empty("Nothing was promised.", "A commitment has a day and somebody who sees to it.")
    elif not standing:
        st.caption("No promise is open.")
    for one in standing:
        with st.container(border=True, gap="xxsmall", key=f"commitment-{one.id}"):
            _promise(view, person, partner, one, zone)
    if ended:
        with st.expander(f"{plural(len(ended), 'ended commitment')}"):
            for one in ended:
                with st.container(border=True, gap="xxsmall", key=f"commitment-{one.id}"):
                    _promise(view, person, partner, one, zone)


def _promise(
    view: RecordView, person: Person, partner: Partner, one: Commitment, zone: str
) -> None:
    term = taxonomy().commitment_states[one.state]
    is_late = one.is_overdue(view.today)
    badge = (
        ":red-badge[:material/alarm: Overdue]"
        if is_late
        else f":{STATE_COLOURS[one.state]}-badge[:material/{term['icon']}: {term.label}]"
    )
    st.markdown(f"{badge} {escape(due_words(one, view.today))} · {escape(one.owner) or 'nobody'}")
    _text(view, one.text, is_erased=one.is_erased)
    if one.reason:
        st.text(f"Why: {one.reason}")
    ended = f" · {term.label.lower()} {exact(one.ended_at, zone)}" if one.ended_at else ""
    st.caption(f"promised by {escape(one.made_by)} {exact(one.made_at, zone)}{ended}")
    if view.may_write:
        with st.container(horizontal=True, gap="small", key=f"related-commitment-{one.id}"):
            _promise_acts(view, person, partner, one)


def _promise_acts(view: RecordView, person: Person, partner: Partner, one: Commitment) -> None:
    for state in moves(one.state):
        words, icon = MOVES[state]
        if taxonomy().commitment_states[state].is_set("asks_reason"):
            act = partial(open_form, partner.ref, f"end:{state}:{one.id}:{one.version}")
        else:
            act = partial(_move, person, SeenEntry(partner.ref, one.id, one.version), state)
        st.button(
            words, icon=icon, type="tertiary", key=f"{state}-commitment-{one.id}", on_click=act
        )
    if one.is_open and view.reads_text:
        edit = partial(
            open_form, partner.ref, f"promise:{one.id}:{one.version}", **promise_fields(one)
        )
        st.button(
            "Edit",
            icon=":material/edit:",
            type="tertiary",
            key=f"edit-commitment-{one.id}",
            on_click=edit,
        )


def _notes(view: RecordView, person: Person, partner: Partner, zone: str) -> None:
    _head(view, partner, "Notes", len(view.notes), "Add a note", "note")
    _undos(view, person, partner, Entry.NOTE)
    if not view.notes:
        states.empty("No note yet.", "What is worth knowing before somebody speaks with them.")
    for note in view.notes:
        with st.container(border=True, gap="xxsmall", key=f"note-{note.id}"):
            _text(view, note.text, is_erased=note.is_erased)
            changed = f", changed {relative(note.changed_at, view.at)}" if note.changed_at else ""
            st.caption(f"{escape(note.made_by)} · {exact(note.made_at, zone)}{changed}")
            _own_acts(view, person, partner, note)


def _contacts(view: RecordView, person: Person, partner: Partner, zone: str) -> None:
    _head(view, partner, "Contacts outside of cases", len(view.contacts), "Log", "contact")
    _undos(view, person, partner, Entry.CONTACT)
    if not view.contacts:
        states.empty("No contact is logged.", "Calls, meetings and mails that belong to no case.")
    for contact in view.contacts:
        term = taxonomy().contact_kinds[contact.kind]
        with st.container(border=True, gap="xxsmall", key=f"contact-{contact.id}"):
            ago = relative(contact.held_at, view.at)
            st.markdown(
                f":material/{term['icon']}: **{term.label}** {exact(contact.held_at, zone)} "
                f":gray[· {ago}]"
            )
            if contact.with_whom:
                st.text(f"with {contact.with_whom}")
            _text(view, contact.summary, is_erased=contact.is_erased)
            st.caption(f"logged by {escape(contact.made_by)}")
            _own_acts(view, person, partner, contact)


def _band(view: RecordView, person: Person, partner: Partner, zone: str) -> None:
    _head(view, partner, "Band by hand", None, "Set", "band")
    with st.container(border=True, gap="xxsmall", key="band-by-hand"):
        if view.band is None:
            st.caption("None is set: the band that health computes is the one that is shown.")
        else:
            _standing_band(view, person, partner, view.band, zone)
        past = [one for one in view.bands if one is not view.band]
        if past:
            with st.expander(f"{plural(len(past), 'earlier one')}"):
                for one in past:
                    _past_band(one, zone)


def _standing_band(
    view: RecordView, person: Person, partner: Partner, band: BandByHand, zone: str
) -> None:
    until = band.override.until_at
    st.markdown(
        f"{band_badge(band.override.band)} until {exact(until, zone)} "
        f":gray[· {relative(until, to_micros(view.at))}]"
    )
    _text(view, band.reason, is_erased=not band.reason)
    st.caption(f"set by {escape(band.set_by)} {exact(band.override.set_at, zone)}")
    if view.may_write:
        st.button(
            "End it now",
            icon=":material/block:",
            type="tertiary",
            key="end-band",
            on_click=partial(_end_band, person, partner),
        )


def _past_band(one: BandByHand, zone: str) -> None:
    began, until = from_micros(one.override.set_at), from_micros(one.override.until_at)
    ended = f"ended by {one.ended_by}" if one.ended_by else "expired"
    st.markdown(f"{band_badge(one.override.band)} {exact(began, zone)} – {exact(until, zone)}")
    if one.reason:
        st.text(one.reason)
    st.caption(escape(f"set by {one.set_by}, {ended}"))


def _head(
    view: RecordView, partner: Partner, title: str, count: int | None, words: str, form: str
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        told = "" if count is None else f" :gray[{count:,}]"
        st.markdown(f"### {title}{told}", width="stretch")
        if view.may_write:
            st.button(
                words,
                icon=":material/add:",
                key=f"add-{form}",
                on_click=partial(open_form, partner.ref, form),
            )


def _text(view: RecordView, text: str, *, is_erased: bool) -> None:
    # Plain text: what somebody wrote must not become a link or markup.
    if not view.reads_text:
        st.caption(UNREAD)
    elif text:
        st.text(text)
    elif is_erased:
        st.caption(ERASED)


def _own_acts(
    view: RecordView, person: Person, partner: Partner, one: Note | LoggedContact
) -> None:
    if not view.may_write or one.made_by != person.username:
        return
    kind = Entry.NOTE if isinstance(one, Note) else Entry.CONTACT
    fields = (
        {"text": one.text}
        if isinstance(one, Note)
        else contact_fields(one, the_zone(person, partner.zone))
    )
    name = f"{kind}:{one.id}:{one.version}"
    with st.container(horizontal=True, gap="small", key=f"related-{kind}-{one.id}"):
        st.button(
            "Edit",
            icon=":material/edit:",
            type="tertiary",
            key=f"edit-{kind}-{one.id}",
            on_click=partial(open_form, partner.ref, name, **fields),
        )
        st.button(
            "Delete",
            icon=":material/delete:",
            type="tertiary",
            key=f"delete-{kind}-{one.id}",
            on_click=partial(_delete, person, kind, SeenEntry(partner.ref, one.id, one.version)),
        )


def _undos(view: RecordView, person: Person, partner: Partner, kind: Entry) -> None:
    for one in view.standing(kind):
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"gone-{kind}-{one.id}"
        ):
            minutes = record_rules().undo_minutes
            st.caption(f"You deleted a {kind}. This can be taken back for {minutes} minutes.")
            st.button(
                "Undo",
                icon=":material/undo:",
                key=f"undo-{kind}-{one.id}",
                on_click=partial(_restore, person, partner, one),
            )


def _move(person: Person, seen: SeenEntry, state: str) -> None:
    def act() -> str:
        commands.move_promise(the_desk(), person, seen, state)
        return f"The commitment is {taxonomy().label('commitment_states', state).lower()}."

    attempt(act)


def _delete(person: Person, kind: Entry, seen: SeenEntry) -> None:
    def act() -> str:
        commands.delete_entry(the_desk(), person, kind, seen)
        return f"The {kind} is deleted."

    attempt(act)


def _restore(person: Person, partner: Partner, one: Undoable) -> None:
    def act() -> str:
        seen = SeenEntry(partner.ref, one.id, one.version)
        commands.restore_entry(the_desk(), person, one.kind, seen)
        return f"The {one.kind} is back."

    attempt(act)


def _end_band(person: Person, partner: Partner) -> None:
    def act() -> str:
        commands.end_band(the_desk(), person, partner.ref)
        return "The computed band is shown again."

    attempt(act)
