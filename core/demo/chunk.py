"""One chunk of the world: attributes, timeline and decisions become case, event and entity lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from core.cases.lines import CASE_LINES
from core.demo.attributes import Attributes, draw_attributes
from core.demo.columns import bank, column, numbered, same, series
from core.demo.directory import Directory
from core.demo.draw import Flags, Floats, Ints, Rng, chance
from core.demo.entities import entity_lines
from core.demo.outcomes import Decisions, decide
from core.demo.people import Staff
from core.demo.plants import SLOT_PREFIX
from core.demo.recipe import names
from core.demo.setting import NO_PARTNER, Setting
from core.demo.story import Facts, Messages, Teller, Words, has_happened, make_words, tell
from core.demo.targets import ServiceBook, hours_of
from core.demo.texts import Writer, write_texts
from core.demo.timeline import WAITS, Timeline, make_timeline
from core.sla.model import ALWAYS_OPEN_KEY

SOURCE = "demo"
STATUS_WORDS = ("triaged", "in_progress", "awaiting_requester", "resolved", "closed", "reopened",
                "merged", "cancelled", "system", "abuse_type", "merged_in")  # fmt: skip
STARS = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, eq=False)
class Kit:
    """Everything that is the same for all chunks."""

    seed: int
    cases: int
    setting: Setting
    service: ServiceBook
    writer: Writer
    messages: Messages
    staff: Staff
    directory: Directory
    contacts: tuple[str, ...]
    first_contact: Ints

    @cached_property
    def words(self) -> Words:
        """The words that events say."""
        lists = self.setting.lists
        return make_words(
            {
                "words": STATUS_WORDS,
                "waits": WAITS,
                "users": self.staff.usernames,
                "teams": self.staff.teams,
                "priorities": lists.priorities,
                "tiers": lists.tiers,
                "kinds": lists.kinds,
                "calendars": lists.calendars,
                "abuse": lists.abuse_types,
                "outcomes": lists.outcomes,
                "stars": STARS,
            }
        )

    @cached_property
    def partner_names(self) -> pa.Array:
        """'' first, then the names, then another spelling of each."""
        known = self.directory.partners["name"].tolist()
        other = self.directory.alias_of
        return bank(["", *known, *(other.get(n, n) for n in known)])

    @cached_property
    def requesters(self) -> pa.Array:
        """Invented full names."""
        parts = names()
        return bank([f"{g} {f}" for g in parts.given for f in parts.family])

    @cached_property
    def teller(self) -> Teller:
        """All messages carry a text in small worlds, a share of them in large ones."""
        rules = self.setting.recipe.texts
        share = max(min(1.0, rules.full_up_to / self.cases), rules.least_share)
        return Teller(self.words, self.messages, self.setting.days.as_of, share)


def make_chunk(
    kit: Kit, rng: Rng, slots: Ints, day: Ints, plant: Ints
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Case, event and entity lines of the slots; keys follow the moments of receipt."""
    setting = kit.setting
    cases = draw_attributes(setting, rng, slots, day, plant)
    line = make_timeline(setting, rng, cases, hours_of(kit.service, setting, cases))
    made = decide(setting, rng, cases, np.minimum(line.at["decision"], setting.days.as_of))
    facts, final = _facts(kit, rng, cases, line, made)
    order = np.argsort(cases.received, kind="stable")
    keys = np.empty(len(slots), dtype=np.int64)
    keys[order] = slots[0] + 1 + np.arange(len(slots))
    events = tell(kit.teller, rng, line, facts, keys)
    known = final | _ends(setting, cases, line, made)
    lines = _case_lines(kit, rng, cases, keys, known)
    return (
        lines.iloc[order].reset_index(drop=True),
        events,
        entity_lines(kit.directory, rng, cases, keys, kit.cases),
    )


def _facts(
    kit: Kit, rng: Rng, cases: Attributes, line: Timeline, made: Decisions
) -> tuple[Facts, dict[str, pd.Series]]:
    setting, lists, base, n = kit.setting, kit.setting.lists, kit.words.base, len(cases)
    region = setting.market_region[cases.market]
    worker = kit.staff.assign(rng, region)
    desk = len(lists.regions) + rng.integers(0, len(kit.staff.teams) - len(lists.regions), n)
    up = chance(rng, 0.7, n) & (cases.priority > 0)
    priority = np.where(up, cases.priority - 1, np.minimum(cases.priority + 1, 3))
    tier = np.clip(cases.tier - 1, 1, len(lists.tiers) - 1)
    partner, press = lists.kinds.index("partner"), lists.kinds.index("press")
    kind = np.where(cases.kind == partner, press, partner)
    calendar = np.full(n, lists.calendars.index(ALWAYS_OPEN_KEY))
    facts = Facts(
        assignee=base["users"] + worker,
        new_team=base["teams"] + desk,
        priority=base["priorities"] + priority,
        tier=base["tiers"] + tier,
        kind=base["kinds"] + kind,
        calendar=base["calendars"] + calendar,
        abuse=base["abuse"] + cases.abuse,
        outcome=base["outcomes"] + made.outcome,
        second=base["outcomes"] + made.second,
        csat=base["stars"] + made.csat - 1,
        waits_for=base["waits"] + line.waits_for,
        merged_in=len(kit.words.strings) + np.cumsum(line.merged_from >= 0) - 1,
        merged=numbered(SLOT_PREFIX, cases.slot[line.merged_from[line.merged_from >= 0]], 8),
    )
    final = _final(kit, cases, line, (priority, tier, kind, desk, worker))
    return facts, final


def _final(
    kit: Kit, cases: Attributes, line: Timeline, changed: tuple[Ints, Ints, Ints, Ints, Ints]
) -> dict[str, pd.Series]:
    """Attributes that can change in the story, as they stand at its end."""
    lists = kit.setting.lists
    priority, tier, kind, desk, worker = changed
    region = kit.setting.market_region[cases.market]
    users, tiers = bank(["", *kit.staff.usernames]), bank(lists.tiers)
    return {
        "priority": column(
            bank(lists.priorities), np.where(line.has("priority"), priority, cases.priority)
        ),
        "tier": column(tiers, np.where(line.has("tier"), tier, cases.tier)),
        "requester_kind": column(
            bank(lists.kinds), np.where(line.has("requester_kind"), kind, cases.kind)
        ),
        "team": column(bank(kit.staff.teams), np.where(line.has("transferred"), desk, region)),
        "assignee": column(users, np.where(line.has("assigned"), worker + 1, 0)),
    }


def _case_lines(
    kit: Kit, rng: Rng, cases: Attributes, keys: Ints, known: dict[str, pd.Series]
) -> pd.DataFrame:
    lists, n = kit.setting.lists, len(cases)
    title, summary = write_texts(kit.writer, rng, cases)
    restriction, hold = _restriction(kit.setting, rng, cases)
    name, contact = _requesters(kit, rng, cases)
    frame = pd.DataFrame(
        {
            "key": keys,
            "source": same(SOURCE, n),
            "external_id": series(numbered(SLOT_PREFIX, cases.slot, 8)),
            "line": np.zeros(n, dtype=np.int64),
            "content_hash": _hashes(kit, cases.slot),
            "received_at": cases.received,
            **_written(kit, rng, cases),
            "calendar": column(bank(lists.calendars), kit.setting.market_calendar[cases.market]),
            **known,
            "restriction": restriction,
            "legal_hold": hold,
            "title": title,
            "summary": summary,
            "requester_name": name,
            "requester_contact": contact,
            "attributes": same("", n),
        }
    )
    return CASE_LINES.check(frame)


def _written(kit: Kit, rng: Rng, cases: Attributes) -> dict[str, pd.Series]:
    lists, n = kit.setting.lists, len(cases)
    count = len(kit.directory.partners)
    other = chance(rng, kit.setting.recipe.partners.alias_use_share, n)
    partner = np.where(cases.partner == NO_PARTNER, 0, cases.partner + 1 + other * count)
    return {
        "channel": column(bank(lists.channels), cases.channel),
        "source_type": column(bank(lists.source_types), cases.source_type),
        "platform": column(bank(lists.platforms), cases.platform),
        "surface": column(bank(lists.surfaces), cases.surface),
        "abuse_type": column(bank(lists.abuse_types), cases.abuse),
        "clause": column(bank(lists.clauses), cases.clause),
        "partner": column(kit.partner_names, partner),
        "market": column(bank(lists.markets), cases.market),
        "language": column(bank(lists.languages), cases.language),
        "first_priority": column(bank(lists.priorities), cases.priority),
        "first_tier": column(bank(lists.tiers), cases.tier),
        "first_requester_kind": column(bank(lists.kinds), cases.kind),
    }


def _ends(
    setting: Setting, cases: Attributes, line: Timeline, made: Decisions
) -> dict[str, pd.Series]:
    """Outcome and rating as far as they are known; '' and <NA> before that."""
    lists, as_of = setting.lists, setting.days.as_of
    decided, again = line.has("decision"), line.has("decision_again")
    outcome = np.where(again, made.second, made.outcome)
    rated = has_happened(line, "csat", as_of)
    csat = pd.array(made.csat, dtype="Int64")
    csat[~rated] = pd.NA
    return {
        "outcome": column(bank(["", *lists.outcomes]), np.where(decided, outcome + 1, 0)),
        "overturn_reason": column(bank(lists.reasons), np.where(decided, made.reason, 0)),
        "enforcement_action": column(
            bank(["", *lists.actions]), np.where(decided, made.action + 1, 0)
        ),
        "csat": pd.Series(csat),
    }


def _restriction(setting: Setting, rng: Rng, cases: Attributes) -> tuple[pd.Series, Flags]:
    rules, channels, n = setting.recipe.restriction, setting.lists.channels, len(cases)

    def share(weights: dict[str, float]) -> Floats:
        by_channel = np.array([weights.get(c, weights["other"]) for c in channels])
        return by_channel[cases.channel]

    restricted = chance(rng, share(rules.restricted), n)
    sealed = chance(rng, share(rules.sealed), n)
    level = np.where(sealed, 2, np.where(restricted, 1, 0))
    hold = sealed | chance(rng, rules.legal_hold_share, n)
    return column(bank(["open", "restricted", "sealed"]), level), hold


def _requesters(kit: Kit, rng: Rng, cases: Attributes) -> tuple[pd.Series, pd.Series]:
    """A partner's contacts are few and known; everybody else has an address of their own."""
    n = len(cases)
    who = rng.integers(0, len(kit.requesters), n)
    own = (cases.partner != NO_PARTNER) & (cases.kind == kit.setting.lists.kinds.index("partner"))
    contact = np.where(own, kit.first_contact[cases.partner] + rng.integers(0, 3, n), 0)
    theirs = column(bank(kit.contacts), contact)
    free = series(numbered("person", cases.slot, 8)) + "@example.net"
    return column(kit.requesters, who), free.where(~own, theirs)


def _hashes(kit: Kit, slots: Ints) -> pd.Series:
    """A case of this world says the same whenever it is made, so its place identifies what it says."""
    mark = f"{kit.seed:x}-{kit.cases:x}-{kit.setting.days.as_of:x}-"
    return series(numbered(mark, slots, 9))
