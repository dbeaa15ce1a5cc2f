"""What a list value is and what all lists together can answer; where they are read stands in files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a list, with what a screen needs to show it.

    ``extra`` holds the columns that only this list has, as text.
    """

    value: str
    label: str
    color: str
    description: str
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __getitem__(self, column: str) -> str:
        """The text of a column that only this list has."""
        return self.extra[column]

    def is_set(self, column: str) -> bool:
        """True when a yes/no column says yes."""
        return self.extra[column] == "yes"


Terms = Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All lists; each maps value to term in the order in which people see the values.

    A field is the name of its file in ``data/reference/taxonomy``.
    """

    channels: Terms
    source_types: Terms
    requester_kinds: Terms
    platforms: Terms
    surfaces: Terms
    abuse_families: Terms
    abuse_types: Terms
    enforcement_actions: Terms
    grounds: Terms
    automated_decisions: Terms
    outcomes: Terms
    overturn_reasons: Terms
    statuses: Terms
    priorities: Terms
    partner_categories: Terms
    tiers: Terms
    regions: Terms
    markets: Terms
    languages: Terms
    gap_types: Terms
    gap_responses: Terms
    gap_implementations: Terms
    gap_severities: Terms
    evidence_strengths: Terms
    roles: Terms
    framework_points: Terms
    framework_levels: Terms
    framework_verdicts: Terms
    restriction_levels: Terms
    event_kinds: Terms
    owners_of_time: Terms
    sla_verdicts: Terms
    clocks: Terms
    health_bands: Terms
    health_inputs: Terms
    retention_classes: Terms
    investigation_statuses: Terms
    hypothesis_states: Terms
    commitment_states: Terms
    contact_kinds: Terms
    policy_update_kinds: Terms
    policy_importances: Terms
    policy_version_kinds: Terms
    policy_version_reasons: Terms
    policy_weights: Terms

    def terms(self, name: str) -> Terms:
        """The list of that name; an unknown name is a programming error."""
        found: Terms = getattr(self, name)
        return found

    def label(self, name: str, value: str) -> str:
        """What to show for a stored value; a value that the list lacks is shown as it is."""
        term = self.terms(name).get(value)
        return term.label if term else value

    def family_of(self, abuse_type: str) -> str:
        """The family that an abuse type belongs to."""
        return self.abuse_types[abuse_type]["family"]

    def types_of(self, family: str) -> tuple[str, ...]:
        """The abuse types of a family."""
        return _where(self.abuse_types, "family", family)

    def owner_of(self, status: str) -> str:
        """Who owns the time that a case spends in a status."""
        return self.statuses[status]["owner"]

    def open_statuses(self) -> tuple[str, ...]:
        """Statuses of cases that are not finished."""
        return _where(self.statuses, "is_open", "yes")

    def waiting_statuses(self) -> tuple[str, ...]:
        """Open statuses in which somebody else has to act."""
        return _where(self.statuses, "is_waiting", "yes")

    def region_of(self, market: str) -> str:
        """The region that a market belongs to."""
        return self.markets[market]["region"]

    def markets_of(self, region: str) -> tuple[str, ...]:
        """The markets of a region."""
        return _where(self.markets, "region", region)

    def surfaces_of(self, platform: str) -> tuple[str, ...]:
        """The surfaces that a platform has."""
        return tuple(v for v, t in self.surfaces.items() if platform in t["platforms"].split())

    def harm_weight(self, priority: str) -> float:
        """How much harm weighs in the order of the queue for a priority."""
        return float(self.priorities[priority]["harm_weight"])

    def off_channel(self) -> tuple[str, ...]:
        """Channels outside the counted ways in, e.g. a private message to a partner manager."""
        return _where(self.channels, "off_channel", "yes")

    def levels_of(self, point: str) -> tuple[str, ...]:
        """The levels of a framework point, least first."""
        return tuple(t["level"] for t in self.framework_levels.values() if t["point"] == point)


def _where(terms: Terms, column: str, text: str) -> tuple[str, ...]:
    return tuple(value for value, term in terms.items() if term[column] == text)
