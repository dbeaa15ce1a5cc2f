"""The invented partners with accounts and other spellings, and the people of the team."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.cases.lines import ACCOUNT_LINES, ALIAS_LINES, PARTNER_LINES, PERSON_LINES
from core.demo.draw import Ints, Rng, chance, one_row, zeros
from core.demo.recipe import Names, Recipe
from core.frames import FrameShape
from core.taxonomy import taxonomy

DECLINING = 0  # the partner of the planted decline stands first
TEAMS = {"NORAM": "Americas North", "LATAM": "Americas South", "EMEA": "Europe", "APAC": "Asia"}
ZONES = {
    "NORAM": "America/New_York",
    "LATAM": "America/Sao_Paulo",
    "EMEA": "Europe/Berlin",
    "APAC": "Asia/Singapore",
}
SIGN_INS = {
    "lead": ("team_lead", "EMEA"),
    "analyst": ("analyst", "EMEA"),
    "partner.manager": ("partner_manager", "EMEA"),
    "liaison": ("policy_liaison", "EMEA"),
    "viewer": ("viewer", "EMEA"),
    "admin": ("admin", "EMEA"),
    "auditor": ("auditor", "EMEA"),
}
MORE_PEOPLE = {"analyst": 14, "senior_analyst": 4, "partner_manager": 3, "team_lead": 3}
SENIORS_AND_JUNIORS = ("analyst", "senior_analyst")


@dataclass(frozen=True, eq=False)
class Directory:
    """Frames of the declared shapes, and the same facts as positions for the generator."""

    partners: pd.DataFrame
    accounts: pd.DataFrame
    aliases: pd.DataFrame
    people: pd.DataFrame

    @property
    def alias_of(self) -> dict[str, str]:
        """One other spelling of each partner that has one."""
        return dict(zip(self.aliases["partner"], self.aliases["alias"], strict=True))

    def workers(self, region: str) -> list[str]:
        """Usernames of those who work cases of a region."""
        people = self.people
        works = people["role"].isin(SENIORS_AND_JUNIORS) & (people["team"] == TEAMS[region])
        return people.loc[works, "username"].tolist()


def partner_count(recipe: Recipe, cases: int) -> int:
    """How many partners a world of that many cases has, unless somebody says otherwise."""
    rules = recipe.partners
    return int(np.clip(cases // rules.cases_each, rules.least, rules.most))


def make_directory(recipe: Recipe, names: Names, rng: Rng, count: int) -> Directory:
    """So many partners, and all people."""
    rules = recipe.partners
    partners = _partners(recipe, names, rng, count)
    people = _people(names, rng)
    managers = people.loc[people["role"] == "partner_manager", "username"].tolist()
    partners["manager"] = _managers(partners, managers, rng)
    served = partners[partners["manager"] != ""].groupby("manager")["name"].agg("|".join)
    people["partners"] = people["username"].map(served).fillna("")
    return Directory(
        _framed(PARTNER_LINES, partners),
        _framed(ACCOUNT_LINES, _accounts(partners, rng)),
        _framed(ALIAS_LINES, _aliases(partners, rng, rules.alias_share)),
        _framed(PERSON_LINES, people),
    )


def _framed(shape: FrameShape, frame: pd.DataFrame) -> pd.DataFrame:
    return shape.check(frame[list(shape.columns)].astype(dict(shape.columns)))


def _partners(recipe: Recipe, names: Names, rng: Rng, count: int) -> pd.DataFrame:
    lists, rules = taxonomy(), recipe.partners
    categories, tiers = tuple(lists.partner_categories), tuple(lists.tiers)
    markets = tuple(recipe.markets)
    kind = one_row(rules.categories, categories).draw(rng, zeros(count))
    kind[: len(categories)] = np.arange(len(categories))  # each category occurs
    tier = one_row(rules.tiers, tiers).draw(rng, zeros(count))
    market = one_row(recipe.markets, markets).draw(rng, zeros(count))
    kind[DECLINING], tier[DECLINING], market[DECLINING] = 0, 0, markets.index("GB")
    at = [markets[i] for i in market]
    return pd.DataFrame(
        {
            "name": _unique_names(names, [categories[i] for i in kind], rng),
            "category": [categories[i] for i in kind],
            "tier": [tiers[i] for i in tier],
            "market": at,
            "language": [lists.markets[m]["language"] for m in at],
            "zone": [lists.markets[m]["zone"] for m in at],
        }
    )


def _unique_names(names: Names, categories: list[str], rng: Rng) -> list[str]:
    """A stem and the tail of a category; a number only when all combinations are used up."""
    stems = [names.stems[i] for i in rng.permutation(len(names.stems))]
    taken: dict[str, int] = {}
    found: dict[str, None] = {}  # in order
    for position, category in enumerate(categories):
        tails = names.tails[category]
        turn = taken.get(category, 0)
        taken[category] = turn + 1
        stem = stems[(position * 7 + turn) % len(stems)]
        name = f"{stem} {tails[turn % len(tails)]}"
        while name in found:
            turn += 1
            stem = stems[(position * 7 + turn) % len(stems)]
            more = turn // (len(stems) * len(tails))
            name = f"{stem} {tails[turn % len(tails)]}" + (f" {more + 1}" if more else "")
        found[name] = None
    return list(found)


def _managers(partners: pd.DataFrame, managers: list[str], rng: Rng) -> list[str]:
    """Strategic and managed partners have a manager; the demo sign-in serves fifteen of them."""
    others = [m for m in managers if m != "partner.manager"]
    managed = np.flatnonzero(partners["tier"].isin(["T1", "T2"]))
    names = [""] * len(partners)
    for position, row in enumerate(managed):
        names[row] = others[int(rng.integers(len(others)))]
        if position < 15:
            names[row] = "partner.manager"
    return names


def _accounts(partners: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    rows = []
    more = rng.random((len(partners), 3)) < np.array([0.95, 0.8, 0.3])
    for name, on in zip(partners["name"], more, strict=True):
        for platform, has in zip(taxonomy().platforms, on, strict=True):
            if has:
                rows.append((name, platform, f"@{slug(name)}.{platform[:2]}"))
    return pd.DataFrame(rows, columns=["partner", "platform", "handle"])


def _aliases(partners: pd.DataFrame, rng: Rng, share: float) -> pd.DataFrame:
    chosen = chance(rng, share, len(partners))
    suffixes = [" Ltd", " Group", " GmbH", " Media", " (official)"]
    named = partners["name"][chosen].tolist()
    return pd.DataFrame(
        {"partner": named, "alias": [n + suffixes[i % len(suffixes)] for i, n in enumerate(named)]}
    )


def _people(names: Names, rng: Rng) -> pd.DataFrame:
    rows = [(user, role, region) for user, (role, region) in SIGN_INS.items()]
    regions = tuple(TEAMS)
    for role, count in MORE_PEOPLE.items():
        rows += [("", role, regions[i % len(regions)]) for i in range(count)]
    given = [names.given[i] for i in rng.permutation(len(names.given))]
    family = [names.family[i] for i in rng.permutation(len(names.family))]
    called = [f"{given[i % len(given)]} {family[i % len(family)]}" for i in range(len(rows))]
    return pd.DataFrame(
        {
            "username": [
                user or slug(name).replace("-", ".")
                for (user, _, _), name in zip(rows, called, strict=True)
            ],
            "name": called,
            "role": [role for _, role, _ in rows],
            "team": [TEAMS[region] for _, _, region in rows],
            "zone": [ZONES[region] for _, _, region in rows],
        }
    )


def slug(name: str) -> str:
    """A name as it stands in handles and addresses."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def contact_addresses(partners: pd.DataFrame, names: Names, each: int) -> tuple[list[str], Ints]:
    """Invented contacts, ``each`` per partner, and the position of each partner's first one."""
    contacts = []
    for position, name in enumerate(partners["name"]):
        for turn in range(each):
            who = names.given[(position * each + turn * 11) % len(names.given)]
            contacts.append(f"{who.lower()}@{slug(name)}.example")
    return contacts, np.arange(len(partners), dtype=np.int64) * each
