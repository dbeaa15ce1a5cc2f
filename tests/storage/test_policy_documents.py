"""Fetched versions are kept once, told apart, taken back, and the same again changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from core.access.model import Person
from core.audit.model import Draft
from core.desk.boot import OPERATOR, Desk
from core.desk.demo_policy import add_policy_documents
from core.desk.policy_documents import (
    PolicyImportResult,
    import_policy,
    list_policy_documents,
    list_policy_imports,
    policy_import_rejects,
    undo_policy_import,
)
from core.desk.policy_plan import Batch, Planner
from core.errors import BadInput, Conflict, NotFound, Refused
from core.intake.policy_texts import FetchedText
from core.policy.model import Edit, Kind, PolicyVersion
from core.policy.rules import policy_rules
from core.policy.twins import shown_once
from core.settings import Settings
from core.storage.backup import backup, restore
from core.storage.engine import open_store
from core.storage.policy_documents import (
    PolicyCount,
    policy_changes,
    policy_noise,
    policy_text,
    policy_version,
)
from core.storage.policy_versions import DocumentPlan, add_texts, write_document
from core.storage.schema import migrate
from core.storage.trail import audit_entries
from tests.support.policy_versions import (
    RULES,
    STRICTER,
    VERDICTS,
    VERSIONS,
    write_repository,
    write_tar,
    write_versions,
)
from tests.support.stores import sqlite_url

ANALYST = Person(username="ana", name="Ana", role="analyst")
LIAISON = Person(username="lia", name="Lia", role="policy_liaison")
COUNT = PolicyCount(read=7, first=1, noise=1, change=1, revert=2, rejected=1, duplicate=1)


def told(desk: Desk) -> list[PolicyVersion]:
    """Every kept version, the oldest first."""
    with desk.store.read() as connection:
        return list(reversed(policy_changes(connection, kinds=Kind, with_passages=True)))


def bring(desk: Desk, path: Path) -> PolicyImportResult:
    return import_policy(desk, LIAISON, path)


def is_whole(count: PolicyCount) -> bool:
    outcomes: dict[str, int] = asdict(count)
    return outcomes.pop("read") == sum(outcomes.values())


def test_every_version_of_a_folder_is_accounted_for(desk: Desk, tmp_path: Path) -> None:
    result = bring(desk, write_versions(tmp_path / "in"))
    assert (result.ref, result.count) == ("PD-0001", COUNT)
    assert is_whole(result.count)
    found = told(desk)
    assert tuple(version.kind.value for version in found) == VERDICTS
    assert {(v.service, v.platform, v.document) for v in found} == {
        ("Facebook", "facebook", "House Rules")
    }
    change = found[2]
    assert change.abuse_types == ("bullying_harassment",)
    assert change.clauses[0].clause == "BH-2"
    assert change.sections[0].passages[0].edit is Edit.CHANGED
    assert change.against == found[1].key


def test_the_same_input_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write_versions(tmp_path / "in")
    bring(desk, path)
    before, seq = told(desk), desk.store.seq()
    again = bring(desk, path)
    assert again.ref == ""
    assert again.count == PolicyCount(read=7, known=7)
    assert (told(desk), desk.store.seq()) == (before, seq)


def test_versions_that_come_between_are_told_as_if_all_had_come_at_once(
    desk: Desk, tmp_path: Path
) -> None:
    odd = {name: text for n, (name, text) in enumerate(VERSIONS.items()) if n % 2}
    even = {name: text for n, (name, text) in enumerate(VERSIONS.items()) if not n % 2}
    bring(desk, write_versions(tmp_path / "odd", odd))
    between = bring(desk, write_tar(tmp_path / "even.tar.gz", even))
    assert is_whole(between.count)
    apart = told(desk)
    undo_policy_import(desk, LIAISON, "PD-0001")
    undo_policy_import(desk, LIAISON, "PD-0002")
    assert told(desk) == []
    bring(desk, write_versions(tmp_path / "all"))
    assert told(desk) == apart
    assert tuple(version.kind.value for version in apart) == VERDICTS


def test_a_text_turns_out_to_be_cut_off_when_the_next_one_is_whole(
    desk: Desk, tmp_path: Path
) -> None:
    whole = RULES + "".join(f"\n* Rule {n} says what nobody may do.\n" for n in range(60))
    cut = whole[: int(len(whole) * 0.4)]
    bring(desk, write_versions(tmp_path / "a", {"2026-01-05.md": whole, "2026-01-06.md": cut}))
    assert [v.kind for v in told(desk)] == [Kind.FIRST, Kind.CHANGE]
    bring(desk, write_versions(tmp_path / "b", {"2026-01-07.md": whole + "\nThe end.\n"}))
    assert [v.kind for v in told(desk)] == [Kind.FIRST, Kind.REJECTED, Kind.CHANGE]


def test_an_import_is_taken_back_and_what_is_left_is_judged_anew(
    desk: Desk, tmp_path: Path
) -> None:
    first = {"2026-01-05.md": RULES, "2026-01-12.md": RULES}
    bring(desk, write_versions(tmp_path / "first", first))
    before = told(desk)
    bring(desk, write_versions(tmp_path / "second", {"2026-01-08.md": STRICTER}))
    assert [v.kind for v in told(desk)] == [Kind.FIRST, Kind.CHANGE, Kind.REVERT]
    assert told(desk)[1].taken_back_at == told(desk)[2].at
    assert undo_policy_import(desk, LIAISON, "PD-0002") == 1
    assert told(desk) == before
    with pytest.raises(Refused, match="taken back already"):
        undo_policy_import(desk, LIAISON, "PD-0002")
    with pytest.raises(NotFound):
        undo_policy_import(desk, LIAISON, "PD-0009")


def test_what_cannot_be_a_version_is_kept_with_its_reason(desk: Desk, tmp_path: Path) -> None:
    path = write_versions(tmp_path, {"2026-01-05.md": RULES, "2026-01-06.md": b"\0\1", "x.md": "x"})
    result = bring(desk, path)
    assert result.count == PolicyCount(read=3, first=1, rejected=2)
    rejects = policy_import_rejects(desk, ANALYST, result.ref)
    assert [reject.reason for reject in rejects] == ["binary", "no_date"]


def test_an_input_without_any_version_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(BadInput, match="No version"):
        bring(desk, tmp_path / "in")
    assert list_policy_imports(desk, ANALYST) == ()


def test_two_who_import_at_once_do_not_spoil_each_others_verdicts(
    desk: Desk, tmp_path: Path
) -> None:
    rules, batch = policy_rules(), Batch()
    batch.add(FetchedText("Facebook", "House Rules", desk.clock.now(), True, "late.md", RULES))
    ((document, incoming),) = batch.new.items()
    plan = Planner(desk, rules, (), batch.packed, lambda: None).plan(document, incoming)
    bring(desk, write_versions(tmp_path / "in"))
    before = told(desk)
    with pytest.raises(Conflict, match="just now"):
        write_late(desk, batch, plan)
    assert told(desk) == before


def write_late(desk: Desk, batch: Batch, plan: DocumentPlan) -> None:
    with desk.store.write(Draft("lia", "policy.import", "policy")) as write:
        add_texts(write, batch.packed)
        write_document(write, 1, plan)


def test_versions_of_one_day_in_a_folder_stand_as_they_follow_from_each_other(
    desk: Desk, tmp_path: Path
) -> None:
    further = STRICTER.replace("insults", "insults and lies")
    texts = {"2026-01-05.md": RULES, "2026-01-06_a.md": further, "2026-01-06_b.md": STRICTER}
    bring(desk, write_versions(tmp_path / "in", texts))
    assert [v.name for v in told(desk)] == ["2026-01-05.md", "2026-01-06_b.md", "2026-01-06_a.md"]


def test_only_those_who_may_write_policy_import_it(desk: Desk, tmp_path: Path) -> None:
    path = write_versions(tmp_path / "in")
    with pytest.raises(Refused):
        import_policy(desk, ANALYST, path)
    bring(desk, path)
    with pytest.raises(Refused):
        undo_policy_import(desk, ANALYST, "PD-0001")


def test_the_audit_says_who_imported_how_many(desk: Desk, tmp_path: Path) -> None:
    bring(desk, write_versions(tmp_path / "in"))
    with desk.store.read() as connection:
        (entry,) = audit_entries(connection, act="policy.import")
    assert (entry.actor, entry.subject) == ("lia", "PD-0001")
    assert entry.details == {"source": "folder", **asdict(COUNT)}


def test_the_text_of_a_version_is_given_back_as_it_came(desk: Desk, tmp_path: Path) -> None:
    bring(desk, write_versions(tmp_path / "in"))
    with desk.store.read() as connection:
        texts = [policy_text(connection, version.key) for version in told(desk)]
        assert texts == list(VERSIONS.values())
        assert policy_version(connection, told(desk)[2].key) == told(desk)[2]
        with pytest.raises(NotFound):
            policy_text(connection, "pv-none")


def test_changes_and_all_the_rest_are_read_apart(desk: Desk, tmp_path: Path) -> None:
    bring(desk, write_repository(tmp_path / "history"))
    with desk.store.read() as connection:
        changes, noise = policy_changes(connection), policy_noise(connection)
        late = policy_noise(connection, since=noise[2].at)
    assert Counter(v.kind.value for v in (*changes, *noise)) == Counter(VERDICTS)
    assert [section.passages for section in changes[0].sections] == [()]
    assert late == noise[:3]


def test_the_same_change_on_two_platforms_is_shown_once(desk: Desk) -> None:
    assert add_policy_documents(desk) == 13
    with desk.store.read() as connection:
        changes = policy_changes(connection)
    twins = [v for v in changes if v.also_on]
    assert [v.service for v in twins] == ["Instagram", "Facebook"]
    assert twins[0].also_on[0].key == twins[1].key
    assert len(shown_once(changes)) == len(changes) - 1
    assert [v.importance for v in changes].count("high") == 1


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_backup_holds_documents_and_versions(desk: Desk, tmp_path: Path) -> None:
    bring(desk, write_versions(tmp_path / "in"))
    backup(desk.store, tmp_path / "all.tar.gz", OPERATOR.username)
    (tmp_path / "other").mkdir()
    settings = Settings(database_url=sqlite_url(tmp_path / "other"), local_dir=tmp_path / "other")
    other = open_store(settings, desk.clock)
    migrate(other)
    restore(other, tmp_path / "all.tar.gz", OPERATOR.username)
    with other.read() as connection:
        assert list(reversed(policy_changes(connection, kinds=Kind, with_passages=True))) == told(
            desk
        )
    other.close()


def test_documents_are_listed_with_their_counts(desk: Desk, tmp_path: Path) -> None:
    bring(desk, write_versions(tmp_path / "in"))
    (document,) = list_policy_documents(desk, ANALYST)
    assert (document.service, document.name) == ("Facebook", "House Rules")
    assert (document.versions, document.changes) == (7, 1)
