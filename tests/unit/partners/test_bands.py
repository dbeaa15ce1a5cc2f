"""A band that somebody sets holds for a while, is shown as such, and ends."""

from __future__ import annotations

import pytest

from core.partners.bands import Override, shown_band, why_not_override
from core.partners.score_rules import DAY_US, HealthRules, health_versions

START = 1_000 * DAY_US


def rules() -> HealthRules:
    return health_versions().named("1.0")


def test_an_override_is_shown_beside_what_the_score_says_until_it_expires() -> None:
    override = Override("watch", START, START + 7 * DAY_US)
    during = shown_band(2, override, START)
    assert (during.band, during.computed, during.override) == ("watch", "healthy", override)
    for at in (START - 1, START + 7 * DAY_US):
        assert shown_band(2, override, at).override is None
        assert shown_band(2, override, at).band == "healthy"
    assert shown_band(-1, None, START).band == "not_enough_data"


@pytest.mark.parametrize(
    ("override", "words"),
    [
        (Override("watch", START, START + 28 * DAY_US), ""),
        (Override("watch", START, START + 28 * DAY_US + 1), "28 days"),
        (Override("watch", START, START), "ends after"),
        (Override("not_enough_data", START, START + DAY_US), "no band"),
    ],
)
def test_an_override_names_a_band_and_an_end_not_too_far(override: Override, words: str) -> None:
    refusal = why_not_override(override, rules())
    assert (refusal is None) == (words == "")
    assert words in (refusal.message if refusal else "")
