"""Finds partners that are probably the same by their spellings, each with the reason in words.

Pure. Equal keys are found by looking them up, slips of the hand among names that share a word, a
beginning or an end: nothing compares every name with every other.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.partners.directory_rules import SpellingRules

EDGE = 4  # letters of the beginning and of the end that names with a slip are looked up by
MOST_SLIPS = 2
# Letters that are no base letter with a mark, so that taking marks away leaves them.
LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
DIGRAPHS = re.compile("(?<=[aou])e")
ENDS = re.compile(r"[^\w]+")


class Reason(StrEnum):
    """Why two spellings are alike, the surest first."""

    MARKS = "marks"
    SPACES = "spaces"
    LEGAL_FORM = "legal_form"
    ABBREVIATION = "abbreviation"
    UMLAUTS = "umlauts"
    ORDER = "order"
    GENERAL_WORD = "general_word"
    SLIP = "slip"
    INITIALS = "initials"


ORDER = {reason: place for place, reason in enumerate(Reason)}
WORDS = {
    Reason.MARKS: "only accents, case or punctuation differ",
    Reason.SPACES: "only spaces or hyphens differ",
    Reason.LEGAL_FORM: "only the legal form differs",
    Reason.ABBREVIATION: "one is written short",
    Reason.UMLAUTS: "umlauts are written in two ways",
    Reason.ORDER: "the same words in another order",
    Reason.GENERAL_WORD: "one has a general word more",
    Reason.SLIP: "a slip of the hand",
    Reason.INITIALS: "one is the initials of the other",
}


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a partner's name."""

    partner_id: int
    text: str
    market: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two partners that are probably the same, by one spelling of each; the lower key first."""

    first_id: int
    second_id: int
    first: str
    second: str
    reason: Reason
    is_other_market: bool

    @property
    def words(self) -> str:
        """The reason in words."""
        told = WORDS[self.reason]
        return f"{told}, in another market" if self.is_other_market else told


@dataclass(frozen=True, slots=True)
class _Read:
    spelling: Spelling
    words: tuple[str, ...]  # in plain letters
    full: tuple[str, ...]  # short forms written out
    core: tuple[str, ...]  # without legal forms
    bare: tuple[str, ...]  # also without general words


def likenesses(spellings: Iterable[Spelling], rules: SpellingRules) -> tuple[Likeness, ...]:
    """Each pair of partners that is alike, once, with its surest reason; the surest first."""
    read = [_read(spelling, rules) for spelling in spellings]
    read = [each for each in read if each.words]
    found: dict[tuple[int, int], Likeness] = {}
    for one, other, reason in _pairs(read, rules):
        _keep(found, one.spelling, other.spelling, reason)
    return tuple(sorted(found.values(), key=_place))


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a name in plain small letters, without marks and punctuation."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    kept = kept.replace("&", " and ").replace("'", "").replace("’", "").replace(".", "")
    return tuple(ENDS.sub(" ", kept.replace("_", " ")).split())


def _read(spelling: Spelling, rules: SpellingRules) -> _Read:
    words = plain_words(spelling.text)
    full = tuple(rules.abbreviations.get(word, word) for word in words)
    core = _without(full, rules.legal_forms)
    return _Read(spelling, words, full, core, _without(core, rules.general_words))


def _without(words: tuple[str, ...], dropped: frozenset[str]) -> tuple[str, ...]:
    kept = tuple(word for word in words if word not in dropped)
    return kept or words


def _pairs(read: Sequence[_Read], rules: SpellingRules) -> Iterator[tuple[_Read, _Read, Reason]]:
    keys: dict[Reason, Callable[[_Read], str]] = {
        Reason.MARKS: lambda r: " ".join(r.words),
        Reason.SPACES: lambda r: "".join(r.words),
        Reason.LEGAL_FORM: lambda r: "".join(_without(r.words, rules.legal_forms)),
        Reason.ABBREVIATION: lambda r: "".join(r.core),
        Reason.UMLAUTS: lambda r: DIGRAPHS.sub("", "".join(r.core)),
        Reason.ORDER: lambda r: " ".join(sorted(r.core)) if len(r.core) > 1 else "",
        Reason.GENERAL_WORD: lambda r: "".join(r.bare),
    }
    for reason, key in keys.items():
        for one, other in _sharing(read, key):
            yield one, other, reason
    yield from ((one, other, Reason.SLIP) for one, other in _slips(read, rules))
    yield from ((one, other, Reason.INITIALS) for one, other in _initials(read, rules))


def _sharing(read: Sequence[_Read], key: Callable[[_Read], str]) -> Iterator[tuple[_Read, _Read]]:
    groups: dict[str, list[_Read]] = defaultdict(list)
    for each in read:
        if found := key(each):
            groups[found].append(each)
    for group in groups.values():
        if len(group) > 1:
            yield from combinations(group, 2)


def _slips(read: Sequence[_Read], rules: SpellingRules) -> Iterator[tuple[_Read, _Read]]:
    """Names with a letter or two too many, too few, wrong or swapped, no more than one in a word."""
    long = [each for each in read if len("".join(each.core)) >= rules.shortest_typed]
    names = ["".join(each.core) for each in long]
    seen: set[tuple[int, int]] = set()
    for block in _blocks(long, names, rules.most_sharing):
        chosen = [names[i] for i in block]
        found = process.cdist(
            chosen, chosen, scorer=OSA.distance, score_cutoff=MOST_SLIPS, dtype=np.uint8
        )
        near = (found <= MOST_SLIPS) & (found > 0)
        for i, j in np.argwhere(np.triu(near)).tolist():
            pair = (block[i], block[j])
            if pair not in seen:
                seen.add(pair)
                if _is_slip(long[pair[0]], long[pair[1]], rules):
                    yield long[pair[0]], long[pair[1]]


def _blocks(read: Sequence[_Read], names: Sequence[str], most: int) -> Iterator[list[int]]:
    """Names that share a word, a beginning or an end; what very many share tells nothing."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, (each, name) in enumerate(zip(read, names, strict=True)):
        for key in {*each.core, f"^{name[:EDGE]}", f"{name[-EDGE:]}$"}:
            blocks[key].append(place)
    return (block for block in blocks.values() if 1 < len(block) <= most)


def _is_slip(one: _Read, other: _Read, rules: SpellingRules) -> bool:
    if len(one.core) != len(other.core):
        short = min(len("".join(one.core)), len("".join(other.core)))
        gap = OSA.distance("".join(one.core), "".join(other.core))
        return bool(gap == 1 and short >= rules.shortest_typed_twice)
    slips = 0
    for a, b in zip(one.core, other.core, strict=True):
        if a == b:
            continue
        slips += 1
        is_word = min(len(a), len(b)) >= rules.shortest_word and a.isalpha() and b.isalpha()
        if not is_word or OSA.distance(a, b) > 1:
            return False
    length = min(len("".join(one.core)), len("".join(other.core)))
    return slips == 1 or (slips == MOST_SLIPS and length >= rules.shortest_typed_twice)


def _initials(read: Sequence[_Read], rules: SpellingRules) -> Iterator[tuple[_Read, _Read]]:
    by_initials: dict[tuple[str, str], list[_Read]] = defaultdict(list)
    least, most = rules.shortest_initials, rules.longest_initials
    for each in read:
        for words in {each.words, each.core}:
            if least <= len(words) <= most:
                by_initials[("".join(w[0] for w in words), each.spelling.market)].append(each)
    for each in read:
        if len(each.core) == 1 and least <= len(each.core[0]) <= most:
            for other in by_initials.get((each.core[0], each.spelling.market), ()):
                yield each, other


def _keep(
    found: dict[tuple[int, int], Likeness], one: Spelling, other: Spelling, reason: Reason
) -> None:
    if one.partner_id == other.partner_id:
        return
    first, second = sorted((one, other), key=lambda spelling: spelling.partner_id)
    key = (first.partner_id, second.partner_id)
    before = found.get(key)
    if before is None or ORDER[reason] < ORDER[before.reason]:
        is_other = bool(first.market and second.market and first.market != second.market)
        found[key] = Likeness(*key, first.text, second.text, reason, is_other)


def _place(found: Likeness) -> tuple[bool, int, int, int]:
    return found.is_other_market, ORDER[found.reason], found.first_id, found.second_id
