"""The desk's own table: whole, monotone, in the vocabulary; every planted fault is told its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import BadInput, NotFound
from core.risk.framework_files import (
    current_table,
    inspect_table,
    read_table,
    read_tables,
    table_of,
)
from core.risk.framework_ranges import flip_shares, row_counts
from core.taxonomy import taxonomy
from tests.unit.risk.framework_builders import copied_versions, publish

TABLE = current_table()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied_versions(tmp_path)


def spoil(folder: Path, old: str, new: str, *, name: str = "1.0.csv") -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def faults(folder: Path, check: str) -> list[tuple[str, str]]:
    found = next(c for c in inspect_table("1.0", folder).checks if c.key == check)
    return [(fault.at, fault.message) for fault in found.faults]


def test_every_published_version_passes_every_check() -> None:
    inspections = [inspect_table(version) for version in read_tables()]
    assert [fault for inspection in inspections for fault in inspection.faults] == []
    assert all(inspection.checks[-1].count == 1 for inspection in inspections)


def test_the_table_has_a_row_for_each_of_192_combinations() -> None:
    assert len(TABLE.cells) == 4 * 4 * 3 * 4 == 192


def test_few_rows_convene() -> None:
    counts = row_counts(TABLE)
    assert counts == {"track": 37, "review": 64, "investigate": 81, "convene": 10}
    assert counts["convene"] / len(TABLE.cells) <= TABLE.top_verdict_max_share


def test_every_point_decides_something() -> None:
    assert all(flips.flip_count > 0 for flips in flip_shares(TABLE).values())


def test_points_levels_and_verdicts_are_those_of_the_vocabulary() -> None:
    lists = taxonomy()
    assert [point.key for point in TABLE.all_points] == list(lists.framework_points)
    assert {p.key: p.keys for p in TABLE.all_points} == {
        key: lists.levels_of(key) for key in lists.framework_points
    }
    assert [verdict.key for verdict in TABLE.verdicts] == list(lists.framework_verdicts)
    beside = [key for key, term in lists.framework_points.items() if term["use"] == "beside"]
    assert [point.key for point in TABLE.beside] == beside


def test_a_missing_row_is_named(folder: Path) -> None:
    spoil(folder, "severe,growing,wide,minor,investigate\n", "")
    assert faults(folder, "complete") == [
        ("1.0.csv", "severe × growing × wide × minor has no row"),
    ]


def test_a_duplicate_row_is_told_both_lines(folder: Path) -> None:
    row = "low,isolated,limited,general,track\n"
    spoil(folder, row, row + row)
    assert faults(folder, "no_duplicate") == [
        ("1.0.csv, line 3", "low × isolated × limited × general stands already in line 2"),
    ]


def test_a_fall_is_told_with_both_rows(folder: Path) -> None:
    spoil(
        folder, "imminent,coordinated,wide,minor,convene", "imminent,coordinated,wide,minor,track"
    )
    found = faults(folder, "monotone")
    assert [at for at, _ in found] == ["1.0.csv, line 193"] * 4
    assert found[0][1] == (
        "imminent × coordinated × wide × minor gives track, "
        "but with harm severe (line 145) it is convene"
    )
    assert faults(folder, "logic") == [
        ("1.0.csv, line 193", "The row says track, the logic says convene"),
    ]


def test_an_unknown_level_is_told_line_column_and_choice(folder: Path) -> None:
    spoil(folder, "low,isolated,limited,minor,track", "hgih,isolated,limited,minor,track")
    assert faults(folder, "known_words") == [
        (
            "1.0.csv, line 5, harm",
            "Level 'hgih' is unknown; one of low, material, severe, imminent",
        ),
    ]
    assert len(faults(folder, "complete")) == 1


def test_an_unknown_verdict_is_told_line_and_choice(folder: Path) -> None:
    spoil(folder, "low,isolated,limited,minor,track", "low,isolated,limited,minor,ignore")
    assert faults(folder, "known_words") == [
        (
            "1.0.csv, line 5, verdict",
            "Verdict 'ignore' is unknown; one of track, review, investigate, convene",
        ),
    ]


def test_too_many_rows_with_the_highest_verdict_are_told(folder: Path) -> None:
    path = folder / "1.0.csv"
    text = path.read_text(encoding="utf-8").replace("investigate", "convene")
    path.write_text(text, encoding="utf-8")
    assert faults(folder, "top_share") == [
        ("1.0.csv", "91 of 192 rows give convene; at most 6.0% may"),
    ]


def test_a_table_with_faults_is_refused_with_all_of_them(folder: Path) -> None:
    spoil(folder, "low,isolated,limited,minor,track\n", "")
    spoil(folder, "low,isolated,limited,general,track", "low,isolated,narrow,general,track")
    with pytest.raises(
        BadInput, match=r"line 2, reach: Level 'narrow'.*minor has no row"
    ) as caught:
        read_table("1.0", folder)
    assert caught.value.at == "framework 1.0"


def test_a_long_list_of_faults_is_cut_and_counted(folder: Path) -> None:
    (folder / "1.0.csv").write_text("harm,spread,reach,vulnerability,verdict\n", encoding="utf-8")
    with pytest.raises(BadInput, match="and 172 more"):
        read_table("1.0", folder)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("harm,reach,spread,vulnerability,verdict\n", "1.0.csv, line 1"),
        ("", "1.0.csv, line 1"),
        ("harm,spread,reach,vulnerability,verdict\nlow,isolated,track\n", "1.0.csv, line 2"),
    ],
)
def test_a_file_of_another_form_is_refused_at_its_line(folder: Path, text: str, place: str) -> None:
    (folder / "1.0.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        inspect_table("1.0", folder)
    assert caught.value.at == place


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("prefix: CR\n", "", "prefix: Field required"),
        ('version: "1.0"', 'version: "1.1"', "says it is version 1.1"),
        ("{key: severe, code: S", "{key: severe, code: L", "codes of harm"),
        ("{key: severe, code: S", "{key: severe, code: X", "X is taken"),
        ("key: reach\n    code: R", "key: reach\n    code: H", "codes of the points"),
        ("  propose_gap: Propose a policy gap with these cases as its evidence.\n", "", "sentence"),
        ("at_least: {harm: severe}", "at_least: {harm: huge}", "rule 11 names .* harm: huge"),
        (
            "{verdict: review, at_least: {harm: severe}",
            "{verdict: rest, at_least: {harm: severe}",
            "rest",
        ),
        ("name: Community risk", "name: [", "not YAML"),
    ],
)
def test_a_faulty_definition_is_refused_with_its_place(
    folder: Path, old: str, new: str, told: str
) -> None:
    spoil(folder, old, new, name="1.0.yaml")
    with pytest.raises(BadInput, match=told) as caught:
        inspect_table("1.0", folder)
    assert caught.value.at == "1.0.yaml"


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    (folder / "1.0.csv").write_bytes("härm".encode("latin-1"))
    with pytest.raises(BadInput, match="not UTF-8") as caught:
        inspect_table("1.0", folder)
    assert caught.value.at == "1.0.csv"


@pytest.mark.parametrize("text", ["name\n1.0\n", "version,sha256,published_on\nfirst,00,\n"])
def test_a_list_of_versions_that_cannot_be_read_is_refused(folder: Path, text: str) -> None:
    (folder / "published.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="cannot be read"):
        read_tables(folder)


def test_a_version_without_files_is_refused_and_an_unpublished_one_not_found(folder: Path) -> None:
    with pytest.raises(BadInput, match="missing"):
        read_table("7.0", folder)
    with pytest.raises(NotFound):
        table_of("7.0")
    assert table_of("1.0") == TABLE


def test_a_published_version_that_was_edited_is_refused(folder: Path) -> None:
    publish(folder, "1.0")
    assert read_table("1.0", folder).content_hash == TABLE.content_hash
    spoil(folder, "name: Community risk", "name: Community risks", name="1.0.yaml")
    with pytest.raises(BadInput, match=r"published was .* copy it to the next version"):
        read_table("1.0", folder)


def test_line_ends_comments_and_the_order_of_rows_do_not_change_the_hash(folder: Path) -> None:
    head, *rows = (folder / "1.0.csv").read_text(encoding="utf-8").splitlines()
    (folder / "1.0.csv").write_bytes("\r\n".join([head, *reversed(rows), ""]).encode())
    definition = (folder / "1.0.yaml").read_text(encoding="utf-8")
    (folder / "1.0.yaml").write_text(f"# Another remark\n{definition}", encoding="utf-8")
    again = read_table("1.0", folder)
    assert (again.content_hash, again.cells) == (TABLE.content_hash, TABLE.cells)


def test_versions_are_ordered_by_number_and_the_newest_is_current(folder: Path) -> None:
    for version in ("1.10", "1.9"):
        for kind in ("csv", "yaml"):
            text = (folder / f"1.0.{kind}").read_text(encoding="utf-8")
            text = text.replace('version: "1.0"', f'version: "{version}"')
            (folder / f"{version}.{kind}").write_text(text, encoding="utf-8")
    for version in ("1.10", "1.0", "1.9"):
        publish(folder, version)
    assert list(read_tables(folder)) == ["1.0", "1.9", "1.10"]
    assert current_table(folder).version == "1.10"


def test_a_folder_without_a_published_version_says_so(folder: Path) -> None:
    with pytest.raises(BadInput, match="No version is published"):
        current_table(folder)
