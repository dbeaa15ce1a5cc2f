"""Compares two versions by section: which sentences came, went, changed or moved, word by word.

Sentences are matched by their letters wherever they stand, so layout, order, repetition and joined
or split paragraphs make no difference by themselves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from core.policy.document import Document, Sentence, words_of
from core.policy.model import Edit, Passage, Path, SectionChange, Words
from core.policy.rules import PolicyRules

NEAR = 0.1  # a twin in another section has to be clearly liker


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two versions; ``noise`` is the reason why nothing of it counts."""

    sections: tuple[SectionChange, ...] = ()
    noise: str = ""

    @property
    def words_added(self) -> int:
        """Over all sections."""
        return sum(section.words_added for section in self.sections)

    @property
    def words_removed(self) -> int:
        """Over all sections."""
        return sum(section.words_removed for section in self.sections)


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage, where it belongs and in which order it is read."""

    path: Path
    place: int
    passage: Passage


def compare(before: Document, after: Document, rules: PolicyRules) -> Comparison:
    """What changed for a reader from one version to the next."""
    for reason, left in after.hashes.items():
        if before.hashes[reason] == left:
            return Comparison(noise=reason)
    removed = [s for s in before.sentences if s.letters not in after.by_letters]
    added = [s for s in after.sentences if s.letters not in before.by_letters]
    reason = _small_noise(removed, added) if removed or added else ""
    if reason:
        return Comparison(noise=reason)
    renamed = _renamed(before, after, rules)
    moved = _moved(before, after, renamed)
    if not (removed or added or moved):
        return Comparison(noise="order")
    found = [*_passages(removed, added, after, renamed, rules), *moved]
    return Comparison(_sections(found, before, after, renamed))


def _small_noise(removed: list[Sentence], added: list[Sentence]) -> str:
    """Why the sentences that differ are no change: joined otherwise, or only links came or went."""
    words = [Counter(w for s in side for w in words_of(s.text)) for side in (removed, added)]
    if words[0] == words[1] and removed and added:
        return "layout"
    links = [_links_by_rest(side) for side in (removed, added)]
    if set(links[0]) != set(links[1]):
        return ""
    pairs = ((links[0][rest], links[1][rest]) for rest in links[0])
    return "links" if all(one <= other or other <= one for one, other in pairs) else ""


def _links_by_rest(side: Iterable[Sentence]) -> Mapping[str, Counter[str]]:
    """The words of links by what is left of their paragraph without them."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for block in {s.block.text: s.block for s in side}.values():
        found["".join(block.bare)].update(block.link_words)
    return found


def _renamed(before: Document, after: Document, rules: PolicyRules) -> Mapping[Path, Path]:
    """Old sections by new ones that hold most of their sentences and stand only in one version."""
    votes: dict[Path, Counter[Path]] = defaultdict(Counter)
    sizes: Counter[Path] = Counter()
    for sentence in after.sentences:
        if sentence.section in before.sections or sentence.is_heading:
            continue
        sizes[sentence.section] += 1
        for old in {s.section for s in before.by_letters.get(sentence.letters, ())}:
            if old not in after.sections:
                votes[sentence.section][old] += 1
    found: dict[Path, Path] = {}
    for new, counts in votes.items():
        old, most = counts.most_common(1)[0]
        if most >= rules.telling.moved_share * sizes[new] and old not in found.values():
            found[new] = old
    return {**found, **_renamed_by_title(before, after, found, rules)}


def _renamed_by_title(
    before: Document, after: Document, known: Mapping[Path, Path], rules: PolicyRules
) -> Mapping[Path, Path]:
    """Old sections by new ones of which only the title, or a title above them, was reworded."""
    olds = sorted(before.sections - after.sections - set(known.values()))
    found: dict[Path, Path] = {}
    for new in sorted(after.sections - before.sections - set(known)):
        for old in olds:
            titles = [Counter(words_of(path[-1])) if path else Counter() for path in (old, new)]
            if len(old) == len(new) and _alike(*titles) >= rules.telling.moved_share:
                found[new] = old
                olds.remove(old)
                break
    return found


def _moved(before: Document, after: Document, renamed: Mapping[Path, Path]) -> list[_Found]:
    """Sentences that left one section for another, both of which stand in both versions."""
    found: list[_Found] = []
    for place, sentence in enumerate(after.sentences):
        olds = {s.section for s in before.by_letters.get(sentence.letters, ())}
        news = {s.section for s in after.by_letters[sentence.letters]}
        same = olds & {renamed.get(new, new) for new in news}
        stay = sentence.section in before.sections and olds <= after.sections
        # Single words and labels stand in many places.
        if olds and not same and stay and not sentence.is_heading and " " in sentence.text:
            run = Words(Edit.SAME, sentence.text)
            path = _path(sentence)
            found.append(_Found(path, place, Passage(Edit.MOVED, (run,))))
    return found


def _passages(
    removed: list[Sentence],
    added: list[Sentence],
    after: Document,
    renamed: Mapping[Path, Path],
    rules: PolicyRules,
) -> Iterable[_Found]:
    places = {id(s): place for place, s in enumerate(after.sentences)}
    now = {old: new for new, old in renamed.items()}
    pairs = _pairs(removed, added, renamed, rules)
    paired = {id(old) for old in pairs.values()}
    for new in added:
        if id(new) in pairs:
            old = pairs[id(new)]
            passage = Passage(Edit.CHANGED, word_runs(old.text, new.text))
        else:
            passage = Passage(Edit.ADDED, (Words(Edit.ADDED, new.text),))
        yield _Found(_path(new), places[id(new)], passage)
    last = len(after.sentences)
    for place, old in enumerate(removed, start=last):
        if id(old) not in paired:
            passage = Passage(Edit.REMOVED, (Words(Edit.REMOVED, old.text),))
            section = now.get(old.section, old.section)
            yield _Found(_path(old, section), place, passage)


def _pairs(
    removed: list[Sentence],
    added: list[Sentence],
    renamed: Mapping[Path, Path],
    rules: PolicyRules,
) -> dict[int, Sentence]:
    """The old sentence of each new one that is alike enough; the likest pairs first."""
    scored: list[tuple[float, int, int]] = []
    for j, (new, alike) in enumerate(zip(added, _alike_ones(removed, added, rules), strict=True)):
        section = renamed.get(new.section, new.section)
        scored += [(-share - NEAR * (removed[i].section == section), i, j) for i, share in alike]
    found: dict[int, Sentence] = {}
    taken: set[int] = set()
    for _, i, j in sorted(scored):
        if i not in taken and id(added[j]) not in found:
            taken.add(i)
            found[id(added[j])] = removed[i]
    return found


def _alike_ones(
    removed: list[Sentence], added: list[Sentence], rules: PolicyRules
) -> Iterator[list[tuple[int, float]]]:
    """For each new sentence the old ones that are alike enough, with the share of their words."""
    least = rules.telling.alike_share
    olds = [_counted(sentence) for sentence in removed]
    places: dict[str, list[int]] = defaultdict(list)
    for i, (words, _) in enumerate(olds):
        for word in words:
            places[word].append(i)
    # Where all was written anew, only rarer words lead from one sentence to another.
    is_much = len(removed) * len(added) > rules.telling.most_pairs
    most = rules.telling.rare_word_sentences if is_much else len(removed)
    for new in added:
        words, size = _counted(new)
        near = {i for word in words if len(at := places.get(word, ())) <= most for i in at}
        # No more words can be shared than the shorter has.
        near = {i for i in near if 2 * min(size, olds[i][1]) >= least * (size + olds[i][1])}
        shares = ((i, _alike(olds[i][0], words)) for i in near)
        yield [(i, share) for i, share in shares if share >= least]


def _counted(sentence: Sentence) -> tuple[Counter[str], int]:
    words = words_of(sentence.text)
    return Counter(words), len(words)


def _alike(one: Counter[str], other: Counter[str]) -> float:
    both = one.total() + other.total()
    return 2 * (one & other).total() / both if both else 0.0


def word_runs(before: str, after: str) -> tuple[Words, ...]:
    """The words of two readings of a sentence as runs that were kept, removed or added."""
    old, new = before.split(), after.split()
    runs: list[Words] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Words(Edit.SAME, " ".join(new[j1:j2])))
            continue
        if i2 > i1:
            runs.append(Words(Edit.REMOVED, " ".join(old[i1:i2])))
        if j2 > j1:
            runs.append(Words(Edit.ADDED, " ".join(new[j1:j2])))
    return tuple(runs)


def _path(sentence: Sentence, section: Path | None = None) -> Path:
    section = sentence.section if section is None else section
    label = sentence.label
    is_said = not label or label == sentence.text or label in section
    return section if is_said else (*section, label)


def _sections(
    found: Iterable[_Found], before: Document, after: Document, renamed: Mapping[Path, Path]
) -> tuple[SectionChange, ...]:
    groups: dict[Path, list[_Found]] = defaultdict(list)
    for one in sorted(found, key=lambda f: f.place):
        groups[one.path].append(one)
    changes = [_section(path, ones, before, after, renamed) for path, ones in groups.items()]
    told = {change.path for change in changes}
    changes += [
        SectionChange(new, Edit.MOVED, 0, 0, old)
        for new, old in renamed.items()
        if new not in told and new != old
    ]
    return tuple(changes)


def _section(
    path: Path,
    ones: list[_Found],
    before: Document,
    after: Document,
    renamed: Mapping[Path, Path],
) -> SectionChange:
    passages = tuple(one.passage for one in ones)
    edits = {passage.edit for passage in passages}
    was = renamed.get(path, ())
    stood = any(path[: len(s)] == s for s in before.sections if s) or path in before.sections
    stands = any(path[: len(s)] == s for s in after.sections if s) or path in after.sections
    edit = Edit.CHANGED
    if was:
        edit = Edit.MOVED
    elif edits == {Edit.ADDED} and not stood:
        edit = Edit.ADDED
    elif edits == {Edit.REMOVED} and not stands:
        edit = Edit.REMOVED
    return SectionChange(
        path=path,
        edit=edit,
        words_added=_count(passages, Edit.ADDED),
        words_removed=_count(passages, Edit.REMOVED),
        was=was,
        passages=passages,
    )


def _count(passages: Iterable[Passage], edit: Edit) -> int:
    return sum(len(r.text.split()) for p in passages for r in p.runs if r.edit is edit)
