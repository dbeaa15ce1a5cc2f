"""A real release of the public report: its figures come out as counted independently of our reader."""

from __future__ import annotations

import json
import math
from pathlib import Path

import duckdb
import pytest

from core.cases.filter import CaseFilter
from core.desk.boot import OPERATOR, Desk
from core.desk.public_figures import public_view
from core.desk.reference_series import import_release
from core.risk.public_series import by_key
from core.storage.reference_series import ReleaseCount, figures_of
from tests.support.program import CommandLine
from tests.support.public_reports import EARLIER, write_report

NAME = "meta_enforcement_report_2024q2.csv"
# Another reader and another way to take numbers apart; none of our code is in it.
NUMBERS = """
SELECT metric, count(*), count(*) FILTER (value <> 'N/A'),
       round(sum(CASE WHEN value LIKE '%\\%' ESCAPE '\\'
                 THEN CAST(replace(value, '%', '') AS DECIMAL(18, 4)) * 10000
                 WHEN value <> 'N/A' THEN CAST(replace(value, ',', '') AS DECIMAL(18, 4))
                 ELSE 0 END))
FROM read_csv(?, all_varchar = true, header = true) GROUP BY metric ORDER BY metric
"""
SERIES = {
    "actioned": "Content Actioned",
    "appealed": "Content Appealed",
    "restored_with_appeal": "Content Restored with appeal",
    "restored_without_appeal": "Content Restored without appeal",
    "proactive": "Proactive rate",
    "prevalence_low": "Lowerbound Prevalence",
    "prevalence_high": "Upperbound Prevalence",
    "prevalence_limit": "UBP",
    "prevalence": "Prevalence",
}


@pytest.mark.fixtures
def test_every_row_of_the_real_release_is_a_figure(desk: Desk, examples: Path) -> None:
    result = import_release(desk, OPERATOR, examples / NAME)
    assert result.count == ReleaseCount(read=3_809, accepted=3_809, not_published=992)
    assert result.last_quarter == "2024Q2"
    assert result.notes == (
        "Without a figure for 2024Q2: Child Nudity & Sexual Exploitation (2021Q1)."
        " Check that the file is whole.",
    )
    assert import_release(desk, OPERATOR, examples / NAME).is_known


@pytest.mark.fixtures
@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_counts_and_sums_are_those_of_another_reader(desk: Desk, examples: Path) -> None:
    import_release(desk, OPERATOR, examples / NAME)
    with desk.store.read() as connection:
        ((_, figures),) = figures_of(connection)
    ours = {}
    for series, metric in SERIES.items():
        some = [f for f in figures if f.series == series]
        values = [f.low for f in some if f.low is not None]
        ours[metric] = (len(some), len(values), sum(values))
    found = duckdb.execute(NUMBERS, [str(examples / NAME)]).fetchall()
    assert ours == {row[0]: (row[1], row[2], int(row[3])) for row in found}
    assert ours["Content Actioned"][:2] == (725, 546)


@pytest.mark.fixtures
@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_single_figures_stand_where_they_were_published(desk: Desk, examples: Path) -> None:
    import_release(desk, OPERATOR, examples / NAME)
    view = public_view(desk, OPERATOR, CaseFilter(), "adult_nudity")
    shown = {key: one.figure.value for key, one in view.public.items()}
    assert shown["actioned", "2017Q4"] == 20_800_000
    assert shown["actioned", "2024Q2"] == 32_200_000
    assert shown["appealed", "2017Q4"] is None
    assert len({quarter for series, quarter in shown if series == "actioned"}) == 27
    spam = public_view(desk, OPERATOR, CaseFilter(platform=("facebook",)), "spam")
    assert spam.public["actioned", "2019Q4"].figure.value == 2_900_000_000
    fake = public_view(desk, OPERATOR, CaseFilter(), "fake_accounts")
    assert (fake.area and fake.area.platforms) == ("facebook",)
    assert fake.public["prevalence", "2024Q2"].figure.as_share == 0.04
    assert len(view.choices) == 15
    assert all(choice.abuse_type for choice in view.choices)


@pytest.mark.fixtures
@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_the_restored_share_is_that_of_another_reader(desk: Desk, examples: Path) -> None:
    import_release(desk, OPERATOR, examples / NAME)
    view = public_view(desk, OPERATOR, CaseFilter(platform=("instagram",)), "bullying_harassment")
    rows = duckdb.execute(
        "SELECT period, max(n) FILTER (metric = 'Content Restored with appeal')"
        " / max(n) FILTER (metric = 'Content Appealed') FROM (SELECT *,"
        " TRY_CAST(replace(value, ',', '') AS DOUBLE) AS n FROM read_csv(?, all_varchar = true))"
        " WHERE app = 'Instagram' AND policy_area = 'Bullying & Harassment' GROUP BY period",
        [str(examples / NAME)],
    ).fetchall()
    known = {period: share for period, share in rows if share is not None}
    assert len(known) == 18
    for period, share in known.items():
        # Without anything appealed there is no share, whatever was restored.
        expected = pytest.approx(share) if math.isfinite(share) else None
        assert view.restored_share(period) == expected


@pytest.mark.fixtures
@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_renamed_and_restated_release_meets_the_real_one(
    desk: Desk, examples: Path, tmp_path: Path
) -> None:
    import_release(desk, OPERATOR, examples / NAME)
    text = (examples / NAME).read_text("utf-8")
    assert text.count('2020Q3,"36,700,000"') == 1
    later = text.replace('2020Q3,"36,700,000"', '2020Q3,"36,600,000"')
    later = later.replace("Dangerous Orgs:", "Dangerous Organizations:")
    later += 'Facebook,Spam,Content Actioned,2024Q3,"348,800,000"\n'
    path = tmp_path / "later.csv"
    path.write_text(later, "utf-8")
    result = import_release(desk, OPERATOR, path)
    (change,) = result.restatements
    assert (change.after.quarter, change.before.value, change.after.value) == (
        "2020Q3",
        36_700_000,
        36_600_000,
    )
    with desk.store.read() as connection:
        parts = dict(figures_of(connection))
    sizes = sorted(len(by_key(figures)) for figures in parts.values())
    assert sizes == [3_809, 3_810]


def test_the_commands_bring_in_list_and_take_back(
    command_line: CommandLine, tmp_path: Path
) -> None:
    good = write_report(tmp_path / "good.csv", EARLIER)
    bad = write_report(tmp_path / "bad.csv", [*EARLIER[:2], ("X", *EARLIER[2][1:])])
    damaged = tmp_path / "damaged.csv"
    damaged.write_bytes(good.read_bytes()[:-12])

    brought = command_line.run("reference", "import", good, "--published", "2025-08-27", "--json")
    again = command_line.run("reference", "import", good)
    rejected = command_line.run("reference", "import", bad, "--json")
    refused = command_line.run("reference", "import", damaged)
    listed = command_line.run("reference", "list", "--json")
    undone = command_line.run("reference", "undo", "PR-0001")
    unknown = command_line.run("reference", "undo", "PR-0009")

    codes = [r.returncode for r in (brought, again, rejected, refused, listed, undone, unknown)]
    assert codes == [0, 0, 3, 2, 0, 0, 2]
    told = json.loads(brought.stdout)
    assert (told["release"], told["read"], told["accepted"], told["rejected"]) == (
        "PR-0001",
        6,
        6,
        0,
    )
    assert "nothing changed" in again.stdout
    assert json.loads(rejected.stdout)["rejects"][0]["field"] == "app"
    assert "damaged.csv, line 7" in refused.stderr
    assert [r["published_on"] for r in json.loads(listed.stdout)] == ["", "2025-08-27"]
