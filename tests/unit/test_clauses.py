"""The clauses: every abuse type has some, and the versions of a clause follow on each other."""

from __future__ import annotations

import csv
from collections import defaultdict

from core.taxonomy import taxonomy
from core.taxonomy.rights import REFERENCE_DIR


def _versions() -> dict[str, list[dict[str, str]]]:
    with (REFERENCE_DIR / "clauses.csv").open(encoding="utf-8", newline="") as file:
        by_key: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in csv.DictReader(file):
            by_key[row["key"]].append(row)
    return by_key


def test_every_abuse_type_has_at_least_three_clauses() -> None:
    types = [versions[0]["abuse_type"] for versions in _versions().values()]
    assert set(types) == set(taxonomy().abuse_types)
    assert min(types.count(t) for t in set(types)) >= 3


def test_versions_follow_without_gap_and_only_the_last_is_open() -> None:
    for versions in _versions().values():
        assert [v["version"] for v in versions] == [f"{n}.0" for n in range(1, len(versions) + 1)]
        ends = [v["effective_to"] for v in versions]
        assert ends == [*[v["effective_from"] for v in versions[1:]], ""]


def test_several_clauses_have_changed_twice() -> None:
    assert sum(len(v) >= 3 for v in _versions().values()) >= 3
