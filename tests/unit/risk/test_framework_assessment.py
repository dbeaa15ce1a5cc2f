"""Assessments: evidence asked for, ranges shown, overrides reasoned, old versions replayed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import BadInput, Broken, NotFound, Refused
from core.risk.framework import Judgement, assess, judge, override, replay
from core.risk.framework_files import current_table, read_table, read_tables
from core.risk.framework_model import Consequence
from core.risk.framework_places import places
from core.risk.framework_ranges import completion_counts, flipping_changes, settlings
from core.risk.framework_record import assessment_text, read_assessment
from core.risk.framework_words import (
    change_sentences,
    consequence_sentences,
    history_sentence,
    path_sentence,
    reasons_of,
    settling_sentence,
    verdict_sentence,
)
from tests.unit.risk.framework_builders import (
    NOW,
    an_assessment,
    copied_versions,
    evidence,
    judgements,
    publish,
)

TABLE = current_table()
KNOWN = {
    "harm": "severe",
    "spread": "growing",
    "reach": "regional",
    "vulnerability": "general",
    "evidence": "high",
    "policy_clarity": "clear",
}


def test_a_full_assessment_has_one_verdict_and_asks_for_nothing_else() -> None:
    outcome = judge(TABLE, an_assessment(TABLE, **KNOWN))
    assert (outcome.verdict, outcome.by_table.is_settled) == ("investigate", True)
    assert outcome.consequences == ()
    assert verdict_sentence(outcome) == "Investigate."


def test_an_unknown_point_shows_both_ends_and_acts_on_the_worst() -> None:
    outcome = judge(TABLE, an_assessment(TABLE, **{**KNOWN, "reach": None}))
    assert (outcome.by_table.best, outcome.by_table.worst) == ("review", "investigate")
    assert outcome.verdict == "investigate"
    assert verdict_sentence(outcome) == "Review to investigate; investigate until more is known."


@pytest.mark.parametrize(
    ("level", "clarity", "asked"),
    [
        ("low", "clear", [Consequence.ASK_EVIDENCE]),
        (None, None, [Consequence.ASK_EVIDENCE]),
        ("medium", "ambiguous", [Consequence.PROPOSE_GAP]),
        ("low", "absent", [Consequence.ASK_EVIDENCE, Consequence.PROPOSE_GAP]),
        ("high", "clear", []),
    ],
)
def test_what_stands_beside_the_verdict_asks_and_proposes_but_does_not_change_it(
    level: str | None, clarity: str | None, asked: list[Consequence]
) -> None:
    levels = {**KNOWN, "evidence": level, "policy_clarity": clarity}
    outcome = judge(TABLE, an_assessment(TABLE, **levels))
    assert list(outcome.consequences) == asked
    assert len(consequence_sentences(TABLE, outcome)) == len(asked)
    assert outcome.verdict == "investigate"


def test_a_known_level_needs_evidence() -> None:
    with pytest.raises(BadInput, match="Harm has no evidence") as caught:
        assess(TABLE, "surge-1", {"harm": Judgement("low")}, by="lead", at=NOW)
    assert caught.value.at == "harm"


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"harm": Judgement("huge", (evidence(),))}, "harm"),
        ({"mood": Judgement()}, "mood"),
        ({"reach": Judgement("wide", (evidence("  "),))}, "reach"),
    ],
)
def test_what_the_table_does_not_know_is_refused_by_name(
    given: dict[str, Judgement], at: str
) -> None:
    with pytest.raises(BadInput) as caught:
        assess(TABLE, "surge-1", given, by="lead", at=NOW)
    assert caught.value.at == at


@pytest.mark.parametrize(
    ("source", "link"),
    [
        ("https://example.org/report", "https://example.org/report"),
        ("/case?case=ESC-1", "/case?case=ESC-1"),
        ("call with the newsroom", None),
        ("javascript:alert(1)", None),
        ("//elsewhere.example", None),
        ("/\\elsewhere.example", None),
    ],
)
def test_only_an_address_is_a_link(source: str, link: str | None) -> None:
    assert evidence(source=source).link == link


def test_an_override_needs_a_reason_and_keeps_what_the_table_says() -> None:
    made = an_assessment(TABLE, **KNOWN)
    with pytest.raises(BadInput, match="needs a reason") as caught:
        override(TABLE, made, "convene", "  ", by="lead", at=NOW)
    assert caught.value.at == "reason"
    convened = override(TABLE, made, "convene", "vote in two days", by="lead", at=NOW)
    outcome = judge(TABLE, replace(made, override=convened))
    assert (outcome.verdict, outcome.by_table.worst) == ("convene", "investigate")
    assert verdict_sentence(outcome) == (
        "Convene, set by lead (vote in two days); the table says investigate."
    )


@pytest.mark.parametrize(
    ("verdict", "told"), [("panic", "unknown"), ("investigate", "says investigate already")]
)
def test_an_override_to_nothing_new_is_refused(verdict: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        override(TABLE, an_assessment(TABLE, **KNOWN), verdict, "because", by="lead", at=NOW)


def test_an_override_may_settle_a_range() -> None:
    open_still = an_assessment(TABLE, **{**KNOWN, "reach": None})
    settled = override(TABLE, open_still, "investigate", "press calls", by="lead", at=NOW)
    assert judge(TABLE, replace(open_still, override=settled)).verdict == "investigate"


def test_the_path_reads_as_a_sentence_with_its_reasons() -> None:
    assert path_sentence(TABLE, KNOWN) == (
        "Harm is severe, spread is growing, reach is regional and vulnerability is general: "
        "Community risk 1.0 says investigate."
    )
    assert reasons_of(TABLE, KNOWN) == ("severe and rising across a market",)
    assert path_sentence(TABLE, {**KNOWN, "reach": None}).endswith(
        "reach is not known and vulnerability is general: "
        "Community risk 1.0 says review to investigate."
    )
    assert reasons_of(TABLE, {**KNOWN, "reach": None}) == ()


def test_nearest_changes_come_first_and_a_tie_is_said() -> None:
    assert change_sentences(TABLE, KNOWN) == (
        "Would drop to review if harm were material.",
        "Would drop to review if spread were recurring.",
        "Would drop to review if reach were limited.",
        "3 changes are equally near.",
    )
    assert all(change.is_nearest for change in flipping_changes(TABLE, KNOWN))


def test_a_change_further_away_says_how_far() -> None:
    levels = {"harm": "low", "spread": "isolated", "reach": "limited", "vulnerability": "general"}
    assert change_sentences(TABLE, levels) == (
        "Would rise to review if harm were severe (2 levels away).",
    )
    levels = {**levels, "harm": "material"}
    told = change_sentences(TABLE, levels)
    assert told[0] == "Would rise to review if harm were severe."
    assert "Would rise to review if reach were wide (2 levels away)." in told
    assert [change.is_nearest for change in flipping_changes(TABLE, levels)].count(True) == 1


def test_a_verdict_that_no_single_point_moves_says_so() -> None:
    told = change_sentences(TABLE, {})
    assert told == ("No change of a single known point changes the verdict.",)


def test_an_unknown_point_tells_what_knowing_it_would_do() -> None:
    (settling,) = settlings(TABLE, {**KNOWN, "reach": None})
    assert settling_sentence(TABLE, settling) == (
        "If reach were known: limited → review; regional → investigate; wide → investigate."
    )
    imminent = {**KNOWN, "harm": "imminent", "spread": "isolated", "reach": None}
    (settling,) = settlings(TABLE, imminent)
    assert settling_sentence(TABLE, settling) == "Knowing reach alone would change nothing."


def test_open_combinations_are_counted_by_verdict() -> None:
    assert completion_counts(TABLE, {**KNOWN, "reach": None}) == {
        "track": 0,
        "review": 1,
        "investigate": 2,
        "convene": 0,
    }


def test_equal_verdicts_share_a_place_on_the_register() -> None:
    low = {**KNOWN, "harm": "low", "spread": "isolated"}
    outcomes = {
        "quiet": judge(TABLE, an_assessment(TABLE, **low)),
        "one": judge(TABLE, an_assessment(TABLE, **KNOWN)),
        "open": judge(TABLE, an_assessment(TABLE, **{**KNOWN, "reach": None})),
        "two": judge(TABLE, an_assessment(TABLE, **{**KNOWN, "reach": "wide"})),
    }
    found = places(outcomes)
    assert [(p.number, p.verdict, p.refs, p.is_tie) for p in found] == [
        (1, "investigate", ("one", "two"), True),
        (3, "investigate", ("open",), False),
        (4, "track", ("quiet",), False),
    ]


def test_the_stored_text_gives_the_same_assessment_back() -> None:
    by_table = an_assessment(TABLE, **KNOWN)
    convened = override(TABLE, by_table, "convene", "vote", by="lead", at=NOW)
    made = replace(by_table, override=convened)
    text = assessment_text(made)
    assert read_assessment(text) == made
    assert assessment_text(read_assessment(text)) == text
    with pytest.raises(Broken):
        read_assessment("{}")


def test_an_old_version_replays_its_verdict_bit_for_bit(tmp_path: Path) -> None:
    folder = copied_versions(tmp_path)
    publish(folder, "1.0")
    made = an_assessment(TABLE, **KNOWN)
    text, before = assessment_text(made), replay({"1.0": read_table("1.0", folder)}, made)
    # The next version is milder: what was to be investigated is reviewed.
    rows = (folder / "1.0.csv").read_text(encoding="utf-8").replace("investigate", "review")
    (folder / "1.1.csv").write_text(rows, encoding="utf-8")
    words, _, _ = (folder / "1.0.yaml").read_text(encoding="utf-8").partition("\nlogic:")
    words = words.replace('version: "1.0"', 'version: "1.1"')
    (folder / "1.1.yaml").write_text(words, encoding="utf-8")
    publish(folder, "1.1")
    tables = {version: read_table(version, folder) for version in ("1.0", "1.1")}
    assert replay(tables, read_assessment(text)) == before
    assert assessment_text(read_assessment(text)) == text
    newer = an_assessment(tables["1.1"], **{**KNOWN, "evidence": "low"})
    assert history_sentence(tables, made, newer) == (
        "Table 1.0 → 1.1; evidence high → low; verdict investigate → review."
    )


def test_history_names_what_became_known() -> None:
    before = an_assessment(TABLE, **{**KNOWN, "reach": None})
    after = an_assessment(TABLE, **KNOWN)
    assert history_sentence(read_tables(), before, after) == (
        "Reach not known → regional; verdict stays investigate."
    )


def test_another_edition_of_the_same_version_does_not_judge() -> None:
    made = replace(an_assessment(TABLE, **KNOWN), content_hash="0" * 64)
    with pytest.raises(Refused, match="another edition"):
        judge(TABLE, made)
    with pytest.raises(NotFound):
        replay({}, made)


def test_points_not_named_are_unknown() -> None:
    made = assess(TABLE, "surge-1", judgements(harm="low"), by="lead", at=NOW)
    assert made.levels == {**dict.fromkeys(KNOWN), "harm": "low"}
