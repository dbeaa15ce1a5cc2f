"""The directory goes out and comes in as a file, line by line and as a whole."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from core.desk.boot import Desk
from core.desk.directory import (
    add_spelling,
    create_partner,
    details_view,
    edit_partner,
)
from core.desk.directory_csv import export_directory, import_directory, preview_directory
from core.desk.partner_merges import MergeAsk, merge_partners
from core.errors import BadInput, Conflict, Refused
from core.partners.directory_lines import COLUMNS
from core.partners.directory_rules import Facts
from tests.storage.builders import Door
from tests.support.partner_directory import (
    LEAD,
    VIEWER,
    an_edit,
    entry_count,
    facts,
    last_entry,
    signed_in,
)

DAY = timedelta(days=1)


# Files


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def as_file(lines: list[dict[str, str]]) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    return file.getvalue().encode()


def test_an_exported_file_read_back_changes_nothing(desk: Desk, filled: Door) -> None:
    for name in ("=cmd|' /C calc'!A1", "@home", "'=odd", "-1 | +2", 'Quote "x", GmbH'):
        made = create_partner(desk, LEAD, Facts(name, tier="T4"))
        add_spelling(desk, LEAD, made.ref, f"+{name} | two")
    out = export_directory(desk, LEAD)
    assert (out.count, last_entry(desk).act) == (8, "partner.export")
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for row in cells(out.text) for cell in row.values()
    )
    written = out.text.encode("utf-8-sig")
    plan = preview_directory(desk, LEAD, written, "p.csv")
    assert plan.counts == {"created": 0, "changed": 0, "unchanged": 8, "rejected": 0}
    with pytest.raises(Refused, match="nothing to bring in"):
        import_directory(desk, LEAD, written, "p.csv", plan.mark)


def test_an_export_keeps_to_the_scope(desk: Desk, filled: Door) -> None:
    out = export_directory(desk, signed_in(desk, "pia"))
    assert [row["ref"] for row in cells(out.text)] == ["P-0001"]
    assert tuple(cells(out.text)[0]) == COLUMNS
    with pytest.raises(Refused, match="role"):
        export_directory(desk, VIEWER)


def test_a_file_is_previewed_line_by_line_and_brought_in_as_a_whole(
    desk: Desk, filled: Door
) -> None:
    lines = cells(export_directory(desk, LEAD).text)
    lines[0] |= {"tier": "T3", "managers": "pia | paul"}
    lines[1] |= {"tier": "T9"}
    new = dict.fromkeys(COLUMNS, "") | {"name": "Kleine Welle", "accounts": "threads:@welle"}
    content = as_file([*lines, new, new | {"name": "Neu", "spellings": "kleine  WELLE"}])
    plan = preview_directory(desk, LEAD, content, "p.csv")
    assert [line.state for line in plan.lines] == [
        *("changed", "rejected", "unchanged", "created", "rejected"),
    ]
    assert plan.lines[0].changes == (
        ("tier", "T2 managed", "T3 scaled"),
        ("managers", "pavel", "paul, pia"),
    )
    (tier, taken) = (line.fault for line in plan.lines if line.fault)
    assert isinstance(tier, BadInput)
    assert tier.at == "p.csv, line 3, tier"
    assert tier.hint
    assert "line 5" in taken.message
    before = entry_count(desk)
    done = import_directory(desk, LEAD, content, "p.csv", plan.mark)
    assert done.counts == plan.counts
    assert entry_count(desk) == before + 1
    assert facts(desk, "P-0003").tier == "T3"
    assert signed_in(desk, "paul").partner_ids == {2, 3}
    made = details_view(desk, LEAD, "P-0004")
    assert (made.entry.facts.name, made.accounts[0].handle) == ("Kleine Welle", "@welle")


def test_an_empty_cell_leaves_what_stands_and_a_dash_empties_it(desk: Desk, filled: Door) -> None:
    text = "ref,market,zone,managers,accounts,tier\nP-0001,,-,,-,\n"
    (line,) = preview_directory(desk, LEAD, text.encode(), "p.csv").lines
    assert [change[0] for change in line.changes] == ["zone", "accounts"]
    import_directory(desk, LEAD, text.encode(), "p.csv")
    view = details_view(desk, LEAD, "P-0001")
    assert (view.entry.facts.market, view.entry.facts.zone) == ("DE", "")
    assert (view.accounts, [each.username for each in view.managers]) == ((), ["pia"])


def test_a_file_is_not_brought_in_other_than_previewed(desk: Desk, filled: Door) -> None:
    lines = cells(export_directory(desk, LEAD).text)
    lines[0]["tier"] = "T3"
    plan = preview_directory(desk, LEAD, as_file(lines), "p.csv")
    edit_partner(desk, LEAD, an_edit(desk, "P-0003", tier="T1"))
    with pytest.raises(Conflict, match="since the preview"):
        import_directory(desk, LEAD, as_file(lines), "p.csv", plan.mark)
    (stale,) = (
        line for line in preview_directory(desk, LEAD, as_file(lines), "p.csv").lines if line.fault
    )
    assert stale.fault is not None
    assert "since this file was written" in stale.fault.message


def test_a_line_of_a_merged_partner_says_where_it_went(desk: Desk, filled: Door) -> None:
    merge_partners(desk, LEAD, MergeAsk("P-0002", "P-0001"))
    text = b"ref,tier\nP-0002,T1\n"
    for username, words in (("pia", "merged into P-0001"), ("pavel", "P-0002 was not found")):
        (line,) = preview_directory(desk, signed_in(desk, username), text, "p.csv").lines
        assert line.fault is not None
        assert words in line.fault.message


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (b"ref,colour\nP-0001,red\n", "p.csv, line 1"),
        (b"tier\nT1\n", "p.csv, line 1"),
        (b"name,name\nA,B\n", "p.csv, line 1"),
        (b"name\nA,B\n", "p.csv, line 2"),
        (b"name\n\xff\xfe\n", "p.csv, byte 6"),
        (b'name\n"A\n', "p.csv, line 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(
    desk: Desk, filled: Door, text: bytes, at: str
) -> None:
    with pytest.raises(BadInput) as refused:
        preview_directory(desk, LEAD, text, "p.csv")
    assert refused.value.at == at


def test_a_partner_manager_brings_in_own_partners_only(desk: Desk, filled: Door) -> None:
    pia = signed_in(desk, "pia")
    text = "ref;name;tier\nP-0003;Liga Azul;T1\n;Liga Azul;T1\nP-0099;;T1\n;Meine Welle;T3\n"
    plan = preview_directory(desk, pia, text.encode(), "p.csv")
    assert [line.state for line in plan.lines] == ["rejected", "rejected", "rejected", "created"]
    told = [line.fault.message.replace("P-0003", "REF") for line in plan.lines if line.fault]
    assert told[0] == told[2].replace("P-0099", "REF")
    import_directory(desk, pia, text.encode(), "p.csv", plan.mark)
    assert signed_in(desk, "pia").partner_ids == {1, 4}
    assert facts(desk, "P-0003").tier == "T2"
