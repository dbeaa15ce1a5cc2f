"""Weighs a change: by its size, by words that bind, and by sections that came or went."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.policy.compare import Comparison
from core.policy.model import Edit, Passage, SectionChange
from core.policy.rules import PolicyRules

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Weight:
    """How important a change is, and the codes of the rules that said so."""

    level: str
    because: tuple[str, ...]


def weigh(found: Comparison, rules: PolicyRules) -> Weight:
    """The highest level of which a rule holds."""
    rule = rules.importance
    high, medium, low = rule.levels
    size = found.words_added + found.words_removed
    binding = binding_words(found.sections, rules)
    gone = sum(s.words_removed for s in found.sections if s.edit is Edit.REMOVED)
    is_new = any(s.edit is Edit.ADDED for s in found.sections)
    held = (
        (high, "section_removed", gone >= rule.deleted_section_words),
        (high, "much", size >= rule.high_words),
        (high, "much_binding", binding >= rule.high_in_duty_words),
        (medium, "section_added", is_new),
        (medium, "section_removed", 0 < gone < rule.deleted_section_words),
        (medium, "some", rule.medium_words <= size < rule.high_words),
        (medium, "binding", 0 < binding < rule.high_in_duty_words),
        (medium, "sentence", _has_whole_sentence(found.sections, rule.sentence_words)),
        (medium, "numbers", _has_other_numbers(found.sections)),
        (low, "little", size < rule.medium_words),
    )
    true = [(level, code) for level, code, is_so in held if is_so]
    level = true[0][0]
    return Weight(level, tuple(code for at, code in true if at == level))


def binding_words(sections: Iterable[SectionChange], rules: PolicyRules) -> int:
    """How many words changed in runs that hold a word that binds."""
    return sum(_binding(p, rules) for section in sections for p in section.passages)


def _has_whole_sentence(sections: Iterable[SectionChange], least: int) -> bool:
    whole = (Edit.ADDED, Edit.REMOVED)
    passages = [p for section in sections for p in section.passages if p.edit in whole]
    return any(sum(len(r.text.split()) for r in p.runs) >= least for p in passages)


def _has_other_numbers(sections: Iterable[SectionChange]) -> bool:
    """Ages, limits and days: one number changes a rule as much as many words do."""
    passages = [p for section in sections for p in section.passages if p.edit is Edit.CHANGED]
    sides = (Edit.ADDED, Edit.REMOVED)
    return any(len({tuple(sorted(NUMBER.findall(p.text(s)))) for s in sides}) > 1 for p in passages)


def _binding(passage: Passage, rules: PolicyRules) -> int:
    runs = [run for run in passage.runs if run.edit in (Edit.ADDED, Edit.REMOVED)]
    pattern = rules.importance.duty_pattern
    return sum(len(run.text.split()) for run in runs if pattern.search(run.text))
