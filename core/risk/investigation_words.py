"""What an entry of an investigation's timeline says; quoted texts are those that the reader is shown."""

from __future__ import annotations

from collections.abc import Mapping

from core.risk.investigation import Entry, investigation_limits
from core.taxonomy import taxonomy

ACTS: Mapping[str, str] = {
    "opened": "opened the investigation",
    "question": "changed the question",
    "scope": "changed the scope",
    "pinned": "pinned",
    "unpinned": "took back the pin of",
    "finding_added": "added the finding",
    "finding_changed": "changed the finding",
    "hypothesis_added": "proposed",
    "person_added": "added",
    "person_removed": "took off",
    "lead": "handed the lead to",
    "erased": "erased personal text",
}
STATUS_ACTS: Mapping[str, str] = {
    "in_progress": "began to work on it",
    "concluded": "concluded it",
    "dropped": "dropped it",
}
JUDGED: Mapping[str, str] = {
    "open": "left open again",
    "kept": "kept the hypothesis",
    "dropped": "dropped the hypothesis",
}
NAMED = 3  # cases told by reference; of more, the number


def entry_words(entry: Entry, texts: Mapping[int, str]) -> str:
    """What was done, to follow the name of who did it."""
    if entry.act == "status":
        named = taxonomy().label("investigation_statuses", entry.value).lower()
        return STATUS_ACTS.get(entry.value, f"made it {named}")
    act = JUDGED.get(entry.value, entry.act) if entry.act == "hypothesis_judged" else entry.act
    words = ACTS.get(act, act)
    if entry.item_id is not None:
        return f"{words} “{excerpt(texts.get(entry.item_id, ''))}”"
    if entry.refs:
        return f"{words} {_cases(entry.refs)}"
    return f"{words} {entry.value}".strip()


def excerpt(text: str) -> str:
    """The beginning of a text, cut at a word."""
    longest = investigation_limits().excerpt
    line = " ".join(text.split())
    if not line:
        return "erased"
    if len(line) <= longest:
        return line
    return f"{line[:longest].rsplit(' ', 1)[0]} …"


def _cases(refs: tuple[str, ...]) -> str:
    return ", ".join(refs) if len(refs) <= NAMED else f"{len(refs):,} cases"
