"""Events of a chunk: every step of the timelines becomes a row, in order of happening."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from core.cases.lines import EVENT_LINES
from core.demo.columns import bank, column
from core.demo.draw import Flags, Ints, Rng, chance
from core.demo.timeline import NEVER, Timeline

SYSTEM = "system"
LATE_STEPS = ("late_update", "late_message")


@dataclass(frozen=True, eq=False, slots=True)
class Words:
    """One bank for the values of events, actors and fields, with the place of each list in it."""

    strings: pa.Array
    base: dict[str, int]
    place: dict[str, int]  # of single words

    def at(self, word: str) -> int:
        """Position of a single word."""
        return self.place[word]


def make_words(lists: dict[str, tuple[str, ...]]) -> Words:
    """Lay the lists end to end behind the empty string; a word is found at its first place."""
    strings, base, place = [""], {}, {"": 0}
    for name, values in lists.items():
        base[name] = len(strings)
        for value in values:
            place.setdefault(value, len(strings))
            strings.append(value)
    return Words(bank(strings), base, place)


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """One kind of event in a chunk; codes point into ``Words`` or, for ``text``, into the texts."""

    name: str
    kind: str
    by: str  # us, requester or system
    value: Ints | int = 0
    field: Ints | int = 0
    texts: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Facts:
    """What the events say besides their moments; positions in ``Words``."""

    assignee: Ints
    new_team: Ints
    priority: Ints
    tier: Ints
    kind: Ints
    calendar: Ints
    abuse: Ints
    outcome: Ints
    second: Ints
    csat: Ints
    waits_for: Ints
    merged_in: Ints  # position behind the end of ``Words``
    merged: pa.Array  # identities of merged cases, in that order


def steps_of(facts: Facts, words: Words) -> tuple[Step, ...]:
    """The steps in the order in which they stand when they happen at the same moment."""
    return (*_working_steps(facts, words), *_ending_steps(facts, words))


def _working_steps(facts: Facts, words: Words) -> tuple[Step, ...]:
    at = words.at
    return (
        Step("received", "received", "requester"),
        Step("auto_reply", "auto_reply", SYSTEM),
        Step("triaged", "status", "us", at("triaged")),
        Step("assigned", "assigned", "us", facts.assignee),
        Step("in_progress", "status", "us", at("in_progress")),
        Step("priority", "priority", "us", facts.priority),
        Step("tier", "tier", "us", facts.tier),
        Step("requester_kind", "requester_kind", "us", facts.kind),
        Step("calendar", "calendar", "us", facts.calendar),
        Step("first_reply", "reply", "us", texts="replies"),
        Step("question", "question", "us", texts="questions"),
        Step("wait_requester", "status", "us", at("awaiting_requester")),
        Step("answer", "message_in", "requester", texts="answers"),
        Step("back", "status", "us", at("in_progress")),
        Step("note", "note", "us", texts="notes"),
        Step("transferred", "transferred", "us", facts.new_team),
        Step("attribute", "attribute", "us", facts.abuse, at("abuse_type")),
        Step("chase", "message_in", "requester", texts="answers"),
        Step("chase_reply", "reply", "us", texts="replies"),
        Step("update_1", "reply", "us", texts="replies"),
        Step("update_2", "reply", "us", texts="replies"),
        Step("wait_internal", "status", "us", facts.waits_for),
        Step("wait_ends", "status", "us", at("in_progress")),
    )


def _ending_steps(facts: Facts, words: Words) -> tuple[Step, ...]:
    at = words.at
    return (
        Step("decision", "decision", "us", facts.outcome, texts="notes"),
        Step("last_reply", "reply", "us", texts="replies"),
        Step("resolved", "status", "us", at("resolved")),
        Step("csat", "csat", "requester", facts.csat),
        Step("wrote_again", "message_in", "requester", texts="answers"),
        Step("reopened", "status", "us", at("reopened")),
        Step("reply_again", "reply", "us", texts="replies"),
        Step("decision_again", "decision", "us", facts.second, texts="notes"),
        Step("resolved_again", "status", "us", at("resolved")),
        Step("closed", "status", SYSTEM, at("closed")),
        Step("merged", "status", "us", at("merged")),
        Step("cancelled", "status", "us", at("cancelled")),
        Step("merged_in", "merged_in", "us", facts.merged_in),
        Step("late_message", "message_in", "requester", texts="answers"),
        Step("late_update", "reply", "us", texts="replies"),
    )


@dataclass(frozen=True, eq=False, slots=True)
class Messages:
    """Texts of messages in one bank behind the empty string."""

    strings: pa.Array
    start: dict[str, int]
    count: dict[str, int]


def make_messages(by_kind: dict[str, list[str]]) -> Messages:
    """Lay the texts end to end."""
    strings, start = [""], {}
    for name, texts in by_kind.items():
        start[name] = len(strings)
        strings += texts
    return Messages(bank(strings), start, {k: len(v) for k, v in by_kind.items()})


def has_happened(line: Timeline, name: str, as_of: int) -> Flags:
    """Signs of life of lingering cases come after the cut of their story."""
    until = np.full_like(line.until, as_of) if name in LATE_STEPS else line.until
    found: Flags = (line.at[name] <= until) & (line.at[name] != NEVER)
    return found


@dataclass(frozen=True, eq=False, slots=True)
class Teller:
    """What every chunk is told with."""

    words: Words
    messages: Messages
    as_of: int
    text_share: float  # of the messages that carry a text


def tell(teller: Teller, rng: Rng, line: Timeline, facts: Facts, keys: Ints) -> pd.DataFrame:
    """EVENT_LINES of the chunk, sorted by key and then in order of happening."""
    words, messages = teller.words, teller.messages
    strings = pa.concat_arrays([words.strings, facts.merged])
    steps = steps_of(facts, words)
    place = np.argsort(keys, kind="stable")
    happened = np.stack([has_happened(line, s.name, teller.as_of) for s in steps], axis=1)[place]
    rows, cols = np.nonzero(happened)
    rows = place[rows]
    at = np.stack([line.at[s.name] for s in steps], axis=1)[rows, cols]
    order = np.lexsort((cols, at, keys[rows]))
    rows, cols, at = rows[order], cols[order], at[order]
    kinds = tuple(dict.fromkeys(s.kind for s in steps))
    by = ("us", "requester", SYSTEM)
    actor_kind = np.array([by.index(s.by) for s in steps])[cols]
    actor = np.where(actor_kind == 0, facts.assignee[rows], 0)
    actor = np.where(actor_kind == 2, words.at(SYSTEM), actor)
    kind = np.array([kinds.index(s.kind) for s in steps])[cols]
    text = _texts(rng, steps, messages, cols, teller.text_share)
    frame = pd.DataFrame(
        {
            "key": keys[rows],
            "at": at,
            "kind": column(bank(kinds), kind),
            "value": column(strings, _codes([s.value for s in steps], len(keys))[rows, cols]),
            "field": column(words.strings, _codes([s.field for s in steps], len(keys))[rows, cols]),
            "actor": column(words.strings, actor),
            "actor_kind": column(bank(by), actor_kind),
            "text": column(messages.strings, text),
            "line": np.zeros(len(rows), dtype=np.int64),
        }
    )
    return EVENT_LINES.check(frame)


def _codes(values: list[Ints | int], count: int) -> Ints:
    return np.stack(
        [v if isinstance(v, np.ndarray) else np.full(count, v, dtype=np.int64) for v in values],
        axis=1,
    )


def _texts(
    rng: Rng, steps: tuple[Step, ...], messages: Messages, cols: npt.NDArray[np.int64], share: float
) -> Ints:
    start = np.array([messages.start[s.texts] if s.texts else 0 for s in steps])[cols]
    count = np.array([messages.count[s.texts] if s.texts else 0 for s in steps])[cols]
    drawn = start + (rng.random(len(cols)) * count).astype(np.int64)
    return np.where((count > 0) & chance(rng, share, len(cols)), drawn, 0)
