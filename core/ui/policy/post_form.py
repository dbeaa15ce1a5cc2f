"""The forms of a post and of a new version of a clause; each saves one act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from core.access.model import Person
from core.desk import policy_acts as acts
from core.desk.clause_register import clause_keys
from core.desk.policy_acts import NewPost, NewVersion, SeenPost
from core.policy.feed import Update
from core.policy.feed_rules import feed_rules, roles_that_may_confirm
from core.storage.reference import Clause
from core.taxonomy import taxonomy
from core.ui.drawer import FIELD, Form, chosen, opened_form, show_form, typed
from core.ui.state import the_desk

DAY = "YYYY-MM-DD"
NEW = "policy-post"  # over what the form of a new post is open


def show_post_form(person: Person, writes: bool) -> None:
    """The form of a new post, when it is open."""
    if writes and opened_form(NEW):
        show_form(NEW, _post_form(person, None))


def show_edit_form(person: Person, update: Update) -> None:
    """The form over a post, when it is open."""
    if opened_form(update.ref) == "edit":
        show_form(update.ref, _post_form(person, SeenPost(update.ref, update.version)))


def show_version_form(person: Person, key: str, last: Clause) -> None:
    """The form of a new version of a clause, when it is open."""
    if opened_form(key) == "version":
        show_form(key, _version_form(person, last))


def post_fields(update: Update) -> dict[str, object]:
    """The fields of the form as a post fills them."""
    return {
        "kind": update.kind,
        "importance": update.importance,
        "title": update.title,
        "text": update.text,
        "from": update.effective_at.date() if update.effective_at else None,
        "areas": list(update.abuse_types),
        "clauses": list(update.clauses),
        "roles": list(update.roles),
        "again": False,
    }


def version_fields(last: Clause) -> dict[str, object]:
    """The fields of the form as the last version fills them."""
    return {"title": last.title, "text": last.body, "importance": "major", "reason": ""}


def _post_form(person: Person, seen: SeenPost | None) -> Form:
    today = the_desk().clock.now().date()
    _begin("kind", post_kinds()[0])
    _begin("importance", "major")
    _begin("from", today)
    asked = feed_rules().asked_roles(typed("kind"), "major", ())
    _begin("roles", list(asked))
    keys = clause_keys(the_desk(), person)

    def fields() -> None:
        _fields_of_post(keys, today)
        if seen:
            st.checkbox("Ask everybody again, also who confirmed it before", key=FIELD + "again")

    def act() -> str:
        new = NewPost(
            kind=typed("kind"),
            importance=typed("importance"),
            title=typed("title"),
            text=typed("text"),
            effective_from=_day("from", today),
            abuse_types=_all("areas"),
            clauses=_all("clauses"),
            roles=_all("roles"),
        )
        if seen:
            again = bool(chosen("again"))
            acts.edit_post(the_desk(), person, seen, new, asks_again=again)
            return f"{seen.ref} is changed."
        return f"{acts.add_post(the_desk(), person, new)} stands in the feed."

    return Form("Post" if seen else "New post", fields, act, "Save" if seen else "Post")


def _fields_of_post(keys: Mapping[str, str], today: date) -> None:
    lists = taxonomy()
    _choice("kind", "What it is", post_kinds(), "policy_update_kinds")
    _choice("importance", "Importance", list(lists.policy_importances), "policy_importances")
    st.text_input("Title", key=FIELD + "title", max_chars=feed_rules().longest_title)
    st.text_area(
        "What changes", key=FIELD + "text", height=160, max_chars=feed_rules().longest_text
    )
    day = chosen("from")
    earliest = min(today, day) if isinstance(day, date) else today
    st.date_input("Takes effect on (UTC)", key=FIELD + "from", min_value=earliest, format=DAY)
    st.multiselect("Clauses", list(keys), key=FIELD + "clauses", format_func=keys.__getitem__)
    _several("areas", "Abuse types", list(lists.abuse_types), "abuse_types")
    _several("roles", "Who has to confirm it", list(roles_that_may_confirm()), "roles")


def post_kinds() -> list[str]:
    """Kinds of updates that people write."""
    kinds = taxonomy().policy_update_kinds
    return [name for name, term in kinds.items() if term.is_set("is_post")]


def _version_form(person: Person, last: Clause) -> Form:
    today = the_desk().clock.now().date()
    _begin("from", today)

    def fields() -> None:
        st.caption(
            f"Version {last.version} stays as it is, and what was decided stays under it. A "
            "version that begins today begins at the moment of saving."
        )
        st.text_input("Title", key=FIELD + "title", max_chars=feed_rules().longest_title)
        st.text_area("Text", key=FIELD + "text", height=160, max_chars=feed_rules().longest_text)
        st.date_input("Takes effect on (UTC)", key=FIELD + "from", min_value=today, format=DAY)
        importances = list(taxonomy().policy_importances)
        _choice("importance", "Importance", importances, "policy_importances")
        st.text_area("Why", key=FIELD + "reason", height=80, max_chars=feed_rules().longest_text)

    def act() -> str:
        new = NewVersion(
            clause=last.key,
            after=last.version,
            title=typed("title"),
            text=typed("text"),
            importance=typed("importance"),
            reason=typed("reason"),
            effective_from=_day("from", today),
        )
        ref = acts.add_clause_version(the_desk(), person, new)
        return f"{ref.replace('@', ' version ')} is in the register and in the feed."

    return Form(f"New version of {last.key}", fields, act, "Add")


def _choice(field: str, label: str, offered: list[str], terms: str) -> None:
    st.segmented_control(
        label,
        offered,
        key=FIELD + field,
        format_func=lambda value: taxonomy().label(terms, value),
        required=True,
    )


def _several(field: str, label: str, offered: list[str], terms: str) -> None:
    st.multiselect(
        label,
        offered,
        key=FIELD + field,
        format_func=lambda value: taxonomy().label(terms, value),
    )


def _begin(field: str, value: object) -> None:
    """What a field begins with where nothing was put into it yet."""
    if FIELD + field not in st.session_state:
        st.session_state[FIELD + field] = value


def _day(field: str, otherwise: date) -> date:
    day = chosen(field)
    return day if isinstance(day, date) else otherwise


def _all(field: str) -> tuple[str, ...]:
    found = chosen(field)
    return tuple(str(one) for one in found) if isinstance(found, list) else ()
