"""Answers to the questions of a mapping proposal, written into its text so that comments stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.errors import BadInput
from core.intake.mapping import UNDECIDED, template_columns
from core.intake.mapping_files import read_document
from core.intake.proposal import quoted
from core.ui.words import DIMENSION_LABELS

FORM = re.compile(r"^Is '(?P<example>.*)' in column '(?P<column>.+)' (?P<a>.+) or (?P<b>.+)\?$")
WANTS_COLUMN = re.compile(r"^Which column ")
ZONE_LINE = re.compile(r"^(?P<head>  zone: )(?P<zone>[A-Za-z0-9_/+-]+)", re.MULTILINE)
DOUBT = "# DOUBT: "
IDENTITY = "Identity of the case"
KEPT = "– kept as a further field"
EVENT_COLUMNS = {"at": "When it happened", "actor": "Who did it", "text": "Text of the event"}


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the file alone cannot tell; ``options`` are the answers to choose from."""

    kind: Literal["form", "column", "confirm"]
    words: str
    column: str = ""
    options: tuple[str, ...] = ()


def open_questions(text: str, columns: Sequence[str]) -> list[Question]:
    """What a mapping still asks; a text that is no mapping asks nothing here."""
    try:
        asked = read_document(text, "mapping").get("questions", ())
    except BadInput:
        return []
    return [_question(str(words), columns) for words in asked]


def doubts(text: str) -> list[str]:
    """What a proposal is unsure of, one sentence each."""
    return [line[len(DOUBT) :] for line in text.splitlines() if line.startswith(DOUBT)]


def zone_of(text: str) -> str:
    """The zone in which moments without one of their own are read; '' in a text without the line."""
    found = ZONE_LINE.search(text)
    return found["zone"] if found else ""


def with_zone(text: str, zone: str) -> str:
    """The text with another zone for moments without one, and without the doubt about it."""
    kept = [line for line in text.splitlines() if not _doubts_zone(line)]
    return ZONE_LINE.sub(rf"\g<head>{zone}", "\n".join(kept) + "\n", count=1)


def _doubts_zone(line: str) -> bool:
    return line.startswith(DOUBT) and "no zone" in line


def becomes(text: str, columns: Sequence[str]) -> dict[str, str]:
    """What every column of the file becomes, in words; nothing while the text is no mapping."""
    try:
        document = read_document(text, "mapping")
    except BadInput:
        return {}
    told: dict[str, list[str]] = {column: [] for column in columns}
    for column, words in _uses(document):
        if column in told:
            told[column].append(words)
    return {column: ", ".join(dict.fromkeys(words)) or KEPT for column, words in told.items()}


def _uses(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Column and what it is used for, part by part; a part of an odd shape is left out."""
    identity = _part(document, "identity")
    yield str(identity.get("column", "")), IDENTITY
    for column in identity.get("hash_of") or ():
        yield str(column), f"Part of the {IDENTITY.lower()}"
    yield str(document.get("received_at", "")), _spoken("received")
    for moment, column in _part(document, "moments").items():
        yield str(column), f"{_spoken(moment)} at"
    yield str(_part(document, "status").get("column", "")), "Status"
    events = _part(document, "events")
    for name, words in EVENT_COLUMNS.items():
        yield str(events.get(name, "")), words
    yield str(_part(events, "activities").get("column", "")), "What happened"
    for field, rule in _part(document, "fields").items():
        for column in _columns_of(rule):
            yield column, DIMENSION_LABELS.get(field, _spoken(field))


def _columns_of(rule: object) -> list[str]:
    if isinstance(rule, str):
        return [rule]
    if not isinstance(rule, dict):
        return []
    return [str(rule.get("column", "")), *template_columns(str(rule.get("template", "")))]


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _spoken(code: str) -> str:
    return str(code).replace("_", " ").capitalize()


def _question(words: str, columns: Sequence[str]) -> Question:
    form = FORM.match(words)
    if form:
        return Question("form", words, form["column"], (form["a"], form["b"]))
    if WANTS_COLUMN.match(words):
        return Question("column", words, options=tuple(columns))
    return Question("confirm", words)


def answered(text: str, question: Question, answer: str) -> str:
    """The text with the answer in it and the question gone."""
    lines = _without(text.splitlines(), question.words)
    if question.kind == "form":
        asked = f"{quoted(question.column)}: [{UNDECIDED}]"
        said = f"{quoted(question.column)}: [{quoted(answer)}]"
        lines = [line.replace(asked, said) for line in lines]
    elif question.kind == "column":
        at = next((i for i, line in enumerate(lines) if line.startswith("shape:")), -1) + 1
        lines.insert(at, f"received_at: {quoted(answer)}  # answered on the Data page")
    return "\n".join(lines) + "\n"


def _without(lines: list[str], words: str) -> list[str]:
    """The lines without one question, and without their head when it was the last."""
    kept = [line for line in lines if line.strip() != f"- {quoted(words)}"]
    head = next((i for i, line in enumerate(kept) if line.rstrip() == "questions:"), None)
    if head is None or (head + 1 < len(kept) and kept[head + 1].startswith("  - ")):
        return kept
    return kept[:head] + kept[head + 1 :]
