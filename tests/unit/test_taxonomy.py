"""The lists against the vocabulary: nothing missing, nothing extra, everything can be shown."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from core.errors import BadInput
from core.taxonomy import Taxonomy, taxonomy
from core.taxonomy.files import TAXONOMY_DIR, read_terms

VOCABULARY = {
    "channels": """partner_portal partner_email partner_manager trusted_partner_channel press_office
        legal_intake regulator executive_referral chat phone in_app_support user_appeal
        proactive_detection social_listening other_internal_team""",
    "source_types": "article_16_notice trusted_flagger own_voluntary_initiative other_notification",
    "requester_kinds": "partner press user government ngo internal",
    "platforms": "facebook instagram threads",
    "abuse_types": """coordinating_harm dangerous_organizations fraud_scams restricted_goods
        violence_incitement adult_sexual_exploitation bullying_harassment child_safety
        human_exploitation suicide_self_injury adult_nudity sexual_solicitation hateful_conduct
        privacy_violations violent_graphic account_integrity identity_misrepresentation
        cybersecurity inauthentic_behavior memorialization misinformation spam third_party_ip
        platform_ip protection_of_minors locally_illegal user_requests account_compromise
        partner_impersonation access_loss monetisation_dispute verification rights_match_dispute
        distribution_question fact_check_dispute product_bug ad_account_restriction""",
    "enforcement_actions": """none content_removed access_disabled geo_restricted age_restricted
        warning_screen fact_check_label demoted interaction_restricted recommendation_ineligible
        strike_applied feature_limited monetisation_suspended monetisation_terminated
        account_suspended account_disabled page_unpublished verification_removed content_restored
        label_removed strike_removed account_restored restriction_lifted""",
    "grounds": "illegal terms",
    "automated_decisions": "fully partly no",
    "outcomes": """upheld overturned_restored overturned_removed partially_overturned action_changed
        newsworthy_allowance no_violation not_actionable duplicate insufficient_information
        withdrawn referred""",
    "overturn_reasons": """wrong_clause context_missed satire_or_reporting translation_error
        automation_error mistaken_identity policy_ambiguous policy_changed new_information
        tooling_bug ownership_proved""",
    "statuses": """new triaged in_progress awaiting_requester awaiting_policy awaiting_product
        awaiting_legal awaiting_external resolved closed reopened merged cancelled""",
    "priorities": "P0 P1 P2 P3",
    "partner_categories": """news_publisher broadcaster wire_agency local_news magazine
        digital_native fact_checker public_service_media sports_league sports_club federation
        music_label music_distributor film_tv_studio streamer creator creator_network podcaster
        public_figure ngo event_organiser""",
    "tiers": "T1 T2 T3 T4",
    "regions": "NORAM LATAM EMEA APAC",
    "gap_types": """missing_rule ambiguous_rule outdated_rule wrong_scope conflicting_rules
        enforcement_gap classifier_gap tooling_gap process_gap training_gap translation_gap""",
    "gap_responses": "proposed assessing accepted_full accepted_part already_done declined deferred",
    "gap_implementations": """not_started in_progress shipped verified_closed claimed_unverified
        closed_not_implemented reopened""",
    "roles": """analyst senior_analyst team_lead partner_manager policy_liaison viewer admin
        auditor""",
    "framework_points": "harm spread reach vulnerability evidence policy_clarity",
    "framework_verdicts": "track review investigate convene",
    "restriction_levels": "open restricted sealed",
    "event_kinds": """received message_in reply question auto_reply note status assigned transferred
        priority tier requester_kind calendar decision attribute merged_in csat""",
    "owners_of_time": "us requester policy product legal external out_of_hours",
    "clocks": "frt nrt upd ttr_first ttr",
    "health_bands": "healthy watch at_risk not_enough_data",
}
SURFACES = {
    "facebook": """feed reels stories video live groups pages events marketplace comments messenger
        ads news_links profile""",
    "instagram": """feed reels stories live comments direct explore profile broadcast_channel
        ads""",
    "threads": "feed replies profile",
}
LEVELS = {
    "harm": "low material severe imminent",
    "spread": "isolated recurring growing coordinated",
    "reach": "limited regional wide",
    "vulnerability": "general public_figure_or_journalist at_risk_group minor",
    "evidence": "low medium high",
    "policy_clarity": "clear ambiguous absent",
}
LISTS = [f.name for f in fields(Taxonomy)]


@pytest.mark.parametrize("name", VOCABULARY)
def test_each_list_holds_exactly_the_words_of_the_vocabulary(name: str) -> None:
    assert list(taxonomy().terms(name)) == VOCABULARY[name].split()


@pytest.mark.parametrize("name", LISTS)
def test_every_value_can_be_shown(name: str) -> None:
    for term in taxonomy().terms(name).values():
        assert term.label
        assert term.description
        assert re.fullmatch(r"#[0-9a-f]{6}", term.color)
        assert _luminance(term.color) == pytest.approx(0.21, abs=0.1), "unreadable on one theme"


def test_every_list_has_a_file_and_a_source() -> None:
    sources = (TAXONOMY_DIR / "sources.yaml").read_text(encoding="utf-8")
    assert sorted(p.stem for p in TAXONOMY_DIR.glob("*.csv")) == sorted(LISTS)
    assert all(f"\n{name}:" in sources for name in LISTS)


@pytest.mark.parametrize("platform", SURFACES)
def test_each_platform_has_its_surfaces(platform: str) -> None:
    assert set(taxonomy().surfaces_of(platform)) == set(SURFACES[platform].split())


@pytest.mark.parametrize("point", LEVELS)
def test_each_framework_point_has_its_levels_in_order(point: str) -> None:
    assert taxonomy().levels_of(point) == tuple(LEVELS[point].split())


def test_there_are_249_markets_and_namibia_is_one() -> None:
    lists = taxonomy()
    assert len(lists.markets) == 249
    assert lists.markets["NA"].label == "Namibia"
    assert lists.region_of("NA") == "EMEA"
    assert all(re.fullmatch("[A-Z]{2}", market) for market in lists.markets)


@pytest.mark.parametrize(
    ("name", "column", "target"),
    [
        ("abuse_types", "family", "abuse_families"),
        ("statuses", "owner", "owners_of_time"),
        ("markets", "region", "regions"),
        ("markets", "language", "languages"),
        ("framework_levels", "point", "framework_points"),
    ],
)
def test_lists_refer_only_to_values_that_exist(name: str, column: str, target: str) -> None:
    lists = taxonomy()
    assert {term[column] for term in lists.terms(name).values()} <= set(lists.terms(target))


def test_every_waiting_status_belongs_to_the_one_it_waits_for() -> None:
    lists = taxonomy()
    for status in lists.waiting_statuses():
        assert lists.owner_of(status) == status.removeprefix("awaiting_")
    assert lists.owner_of("reopened") == "us"
    assert "resolved" not in lists.open_statuses()


def test_harm_weighs_more_the_higher_the_priority() -> None:
    weights = [taxonomy().harm_weight(p) for p in ("P0", "P1", "P2", "P3")]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 4


def test_a_list_with_a_repeated_value_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "tiers.csv"
    path.write_text("value,label,color,description\nT1,a,#000000,b\nT1,a,#000000,b\n", "utf-8")
    with pytest.raises(BadInput, match=r"tiers\.csv, line 3: 'T1' stands twice"):
        read_terms(path)


def test_an_unknown_value_is_shown_as_it_is() -> None:
    assert taxonomy().label("channels", "carrier_pigeon") == "carrier_pigeon"
    assert taxonomy().label("channels", "phone") == "Phone"


def _luminance(color: str) -> float:
    """Relative luminance; 0.11-0.31 keeps 3:1 against white and against the dark ground."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    line = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * line[0] + 0.7152 * line[1] + 0.0722 * line[2]
