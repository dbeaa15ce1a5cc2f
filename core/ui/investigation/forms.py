"""The forms of an investigation: each asks for one thing, saves it, and stays open when refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.access.model import Person
from core.desk import investigations as commands
from core.desk.investigation_views import FindingView, InvestigationView, people_to_add
from core.risk.investigation import Evidence, investigation_limits
from core.risk.investigation_rules import list_of_address
from core.taxonomy import taxonomy
from core.ui.address import query
from core.ui.case_lists import references
from core.ui.drawer import FIELD, Form, opened_form, show_form, typed
from core.ui.format import plural
from core.ui.state import the_desk


@dataclass(frozen=True)
class _Asks:
    """What one form asks for, and what it does with the answer."""

    title: str
    fields: Callable[[InvestigationView, Person, str], None]
    act: Callable[[InvestigationView, Person, str], str]  # gives the sentence that says it is done
    words: str = "Save"


def show_open_form(view: InvestigationView, person: Person) -> None:
    """The form that is open, over the page; behind its name stands what it is about."""
    name, _, rest = opened_form(view.facts.ref).partition(":")
    if name not in FORMS or not view.can_write:
        return
    asks = FORMS[name]
    fields = partial(asks.fields, view, person, rest)
    show_form(
        view.facts.ref,
        Form(asks.title, fields, partial(asks.act, view, person, rest), asks.words),
    )


def finding_fields(found: FindingView) -> dict[str, object]:
    """The fields of the form as a finding fills them."""
    addresses = [f"/queue?{query(c.filter.to_params())}" for c in found.lists]
    return {
        "text": found.finding.text,
        "cases": ", ".join(found.cases),
        "lists": "\n".join(addresses),
        "urls": "\n".join(found.urls),
    }


def _finding(_view: InvestigationView, _person: Person, _rest: str) -> None:
    st.text_area("What was found", key=FIELD + "text", height=140, max_chars=_longest())
    st.text_input("Cases", key=FIELD + "cases", placeholder="E-000012, E-000040")
    st.text_area(
        "Lists of cases",
        key=FIELD + "lists",
        height=70,
        placeholder="addresses of the queue, one on each line",
        help="Counted now, and again whenever the finding is read",
    )
    st.text_area("Links", key=FIELD + "urls", height=70, placeholder="https://…, one on each line")


def _evidence() -> Evidence:
    return Evidence(
        cases=references(typed("cases")),
        lists=tuple(list_of_address(line) for line in _lines("lists")),
        urls=tuple(_lines("urls")),
    )


def _save_finding(view: InvestigationView, person: Person, item: str) -> str:
    now = _seen(view)
    if item:
        commands.edit_finding(the_desk(), person, now, int(item), typed("text"), _evidence())
        return "The finding is changed."
    commands.add_finding(the_desk(), person, now, typed("text"), _evidence())
    return "The finding is added."


def _hypothesis(_view: InvestigationView, _person: Person, _rest: str) -> None:
    st.text_area("What the answer might be", key=FIELD + "text", height=100, max_chars=_longest())


def _save_hypothesis(view: InvestigationView, person: Person, _rest: str) -> str:
    now = _seen(view)
    commands.add_hypothesis(the_desk(), person, now, typed("text"))
    return "The hypothesis is written down."


def _reason(view: InvestigationView, _person: Person, rest: str) -> None:
    item = int(rest.rpartition(":")[2])
    st.text(view.texts.get(item, ""))
    st.text_area("What speaks for that", key=FIELD + "reason", height=100, max_chars=_longest())


def _save_judgement(view: InvestigationView, person: Person, rest: str) -> str:
    state, _, item = rest.partition(":")
    now = _seen(view)
    commands.judge_hypothesis(the_desk(), person, now, int(item), state, typed("reason"))
    return f"The hypothesis is {taxonomy().label('hypothesis_states', state).lower()}."


def _pins(_view: InvestigationView, _person: Person, _rest: str) -> None:
    st.text_area(
        "Cases to pin",
        key=FIELD + "cases",
        height=100,
        placeholder="E-000012, E-000040",
        help="References with spaces, commas or lines between; all are pinned, or none",
    )


def _save_pins(view: InvestigationView, person: Person, _rest: str) -> str:
    now = _seen(view)
    number = commands.pin(the_desk(), person, now, references(typed("cases")))
    return f"{plural(number, 'case')} pinned." if number else "All of them were pinned already."


def _unpins(view: InvestigationView, _person: Person, _rest: str) -> None:
    st.multiselect("Pins to take back", list(view.cases["ref"]), key=FIELD + "pins")


def _save_unpins(view: InvestigationView, person: Person, _rest: str) -> str:
    now = _seen(view)
    refs = st.session_state.get(FIELD + "pins", [])
    return f"{plural(commands.unpin(the_desk(), person, now, refs), 'pin')} taken back."


def _question(_view: InvestigationView, _person: Person, _rest: str) -> None:
    longest = investigation_limits().longest_question
    st.text_area("Question", key=FIELD + "question", height=100, max_chars=longest)


def _save_question(view: InvestigationView, person: Person, _rest: str) -> str:
    now = _seen(view)
    commands.set_question(the_desk(), person, now, typed("question"))
    return "The question is changed."


def _scope(view: InvestigationView, _person: Person, _rest: str) -> None:
    st.caption("Filter the queue, copy its address with Link, and put it here.")
    st.text_input(
        "Address of the list",
        f"/queue?{query(view.facts.scope.to_params())}",
        key=FIELD + "address",
    )


def _save_scope(view: InvestigationView, person: Person, _rest: str) -> str:
    now = _seen(view)
    commands.set_scope(the_desk(), person, now, list_of_address(typed("address")))
    return "The scope is changed."


ADD, LEAD, OFF = "Put on it", "Make lead", "Take off"


def _people(_view: InvestigationView, person: Person, _rest: str) -> None:
    known = people_to_add(the_desk(), person)
    st.segmented_control("What", [ADD, LEAD, OFF], default=ADD, required=True, key=FIELD + "what")
    st.selectbox(
        "Person",
        sorted(known),
        index=None,
        format_func=lambda name: f"{known[name]} ({name})",
        key=FIELD + "person",
        placeholder="Choose",
    )


def _save_people(view: InvestigationView, person: Person, _rest: str) -> str:
    now = _seen(view)
    who, what = typed("person"), typed("what")
    act, said = {
        ADD: (commands.add_person, "is on it now"),
        LEAD: (commands.set_lead, "leads it now"),
        OFF: (commands.remove_person, "is off it"),
    }[what or ADD]
    act(the_desk(), person, now, who)
    return f"{who} {said}."


def _outcome(_view: InvestigationView, _person: Person, _rest: str) -> None:
    st.text_area("What came of it", key=FIELD + "outcome", height=140, max_chars=_longest())


def _save_move(view: InvestigationView, person: Person, status: str) -> str:
    now = _seen(view)
    commands.move(the_desk(), person, now, status, typed("outcome"))
    word = taxonomy().label("investigation_statuses", status).lower()
    return f"{view.facts.ref} is {word}."


def _seen(view: InvestigationView) -> commands.Seen:
    return commands.Seen(view.facts.ref, view.facts.version)


def _longest() -> int:
    return investigation_limits().longest_text


def _lines(field: str) -> list[str]:
    return [line.strip() for line in typed(field).splitlines() if line.strip()]


FORMS = {
    "finding": _Asks("Finding", _finding, _save_finding),
    "hypothesis": _Asks("Hypothesis", _hypothesis, _save_hypothesis, "Write down"),
    "judge": _Asks("Judge the hypothesis", _reason, _save_judgement),
    "pin": _Asks("Pin cases", _pins, _save_pins, "Pin"),
    "unpin": _Asks("Take pins back", _unpins, _save_unpins, "Take back"),
    "question": _Asks("Question", _question, _save_question),
    "scope": _Asks("Scope", _scope, _save_scope),
    "people": _Asks("People", _people, _save_people),
    "move": _Asks("End the investigation", _outcome, _save_move),
}
