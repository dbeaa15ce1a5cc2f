"""What the log of a gap says in words; the log itself keeps codes. Pure."""

from __future__ import annotations

from core.gaps.model import GapEntry
from core.gaps.workflow import LISTS, moves
from core.taxonomy import taxonomy

WORDS = {
    "proposed": "proposed it",
    "edited": "changed {value}",
    "matching": "said which cases it is about",
    "unlinked": "unlinked {cases}",
    "linked": "linked {cases} as {value} evidence",
    "task_added": "added a task",
    "task_done": "finished a task",
    "task_reopened": "took up a task again",
    "noted": "noted",
}


def entry_words(entry: GapEntry) -> str:
    """What was done, as a sentence goes on after the name of who did it."""
    move = moves().get(entry.act)
    if move:
        state = taxonomy().label(LISTS[move.axis], entry.value).lower()
        return f"set the {move.axis} to {state}"
    number = len(entry.refs)
    cases = f"{number:,} case{'' if number == 1 else 's'}"
    value = entry.value.replace("_", " ")
    return WORDS.get(entry.act, entry.act).format(value=value, cases=cases)
