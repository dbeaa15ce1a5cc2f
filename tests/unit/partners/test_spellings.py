"""Names that are probably one partner are found, each with its reason; others are left alone."""

from __future__ import annotations

import random
import time

import pytest

from core.partners.directory_rules import directory_limits
from core.partners.spellings import Likeness, Reason, Spelling, likenesses, plain_words

RULES = directory_limits().spellings


def alike(*names: str, markets: tuple[str, ...] = ()) -> tuple[Likeness, ...]:
    places = markets or ("",) * len(names)
    pairs = enumerate(zip(names, places, strict=True), start=1)
    return likenesses([Spelling(key, name, market) for key, (name, market) in pairs], RULES)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Liga Azul", "LIGA-AZUL", Reason.MARKS),
        ("Café Noir", "Cafe Noir", Reason.MARKS),
        ("Straßenblatt", "Strassenblatt", Reason.MARKS),
        ("Nord Licht", "Nordlicht", Reason.SPACES),
        ("Nordlicht GmbH", "Nordlicht AG", Reason.LEGAL_FORM),
        ("Nordlicht", "Nordlicht Ltd.", Reason.LEGAL_FORM),
        ("Natl. Geographic Intl", "National Geographic International", Reason.ABBREVIATION),
        ("Süddeutsche Zeitung", "Sueddeutsche Zeitung", Reason.UMLAUTS),
        ("Verde Liga", "Liga Verde", Reason.ORDER),
        ("The Courier", "Courier", Reason.GENERAL_WORD),
        ("Harrowmere Radio", "Harrowmree Radio", Reason.SLIP),
        ("Harrowmere Radio", "Harrowmere Raido", Reason.SLIP),
        ("Harrowmere Radio", "Harowmere Radio", Reason.SLIP),
        ("Eastwick Sound Company", "ESC", Reason.INITIALS),
    ],
)
def test_two_spellings_of_one_name_are_found_with_the_reason(
    one: str, other: str, reason: Reason
) -> None:
    (found,) = alike(one, other)
    assert found.reason is reason
    assert (found.first, found.second) == (one, other)
    assert found.words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Radio 1", "Radio 2"),
        ("ESPN", "ESPD"),
        ("Marisombra Courier", "Marisombra Rovers"),
        ("Eastwick Sound Kurier", "Eastwick Sound Courier"),
        ("日本放送", "日本放送協会"),
        ("", "Courier"),
        ("!!!", "???"),
    ],
)
def test_two_names_that_only_look_similar_are_left_alone(one: str, other: str) -> None:
    assert alike(one, other) == ()


def test_a_pair_is_told_once_with_its_surest_reason() -> None:
    spellings = [
        Spelling(7, "Harrowmere Radio"),
        Spelling(7, "Harrowmere Radio Ltd"),
        Spelling(3, "Harrowmree Radio"),
        Spelling(3, "HARROWMERE-RADIO"),
    ]
    (found,) = likenesses(spellings, RULES)
    assert (found.first_id, found.second_id, found.reason) == (3, 7, Reason.MARKS)


def test_spellings_of_one_partner_are_no_pair() -> None:
    assert likenesses([Spelling(1, "Liga Azul"), Spelling(1, "LIGA AZUL")], RULES) == ()


def test_a_pair_in_two_markets_says_so_and_comes_last() -> None:
    found = alike("Kurier Ltd", "Kurier", "Verde Liga", "Liga Verde", markets=("DE", "AT", "", ""))
    assert [each.reason for each in found] == [Reason.ORDER, Reason.LEGAL_FORM]
    assert found[-1].words.endswith("in another market")


def test_initials_count_in_the_same_market_only() -> None:
    assert alike("British Broadcasting Corporation", "BBC", markets=("GB", "IN")) == ()
    assert len(alike("British Broadcasting Corporation", "BBC", markets=("GB", "GB"))) == 1


def test_the_order_of_the_spellings_changes_nothing() -> None:
    names = [
        "Nordlicht GmbH",
        "Nordlicht AG",
        "Nord Licht",
        "Verde Liga",
        "Liga Verde",
        "Nordlihct",
    ]
    spellings = [Spelling(key, name) for key, name in enumerate(names)]
    mixed = random.Random(5).sample(spellings, len(spellings))
    assert likenesses(spellings, RULES) == likenesses(mixed, RULES)


def test_plain_words_keep_every_script() -> None:
    assert plain_words("L'Équipe & Co.") == ("lequipe", "and", "co")
    assert plain_words("Мир—Новости") == ("мир", "новости")


def test_five_thousand_partners_take_about_a_second() -> None:
    draw = random.Random(11)
    stems = ["".join(draw.choices("bcdfglmnrst aeiou".replace(" ", ""), k=8)) for _ in range(400)]
    tails = ["Courier", "Daily", "Rovers", "Records", "Valley News", "Wire", "Radio", "Podcast"]
    tails += ["Court League", "Studios", "Makes", "Review", "United FC"]
    names = [f"{stem.title()} {tail}" for stem in stems for tail in tails][:5000]
    begun = time.process_time()
    likenesses([Spelling(key, name, "GB") for key, name in enumerate(names)], RULES)
    assert time.process_time() - begun < 2  # 0.6 s alone on the machine that it was measured on
