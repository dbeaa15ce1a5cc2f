"""Titles, summaries and messages put together from the phrases, for a whole chunk at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.demo.attributes import Attributes
from core.demo.columns import bank, joined, series, spelled
from core.demo.directory import Directory
from core.demo.draw import Ints, Rng
from core.demo.recipe import LocalPhrases, Phrases
from core.demo.setting import NO_PARTNER, Lists
from core.taxonomy import taxonomy

SLOTS = 4
NUMBERS = (2, 3, 4, 6, 8, 11, 14, 17, 23, 31, 40, 55)
_SLOT = re.compile(r"\{([psmdn])\}")
KINDS = "psmdn"


@dataclass(frozen=True, eq=False)
class Templates:
    """Templates cut at their slots; piece i stands before slot i, the last one at the end."""

    pieces: tuple[pa.Array, ...]
    kinds: Ints  # template x slot: position in KINDS, -1 for none

    def written(self, chosen: Ints, words: pa.Array, where: Ints) -> pa.Array:
        """The chosen templates filled in; ``where`` holds a position in ``words`` per kind."""
        parts = []
        for slot in range(SLOTS):
            parts.append(spelled(self.pieces[slot], chosen))
            kind = self.kinds[chosen, slot]
            filled = where[np.arange(len(chosen)), np.maximum(kind, 0)]
            parts.append(spelled(words, np.where(kind < 0, 0, filled)))
        return joined([*parts, spelled(self.pieces[SLOTS], chosen)])


def cut(templates: Sequence[str]) -> Templates:
    """Cut templates at their slots; more than ``SLOTS`` slots is a mistake in the phrases."""
    pieces: list[list[str]] = [[] for _ in range(SLOTS + 1)]
    kinds = np.full((len(templates), SLOTS), -1, dtype=np.int64)
    for row, text in enumerate(templates):
        parts = _SLOT.split(text)
        names = parts[1::2]
        kinds[row, : len(names)] = [KINDS.index(n) for n in names]
        plain = parts[0::2] + [""] * (SLOTS + 1 - len(parts[0::2]))
        for slot in range(SLOTS + 1):
            pieces[slot].append(plain[slot])
    return Templates(tuple(bank(p) for p in pieces), kinds)


@dataclass(frozen=True, eq=False)
class Choices:
    """Templates of several keys in one list: key k has those from ``start[k]``, ``count[k]`` many."""

    templates: Templates
    start: Ints
    count: Ints

    def pick(self, rng: Rng, keys: Ints) -> Ints:
        """One template of each key."""
        return self.start[keys] + (rng.random(len(keys)) * self.count[keys]).astype(np.int64)


def choices(groups: Sequence[Sequence[str]]) -> Choices:
    """One group of templates per key."""
    count = np.array([len(g) for g in groups], dtype=np.int64)
    start = np.concatenate(([0], np.cumsum(count)[:-1])).astype(np.int64)
    return Choices(cut([t for g in groups for t in g]), start, count)


@dataclass(frozen=True, eq=False)
class Writer:
    """Everything needed to write the texts of a chunk."""

    titles: Choices  # by abuse type
    local: Choices  # language of LOCAL x abuse type
    local_row: Ints  # language -> row of LOCAL, -1 when there are no titles in it
    situations: Choices
    openings: Choices  # by channel
    impacts: Choices
    asks: Choices
    words: pa.Array  # '' first, then partners, subjects, surfaces, markets, details, numbers
    base: dict[str, int]
    detail_start: Ints
    detail_count: Ints
    surface_count: int
    abuse_count: int


def make_writer(
    phrases: Phrases, local: LocalPhrases, lists: Lists, directory: Directory
) -> Writer:
    """Cut all phrases and lay out the words that fill their slots."""
    t = taxonomy()
    surfaces = [
        f"{t.platforms[p].label} {t.surfaces[s].label}"
        for p in lists.platforms
        for s in lists.surfaces
    ]
    details = [phrases.types[a].details for a in lists.abuse_types]
    blocks: dict[str, Sequence[str]] = {
        "nothing": [""],
        "partners": directory.partners["name"].tolist(),
        "subjects": phrases.subjects,
        "surfaces": surfaces,
        "markets": [t.markets[m].label for m in lists.markets],
        "details": [d for group in details for d in group],
        "numbers": [str(n) for n in NUMBERS],
    }
    counts = [len(b) for b in blocks.values()]
    base = dict(zip(blocks, np.concatenate(([0], np.cumsum(counts)[:-1])).tolist(), strict=True))
    group_of = {a: g for g, members in local.groups.items() for a in members}
    start = np.concatenate(([0], np.cumsum([len(d) for d in details])[:-1])).astype(np.int64)
    return Writer(
        titles=choices([phrases.types[a].titles for a in lists.abuse_types]),
        local=choices([m[group_of[a]] for m in local.titles.values() for a in lists.abuse_types]),
        local_row=_local_rows(lists, local),
        situations=choices([phrases.types[a].situations for a in lists.abuse_types]),
        openings=choices([phrases.channels[c] for c in lists.channels]),
        impacts=choices([phrases.impacts]),
        asks=choices([phrases.asks]),
        words=bank([w for b in blocks.values() for w in b]),
        base=base,
        detail_start=start,
        detail_count=np.array([len(d) for d in details], dtype=np.int64),
        surface_count=len(lists.surfaces),
        abuse_count=len(lists.abuse_types),
    )


def _local_rows(lists: Lists, local: LocalPhrases) -> Ints:
    """A language has its own titles, or those of its base language (``pt-BR`` reads ``pt``)."""
    names = list(local.titles)
    rows = []
    for language in lists.languages:
        found = language if language in names else language.split("-", maxsplit=1)[0]
        rows.append(names.index(found) if found in names else -1)
    return np.array(rows, dtype=np.int64)


def write_texts(writer: Writer, rng: Rng, cases: Attributes) -> tuple[pd.Series, pd.Series]:
    """Title and summary of each case."""
    where = _fillings(writer, rng, cases)
    row = writer.local_row[cases.language]
    english = writer.titles.templates.written(
        writer.titles.pick(rng, cases.abuse), writer.words, where
    )
    local = writer.local.templates.written(
        writer.local.pick(rng, np.maximum(row, 0) * writer.abuse_count + cases.abuse),
        writer.words,
        where,
    )
    title = pc.if_else(pa.array(row >= 0), local, english)
    nothing = np.zeros(len(cases), dtype=np.int64)
    sentences: list[pa.Array] = []
    for options, keys in (
        (writer.openings, cases.channel),
        (writer.situations, cases.abuse),
        (writer.impacts, nothing),
        (writer.asks, nothing),
    ):
        if sentences:
            sentences.append(spelled(bank([" "]), nothing))
        chosen = options.pick(rng, keys)
        sentences.append(_capital(options.templates.written(chosen, writer.words, where)))
    return series(_capital(title)), series(joined(sentences))


def _capital(text: pa.Array) -> pa.Array:
    """The first letter large; the rest as it is."""
    first = pc.utf8_upper(pc.utf8_slice_codeunits(text, 0, 1))
    return joined([first, pc.utf8_slice_codeunits(text, 1)])


def _fillings(writer: Writer, rng: Rng, cases: Attributes) -> Ints:
    """For each case the position of the word of each kind of slot."""
    n, base = len(cases), writer.base
    subjects = rng.integers(base["subjects"], base["surfaces"], n)
    partner = np.where(cases.partner == NO_PARTNER, subjects, base["partners"] + cases.partner)
    surface = base["surfaces"] + cases.platform * writer.surface_count + cases.surface
    turn = (rng.random(n) * writer.detail_count[cases.abuse]).astype(np.int64)
    detail = base["details"] + writer.detail_start[cases.abuse] + turn
    number = base["numbers"] + rng.integers(0, len(NUMBERS), n)
    market = base["markets"] + cases.market
    return np.stack([partner, surface, market, detail, number], axis=1)


def message_bank(phrases: Phrases) -> dict[str, list[str]]:
    """Ready messages by kind, with every number filled in."""

    def filled(templates: list[str]) -> list[str]:
        return [
            t.replace("{n}", str(n)).replace("{m}", "our market")
            for t in templates
            for n in (NUMBERS[2:6] if "{n}" in t else NUMBERS[:1])
        ]

    return {
        "replies": filled(phrases.replies),
        "questions": filled(phrases.questions),
        "answers": filled(phrases.answers),
        "notes": filled(phrases.notes),
    }
