"""Answers to the questions of a mapping proposal, written into its text so that comments stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.errors import BadInput
from core.intake.mapping import UNDECIDED
from core.intake.mapping_files import read_document
from core.intake.proposal import quoted

FORM = re.compile(r"^Is '(?P<example>.*)' in column '(?P<column>.+)' (?P<a>.+) or (?P<b>.+)\?$")
WANTS_COLUMN = re.compile(r"^Which column ")


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
