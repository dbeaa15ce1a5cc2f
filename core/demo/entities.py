"""Linkable things that cases mention: accounts of partners, addresses of posts, media hashes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.cases.lines import ENTITY_LINES
from core.demo.attributes import Attributes
from core.demo.columns import bank, column, numbered, series
from core.demo.directory import Directory
from core.demo.draw import Ints, Rng, chance
from core.demo.setting import NO_PARTNER

ACCOUNT_SHARE, URL_SHARE, HASH_SHARE = 0.3, 0.25, 0.08
CASES_PER_URL, CASES_PER_HASH = 8, 30


def entity_lines(
    directory: Directory, rng: Rng, cases: Attributes, keys: Ints, total: int
) -> pd.DataFrame:
    """At most one account, one address and one media hash per case."""
    n = len(cases)
    parts = [
        _accounts(directory, rng, cases, keys),
        _numbered(
            "url", "https://posts.example/p/",
            keys[chance(rng, URL_SHARE, n)], rng, total // CASES_PER_URL + 1,
        ),
        _numbered(
            "media_hash", "mh-", keys[chance(rng, HASH_SHARE, n)], rng, total // CASES_PER_HASH + 1
        ),
    ]  # fmt: skip
    frame = pd.concat(parts, ignore_index=True).sort_values("key", kind="stable", ignore_index=True)
    return ENTITY_LINES.check(frame)


def _accounts(directory: Directory, rng: Rng, cases: Attributes, keys: Ints) -> pd.DataFrame:
    """The first account of the partner."""
    handles = directory.accounts.drop_duplicates("partner").set_index("partner")["handle"]
    known = handles.reindex(directory.partners["name"]).fillna("").tolist()
    has = np.array([bool(h) for h in known])
    chosen = (cases.partner != NO_PARTNER) & chance(rng, ACCOUNT_SHARE, len(cases))
    chosen &= has[cases.partner]
    return pd.DataFrame(
        {
            "key": keys[chosen],
            "kind": column(bank(["account"]), np.zeros(int(chosen.sum()), dtype=np.int64)),
            "value": column(bank(known), cases.partner[chosen]),
        }
    )


def _numbered(kind: str, prefix: str, keys: Ints, rng: Rng, space: int) -> pd.DataFrame:
    """Things from a space small enough that several cases mention the same one."""
    return pd.DataFrame(
        {
            "key": keys,
            "kind": column(bank([kind]), np.zeros(len(keys), dtype=np.int64)),
            "value": series(numbered(prefix, rng.integers(0, space, len(keys)), 7)),
        }
    )
