"""How each case was decided: outcome, reason of an overturn, and what the platform did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.demo.attributes import Attributes
from core.demo.draw import Flags, Floats, Ints, Rng, chance, matrix, one_row, table, zeros
from core.demo.setting import Setting
from core.taxonomy import taxonomy

ACCOUNT_FAMILIES = ("non_policy", "integrity")


@dataclass(eq=False, slots=True)
class Decisions:
    """Positions in the lists; ``second`` is the outcome after a reopening."""

    outcome: Ints
    second: Ints
    reason: Ints
    action: Ints
    csat: Ints  # 1 to 5


def decide(setting: Setting, rng: Rng, cases: Attributes, decided_at: Ints) -> Decisions:
    """Draw the decision of every case, with the planted gaps and the inconsistent pair."""
    rules, lists, n = setting.recipe.outcomes, setting.lists, len(cases)
    family = _families(setting)[cases.abuse]
    reviewed = chance(rng, _reviewed_share(setting)[cases.abuse], n)
    overturn = chance(rng, _overturn_share(setting, cases, decided_at), n)
    row = np.where(reviewed, np.where(overturn, 0, 1), 2)
    outcomes = table(matrix([rules.overturned, rules.kept, rules.not_reviewed], lists.outcomes))
    outcome = outcomes.draw(rng, row)
    second = np.where(
        reviewed & ~overturn,
        lists.outcomes.index("overturned_restored"),
        np.where(reviewed, outcome, lists.outcomes.index("action_changed")),
    )
    _plant_pair(setting, cases, outcome)
    reason = _reasons(setting, rng, cases, _is_overturn(setting)[outcome])
    action = _actions(setting, rng, family, outcome)
    stars = one_row(
        {str(i): w for i, w in enumerate(setting.recipe.csat)}, ("0", "1", "2", "3", "4")
    )
    return Decisions(outcome, second, reason, action, stars.draw(rng, zeros(n)) + 1)


def _families(setting: Setting) -> Ints:
    """1 for troubles of accounts, 0 for troubles of content, by abuse type."""
    t = taxonomy()
    return np.array(
        [int(t.family_of(a) in ACCOUNT_FAMILIES) for a in setting.lists.abuse_types], dtype=np.int64
    )


def _reviewed_share(setting: Setting) -> Floats:
    shares, t = setting.recipe.outcomes.reviewed_share, taxonomy()
    return np.array(
        [shares.get(t.family_of(a), shares["other"]) for a in setting.lists.abuse_types]
    )


def _overturn_share(setting: Setting, cases: Attributes, decided_at: Ints) -> Floats:
    """The usual share, more under the clauses with a gap, less once the gap was closed."""
    base, plants, lists = (
        setting.recipe.outcomes.overturn_share,
        setting.recipe.plants,
        setting.lists,
    )
    share = np.full(len(cases), base)
    share[cases.clause == lists.clauses.index(plants.gap_open.clause)] = base + plants.gap_plus
    closed = cases.clause == lists.clauses.index(plants.gap_closed.clause)
    after = closed & (decided_at >= setting.plants.gap_closed_at)
    share[closed] = base + plants.gap_plus
    share[after] *= plants.gap_closed.effect_ratio
    return share


def _is_overturn(setting: Setting) -> Flags:
    outcomes = taxonomy().outcomes
    return np.array([outcomes[o].is_set("is_overturn") for o in setting.lists.outcomes])


def _plant_pair(setting: Setting, cases: Attributes, outcome: Ints) -> None:
    names = ("upheld", "overturned_restored")
    for slot, name in zip(setting.plants.pair_slots, names, strict=True):
        outcome[cases.slot == slot] = setting.lists.outcomes.index(name)


def _reasons(setting: Setting, rng: Rng, cases: Attributes, overturned: Flags) -> Ints:
    rules, plants, lists = setting.recipe.outcomes, setting.recipe.plants, setting.lists
    gaps = [lists.clauses.index(g.clause) for g in (plants.gap_open, plants.gap_closed)]
    reasons = table(matrix([rules.reasons, rules.gap_reasons], lists.reasons))
    drawn = reasons.draw(rng, np.isin(cases.clause, gaps).astype(np.int64))
    return np.where(overturned, drawn, 0)


def _actions(setting: Setting, rng: Rng, family: Ints, outcome: Ints) -> Ints:
    """Reversals for what was restored, an action for what stands, nothing for the rest."""
    rules, lists, n = setting.recipe.actions, setting.lists, len(outcome)
    rows = [rules.reversed_content, rules.reversed_account, rules.content, rules.account]
    actions = table(matrix([*rows, {"none": 1.0}], lists.actions))
    name = np.array(lists.outcomes)[outcome]
    restored = np.isin(name, ("overturned_restored", "partially_overturned"))
    acted = np.isin(name, ("upheld", "overturned_removed", "action_changed"))
    acted &= ~(chance(rng, rules.kept_none_share, n) & (name == "upheld"))
    row = np.where(restored, family, np.where(acted, 2 + family, 4))
    return actions.draw(rng, row)
