"""Whatever is fetched in whatever order, every version has one verdict and it depends on time alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from core.policy.classify import Fetched, Past, Verdict, classify
from core.policy.compare import compare
from core.policy.model import Edit, Kind
from core.policy.rules import policy_rules
from tests.support.policy_versions import LAID_OUT, PICTURE, RULES, STRICTER, a_document

SOFTER = RULES.replace("Do not gather data", "Do not gather too much data")
WITHOUT_LINK = RULES.replace("[the guide](https://rules.invalid/guide)", "")
POOL = (
    RULES,
    PICTURE,
    LAID_OUT,
    WITHOUT_LINK,
    STRICTER,
    SOFTER,
    STRICTER.replace("key=1", "key=3"),
)
SAYS = (0, 0, 0, 0, 1, 2, 1)  # what each of them says
CHOICES = st.lists(st.integers(0, len(POOL) - 1), min_size=1, max_size=12)
WORDS = st.lists(
    st.sampled_from(["we", "may", "not", "remove", "posts", "of", "people", "who", "ask", "again"]),
    max_size=9,
)


def told(choice: Sequence[int], past: Past, first: int = 0) -> list[Verdict]:
    fetched = [
        Fetched(f"v{place}", str(which), partial(str, POOL[which]))
        for place, which in enumerate(choice, start=first)
    ]
    return list(classify(fetched, past, policy_rules()))


@given(CHOICES)
def test_a_verdict_says_whether_the_rules_read_otherwise_than_before(choice: list[int]) -> None:
    verdicts = told(choice, Past())
    assert len(verdicts) == len(choice)
    for place, verdict in enumerate(verdicts[1:], start=1):
        before, now = SAYS[choice[place - 1]], SAYS[choice[place]]
        is_new = now not in {SAYS[which] for which in choice[:place]}
        if now == before:
            assert verdict.kind in (Kind.NOISE, Kind.DUPLICATE)
        else:
            assert verdict.kind is (Kind.CHANGE if is_new else Kind.REVERT)


@given(CHOICES, st.integers(0, 12))
def test_it_makes_no_difference_in_how_many_imports_versions_come(
    choice: list[int], cut: int
) -> None:
    past = Past()
    apart = told(choice[:cut], past) + told(choice[cut:], past, len(choice[:cut]))
    assert apart == told(choice, Past())


@given(WORDS, WORDS)
def test_what_came_and_went_gives_both_readings(before: list[str], after: list[str]) -> None:
    texts = [f"## Title\n\n{' '.join(words)}." for words in (before, after)]
    found = compare(a_document(texts[0]), a_document(texts[1]), policy_rules())
    for section in found.sections:
        for passage in section.passages:
            assert passage.text(Edit.REMOVED) in {"", f"{' '.join(before)}."}
            assert passage.text(Edit.ADDED) in {"", f"{' '.join(after)}."}
