"""Each fetched version gets one verdict, a weight, and the clauses that it touches."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from core.policy.affected import ClauseText, abuse_types_of, affected_clauses
from core.policy.classify import Fetched, Past, Placed, Verdict, classify, taken_back
from core.policy.compare import compare
from core.policy.model import AlsoOn, Edit, Kind, PolicyVersion, SectionChange
from core.policy.order import likely_order
from core.policy.rules import policy_rules
from core.policy.twins import DAY_MICROS, Marked, shown_once, twin_groups, words_changed
from core.policy.weigh import weigh
from tests.support.policy_versions import (
    PICTURE,
    RULES,
    SHORT,
    STRICTER,
    VERDICTS,
    VERSIONS,
    a_document,
)


def told(*texts: str, past: Past | None = None) -> list[Verdict]:
    fetched = [Fetched(f"v{n}", str(hash(t)), partial(str, t)) for n, t in enumerate(texts)]
    return list(classify(fetched, past or Past(), policy_rules()))


def sections(before: str, after: str) -> tuple[SectionChange, ...]:
    return compare(a_document(before), a_document(after), policy_rules()).sections


def weighed(before: str, after: str) -> tuple[str, tuple[str, ...]]:
    found = weigh(compare(a_document(before), a_document(after), policy_rules()), policy_rules())
    return found.level, found.because


def test_every_version_of_a_document_gets_its_verdict() -> None:
    found = told(*VERSIONS.values())
    assert tuple(verdict.kind.value for verdict in found) == VERDICTS
    assert [verdict.against for verdict in found] == ["", "v0", "v1", "v0", "v3", "v0", "v2"]


def test_the_newest_text_is_only_refused_when_hardly_anything_is_left() -> None:
    half = RULES[: int(len(RULES) * 0.6)]
    assert told(RULES, half)[1].kind is Kind.CHANGE
    assert told(RULES, SHORT)[1].reason == "truncated"


def test_a_short_text_that_stays_short_is_taken() -> None:
    assert [v.kind for v in told(RULES, SHORT, SHORT + "\n")][1] is not Kind.REJECTED


def test_versions_that_come_later_are_told_as_if_all_had_come_at_once() -> None:
    texts = list(VERSIONS.values())
    past = Past()
    told(*texts[:4], past=past)
    later = told(*texts[4:], past=past)
    assert tuple(verdict.kind.value for verdict in later) == VERDICTS[4:]


def test_a_text_that_goes_back_but_for_a_few_words_says_so() -> None:
    longer = (
        RULES + "\n## Spam\n\n" + "Do not send the same thing to many people at all hours. " * 3
    )
    nearly = RULES.replace("cannot win", "can hardly win").replace("nobody can", "few people can")
    found = told(RULES, longer, nearly)
    assert [(v.kind, v.reason) for v in found[1:]] == [
        (Kind.CHANGE, ""),
        (Kind.CHANGE, "mostly_back"),
    ]
    assert found[2].against == "v0"


def test_going_back_to_the_rules_on_another_page_is_a_revert() -> None:
    longer = (
        RULES + "\n## Spam\n\n" + "Do not send the same thing to many people at all hours. " * 3
    )
    without_link = RULES.replace("[the guide](https://rules.invalid/guide)", "")
    found = told(RULES, longer, without_link)
    assert (found[2].kind, found[2].against) == (Kind.REVERT, "v0")


def test_a_change_is_taken_back_until_it_comes_again() -> None:
    line = [
        Placed("a", Kind.FIRST, "", 1),
        Placed("b", Kind.CHANGE, "a", 2),
        Placed("c", Kind.CHANGE, "b", 3),
        Placed("d", Kind.REVERT, "a", 4),
    ]
    assert taken_back(line) == {"b": 4, "c": 4}
    assert taken_back([*line, Placed("e", Kind.REVERT, "b", 5)]) == {"c": 4}


@pytest.mark.parametrize(
    ("after", "level", "because"),
    [
        (RULES.replace("That is what", "This is what"), "low", "little"),
        (RULES.replace("with prizes", "with 2 prizes"), "medium", "numbers"),
        (RULES + "* Do not sell places in a queue to others.\n", "medium", "sentence"),
        (RULES.replace("Do not direct", "You may direct"), "medium", "binding"),
        (
            RULES.replace("* Do not gather", "* We must know. " + "Each says another thing. " * 70),
            "high",
            "much",
        ),
        (RULES[: RULES.index("## Fraud")], "medium", "section_removed"),
        (RULES + "\n## Spam\n\nSame again.\n", "medium", "section_added"),
    ],
)
def test_a_change_weighs_by_size_and_kind(after: str, level: str, because: str) -> None:
    found, codes = weighed(RULES, after)
    assert found == level
    assert because in codes


def test_a_long_section_that_is_gone_weighs_high() -> None:
    long = (
        RULES + "\n## Spam\n\n" + "Do not post the same thing again and again to many people. " * 3
    )
    assert weighed(long, RULES)[0] == "high"


def test_the_abuse_type_comes_from_the_section_and_else_from_the_document() -> None:
    assert abuse_types_of(sections(RULES, STRICTER), "House Rules", policy_rules()) == (
        "bullying_harassment",
    )
    unnamed = (SectionChange(("Anything",), Edit.CHANGED, 1, 0),)
    assert abuse_types_of(unnamed, "Spam", policy_rules()) == ("spam",)
    assert abuse_types_of(unnamed, "House Rules", policy_rules()) == ()


def test_clauses_are_touched_by_their_section_or_by_their_words() -> None:
    clauses = (
        ClauseText("BH-2", "bullying_harassment", "Do not direct many people against one person."),
        ClauseText("BH-9", "bullying_harassment", "Nothing in common whatsoever."),
        ClauseText("CO-1", "coordinating_harm", "Nobody may direct people against a person."),
        ClauseText("SP-1", "spam", "Do not send unwanted messages."),
    )
    found = affected_clauses(sections(RULES, STRICTER), "House Rules", clauses, policy_rules())
    assert [(one.clause, one.why) for one in found] == [("BH-2", "section"), ("CO-1", "text")]


def a_mark(key: str, document: str, day: int, *words: str) -> Marked:
    return Marked(key, document, day * DAY_MICROS, Counter(words))


def test_the_same_change_of_two_documents_is_one() -> None:
    words = ("+quot", "+again", "+person", "-person", "+post", "+warn")
    first, second = a_mark("a", "F/R", 1, *words), a_mark("b", "I/R", 3, *words[:-1], "+ban")
    rules = policy_rules()
    assert twin_groups([second, first], rules) == {"a": "a", "b": "a"}
    assert twin_groups([first, a_mark("c", "F/R", 2, *words)], rules) == {}
    assert twin_groups([first, a_mark("c", "I/R", 40, *words)], rules) == {}
    assert (
        twin_groups(
            [first, a_mark("c", "I/R", 2, "+other", "+words", "+at", "+all", "+here")], rules
        )
        == {}
    )


def test_names_of_platforms_do_not_part_twins() -> None:
    marked = [
        words_changed(
            sections(RULES, RULES + f"\nOn {name} we remove such accounts.\n"), policy_rules()
        )
        for name in ("Facebook", "Instagram")
    ]
    assert marked[0] == marked[1] != Counter()


def test_a_twin_is_shown_once_and_the_order_stays() -> None:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    one = PolicyVersion("a", "Facebook", "facebook", "R", at, "n", Kind.CHANGE, "")
    other = replace(
        one, key="b", service="Instagram", also_on=(AlsoOn("a", "Facebook", "facebook", "R", at),)
    )
    one = replace(one, also_on=(AlsoOn("b", "Instagram", "instagram", "R", at),))
    assert [v.key for v in shown_once([other, one])] == ["a"]
    assert [v.key for v in shown_once([other])] == ["b"]


def test_texts_of_one_day_are_put_so_that_neighbours_differ_least() -> None:
    further = STRICTER.replace("insults", "insults and lies")
    assert likely_order(PICTURE, [further, RULES, STRICTER]) == [1, 2, 0]
