"""Reads a fetched text as sections and sentences, apart from what the page puts around the rules."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

from core.policy import plain as take_off
from core.policy.model import Path
from core.policy.rules import PolicyRules

ATX = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
SETEXT = re.compile(r"^\s{0,3}(=+|-{2,})\s*$")
RULER = re.compile(r"^\s*(?:[-*_]\s*){3,}$")
ALL_BOLD = re.compile(r"^\s*(\*\*|__)(?!\s)(.+?)\1:?\s*$")
LINK_ONLY = re.compile(r"^[\s*_]*(?:\[[^\]]*\]\([^()]*\)[\s*_·|]*)+$")
# A stop ends a sentence, but not after a shortening.
STOP = re.compile(
    r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)(?<!\bvs\.)(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])"
)
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
BLOCKS_HELD = 1 << 16  # the same lines stand in hundreds of versions
PARAGRAPH, ITEM = 0, -1  # kinds of block below the levels of headings
BLANK, HEADING, UNDERLINE, RULER_MARK, ITEM_MARK, PLAIN = "", "#", "=", "---", "*", "a"
LIST_STARTS = "*+•·–-"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (its level), paragraph or list item as fetched."""

    raw: str
    level: int


@dataclass(frozen=True, slots=True)
class Told:
    """A block without its layout."""

    text: str
    squeezed: str  # still with its marks
    sentences: tuple[str, ...]
    letters: tuple[str, ...]  # of each sentence
    link_words: Counter[str]
    bare: tuple[str, ...]  # letters of the sentences without the words of links
    is_links: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in its place."""

    text: str
    letters: str
    section: Path
    label: str
    block: Told
    is_heading: bool


@dataclass
class Document:
    """A version as the comparison sees it; all texts without layout, in reading order."""

    raw: str
    sentences: tuple[Sentence, ...]  # the rules
    page: tuple[str, ...]  # what stands around them
    blocks: tuple[Block, ...] = field(repr=False)

    @cached_property
    def by_letters(self) -> dict[str, list[Sentence]]:
        """The sentences by their letters."""
        found: dict[str, list[Sentence]] = {}
        for sentence in self.sentences:
            found.setdefault(sentence.letters, []).append(sentence)
        return found

    @cached_property
    def sections(self) -> frozenset[Path]:
        """All sections that hold a sentence."""
        return frozenset(sentence.section for sentence in self.sentences)

    @cached_property
    def content(self) -> str:
        """Hash of what the rules say, whatever their order, layout, repetition, signs and links."""
        blocks = {id(sentence.block): sentence.block for sentence in self.sentences}
        return _hash(sorted({rest for block in blocks.values() for rest in block.bare}))

    @cached_property
    def words(self) -> int:
        """How many words the rules have."""
        return sum(len(sentence.text.split()) for sentence in self.sentences)

    @cached_property
    def hashes(self) -> dict[str, str]:
        """What is left when more and more is taken off; keys are the reasons, mildest first."""
        told = [tell(block.raw) for block in self.blocks]
        texts = [text for one in told for text in one.sentences]
        return {
            "image_address": _hash(map(take_off.without_images, self.raw.splitlines())),
            "link_address": _hash(map(take_off.without_targets, self.raw.splitlines())),
            "white_space": _hash(one.squeezed for one in told if one.squeezed),
            "layout": _hash(texts),
            "page_around": _hash(sentence.text for sentence in self.sentences),
            "signs": _hash(sentence.letters for sentence in self.sentences),
        }


def read_document(text: str, rules: PolicyRules) -> Document:
    """Parse markdown, or text that looks like it; anything can be read, at worst as one section."""
    blocks = tuple(_blocks(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))
    top = min((block.level for block in blocks if block.level > 0), default=0)
    deepest = max(rules.reading.section_level, top)
    around = _around(blocks, rules)
    sentences: list[Sentence] = []
    page: list[str] = []
    headings: list[tuple[int, str]] = []
    label = ""
    has_title = _has_title(blocks)
    for place, block in enumerate(blocks):
        told = tell(block.raw)
        if not told.text:
            continue
        if 0 < block.level <= deepest:
            headings = [h for h in headings if h[0] < block.level]
            if not (has_title and place == _first_heading(blocks)):
                headings.append((block.level, told.text))
            label = ""
        elif _is_label(block, told, rules):
            label = told.text
        if told.text in around:
            page.append(told.text)
            continue
        path = tuple(title for _, title in headings)
        sentences += _sentences(told, path, label, is_heading=block.level > 0)
    return Document(text, tuple(sentences), tuple(page), blocks)


@lru_cache(maxsize=BLOCKS_HELD)
def tell(raw: str) -> Told:
    """A block without its layout."""
    stripped = take_off.LIST_MARK.sub("", take_off.QUOTE_MARK.sub("", raw))
    text = take_off.plain(stripped)
    bare = take_off.plain(take_off.without_links(stripped))
    sentences = split_sentences(text)
    links = " ".join(found["text"] for found in take_off.LINK.finditer(stripped))
    return Told(
        text=text,
        squeezed=take_off.squeezed(take_off.without_targets(raw)),
        sentences=sentences,
        letters=tuple(map(take_off.letters, sentences)),
        link_words=Counter(words_of(take_off.plain(links))),
        bare=tuple(map(take_off.letters, split_sentences(bare))),
        is_links=bool(LINK_ONLY.match(stripped)),
    )


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a block; one that has no stop is one sentence."""
    return tuple(part for part in STOP.split(text) if part)


def words_of(text: str) -> list[str]:
    """The words of a text in small letters."""
    return WORD.findall(text.casefold())


def _sentences(told: Told, path: Path, label: str, *, is_heading: bool) -> Iterator[Sentence]:
    for text, letters in zip(told.sentences, told.letters, strict=True):
        if letters:
            yield Sentence(text, letters, path, label, told, is_heading)


def _blocks(lines: list[str]) -> Iterator[Block]:
    held: list[str] = []
    level = PARAGRAPH
    for line in [*lines, ""]:
        mark = _mark(line)
        if mark == UNDERLINE and not (level == PARAGRAPH and len(held) == 1):
            mark = RULER_MARK if RULER.match(line) else PLAIN
        if mark == UNDERLINE:
            yield Block(held[0], 1 if "=" in line else 2)
            held = []
            continue
        if held and mark != PLAIN:
            yield Block(" ".join(held), level)
            held, level = [], PARAGRAPH
        if mark == HEADING and (heading := ATX.match(line)):
            yield Block(heading[2], len(heading[1]))
        elif mark in (PLAIN, ITEM_MARK):
            level = ITEM if mark == ITEM_MARK else level
            held.append(line.strip())
            if line.endswith(("  ", "\\")):  # a line break that is meant
                yield Block(" ".join(held).rstrip("\\"), level)
                held, level = [], PARAGRAPH


def _mark(line: str) -> str:
    """What the first sign of a line makes of it; most lines have none and need no closer look."""
    start = line.lstrip()[:1]
    if not start:
        return BLANK
    if start == "#" and ATX.match(line):
        return HEADING
    if start in "=-" and SETEXT.match(line):
        return UNDERLINE
    if start in "-*_" and RULER.match(line):
        return RULER_MARK
    if (start in LIST_STARTS or start.isdigit()) and take_off.LIST_MARK.match(line):
        return ITEM_MARK
    return PLAIN


def _around(blocks: Sequence[Block], rules: PolicyRules) -> frozenset[str]:
    """The texts of blocks that belong to the page: by pattern, as bare links, or as repeated ones."""
    reading = rules.reading
    counts = Counter(told.text for block in blocks if (told := tell(block.raw)).text)
    found = {t for t in counts if reading.furniture_pattern.fullmatch(t)}
    found |= {told.text for block in blocks if (told := tell(block.raw)).is_links}
    found |= set(_breadcrumbs(blocks, rules))
    often = reading.repeated_blocks
    found |= {
        t for t, n in counts.items() if n >= often and len(t.split()) <= reading.repeated_words
    }
    return frozenset(found)


def _breadcrumbs(blocks: Sequence[Block], rules: PolicyRules) -> Iterator[str]:
    """Lines that say the heading right below them in nearly the same words."""
    for block, below in pairwise(blocks):
        if block.level == PARAGRAPH and below.level > 0:
            here, title = (Counter(words_of(tell(b.raw).text)) for b in (block, below))
            both = here.total() + title.total()
            if 2 * (here & title).total() >= rules.reading.breadcrumb_share * max(1, both):
                yield tell(block.raw).text


def _is_label(block: Block, told: Told, rules: PolicyRules) -> bool:
    if block.level == ITEM or len(told.text.split()) > rules.reading.label_words:
        return False
    return block.level > 0 or told.text.endswith(":") or bool(ALL_BOLD.match(block.raw))


def _first_heading(blocks: tuple[Block, ...]) -> int:
    return next((place for place, block in enumerate(blocks) if block.level > 0), -1)


def _has_title(blocks: tuple[Block, ...]) -> bool:
    """A single heading of level one, which comes first, names the document and no section."""
    first = _first_heading(blocks)
    tops = sum(block.level == 1 for block in blocks)
    return first >= 0 and blocks[first].level == 1 and tops == 1


def _hash(parts: Iterable[str]) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
