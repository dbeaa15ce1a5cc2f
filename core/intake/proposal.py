"""A proposal written down as a mapping file, with confidence and doubts as comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePath

from core.intake.mapping import EVENT_OF_CHANGE, LISTED
from core.intake.suggest import MOMENTS, Choice, Proposal, is_field

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_ ./\-]*")
SPECIAL = frozenset({"yes", "no", "on", "off", "true", "false", "null", "none", "y", "n"})


def as_yaml(proposal: Proposal) -> str:
    """The text of the mapping file."""
    return "\n".join(_lines(proposal)) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    seen, table = proposal.profile, proposal.profile.table
    stem = PurePath(table.name.split(",")[0]).stem.split(".")[0] or "source"
    yield f"# Proposed from {table.name}: {seen.row_count} rows, {len(table.columns)} columns."
    yield "# Check every line; a confidence of 1.00 is certain, below 0.80 it is a guess."
    if proposal.fits:
        yield f"# The ready mapping '{proposal.fits}' fits this file: --mapping {proposal.fits}"
    for doubt in proposal.doubts:
        yield f"# DOUBT: {doubt}"
    yield f"name: {quoted(stem)}"
    yield f"source: {quoted(stem)}  # name of the system; with the identity it makes a case unique"
    yield f"shape: {proposal.shape}"
    if proposal.questions:
        yield "# The import refuses until each question is answered above or below and deleted here."
        yield "questions:"
        for question in proposal.questions:
            yield f"  - {quoted(question)}"
    yield from _file_rule(proposal)
    marks = ", ".join(quoted(m) for m in ("", *seen.null_marks))
    yield f"null_marks: [{marks}]"
    yield from _identity(proposal)
    yield from _times(proposal)
    yield from _course(proposal)
    yield from _fields(proposal)
    yield from _kept(proposal)


def _file_rule(proposal: Proposal) -> Iterator[str]:
    found = proposal.profile.table.found
    told = {"encoding": found.encoding if found.format == "csv" else "", "sheet": found.sheet}
    told = {k: v for k, v in told.items() if v}
    if found.delimiter:
        told["delimiter"] = {"\t": "tab"}.get(found.delimiter, found.delimiter)
    if told:
        inner = ", ".join(f"{k}: {quoted(v)}" for k, v in told.items())
        yield f"file: {{{inner}}}"


def _identity(proposal: Proposal) -> Iterator[str]:
    if proposal.identity:
        told = _confidence(proposal.identity)
        yield f"identity: {{column: {quoted(proposal.identity.column)}}}  # {told}"
        return
    columns = ", ".join(quoted(c) for c in proposal.profile.table.columns)
    yield "# Leave out of the hash what may change later, so that a newer file updates."
    yield f"identity: {{hash_of: [{columns}], repeats: copies}}"


def _times(proposal: Proposal) -> Iterator[str]:
    yield "times:"
    yield "  zone: UTC"
    if not proposal.forms:
        return
    yield "  formats:"
    for column, forms in proposal.forms.items():
        evidence = proposal.profile.columns[column].evidence
        told = ", ".join(quoted(f) for f in forms)
        beyond = evidence.first_beyond or evidence.second_beyond
        why = f"order proved by '{beyond}'" if beyond else f"as in '{_example(proposal, column)}'"
        yield f"    {quoted(column)}: [{told}]  # {why}"


def _example(proposal: Proposal, column: str) -> str:
    return next(iter(proposal.profile.columns[column].evidence.shapes.values()), "")


def _course(proposal: Proposal) -> Iterator[str]:
    choices = proposal.choices
    if "received_at" in choices:
        choice = choices["received_at"]
        yield f"received_at: {quoted(choice.column)}  # {_confidence(choice)}"
    moments = [m for m in MOMENTS if m in choices]
    if moments:
        yield "moments:"
    for name in moments:
        yield f"  {name}: {quoted(choices[name].column)}  # {_confidence(choices[name])}"
    if "status" in choices:
        yield from _status(choices["status"])
    if proposal.shape == "event_log":
        yield from _events(choices)


def _status(choice: Choice) -> Iterator[str]:
    yield f"status:  # {_confidence(choice)}"
    yield f"  column: {quoted(choice.column)}"
    if choice.values:
        yield "  values:"
        yield from _values(choice.values, "    ", "in_progress")


def _events(choices: dict[str, Choice]) -> Iterator[str]:
    yield "events:"
    yield f"  at: {quoted(choices['event_at'].column)}  # {_confidence(choices['event_at'])}"
    activity = choices.get("activity")
    if activity:
        yield f"  activities:  # {_confidence(activity)}"
        yield f"    column: {quoted(activity.column)}"
        yield "    values:"
        yield from _values(activity.values, "      ", "attribute")
        yield "    otherwise: attribute"


def _fields(proposal: Proposal) -> Iterator[str]:
    yield "fields:"
    yield "  requester_kind: {constant: user}  # assumed; partner, press, government, ngo or internal"
    for name, choice in proposal.choices.items():
        if not is_field(name) or name == "requester_kind":
            continue
        history = proposal.shape == "event_log" and name in EVENT_OF_CHANGE
        if name not in LISTED and not history:
            yield f"  {name}: {quoted(choice.column)}  # {_confidence(choice)}"
            continue
        yield f"  {name}:  # {_confidence(choice)}"
        yield f"    column: {quoted(choice.column)}"
        if history:
            yield "    wins: history  # later values become events; the last one is the case's own"
        if name not in LISTED:
            continue
        if choice.values:
            yield "    values:"
            yield from _values(choice.values, "      ", "")
        yield "    otherwise: unknown"


def _values(values: dict[str, str], indent: str, fallback: str) -> Iterator[str]:
    for value, meaning in values.items():
        doubt = "" if meaning else "  # DOUBT: meaning not known"
        yield f"{indent}{quoted(value)}: {quoted(meaning or fallback)}{doubt}"


def _kept(proposal: Proposal) -> Iterator[str]:
    used = {c.column for c in proposal.choices.values()}
    used |= {proposal.identity.column} if proposal.identity else set()
    others = [c for c in proposal.profile.table.columns if c not in used]
    if others:
        yield f"# Kept as attributes: {', '.join(others)}"


def _confidence(choice: Choice) -> str:
    return f"confidence {choice.confidence:.2f}, {choice.why}"


def quoted(text: str) -> str:
    """A text as YAML, in quotes where it could be taken for something else."""
    if PLAIN.fullmatch(text) and text.casefold() not in SPECIAL and text == text.strip():
        return text
    return json.dumps(text, ensure_ascii=False)
