"""A document as a file: whole in itself, safe whatever stands in it, and links only where asked."""

from __future__ import annotations

import re

from core.cases.filter import CaseFilter
from core.reports.document import Claim, Column, Document, Line, Section, Strong, case_place
from core.reports.html import html_file, path_of

FILTER = CaseFilter(partner=("P-0001",), restriction=("open",))


def a_document(*lines: Line, title: str = "Nord") -> Document:
    return Document(title, "P-0001", (Section("say", "Say", lines, Column.LEFT),), ("Internal.",))


def test_words_of_people_never_become_markup() -> None:
    evil = '<script>alert(1)</script> & "<b>'
    file = html_file(a_document((evil, Strong(evil), Claim(evil, FILTER)), title=evil), "http://d")
    assert "<script" not in file
    assert file.count("&lt;script&gt;") == 5
    assert "<b>" not in file


def test_the_file_asks_no_other_host_and_runs_nothing() -> None:
    file = html_file(a_document((Claim("3 cases", FILTER),)))
    assert "://" not in file
    assert not re.search(r"<(script|link|img|iframe)", file)
    assert "@page" in file
    assert "3 cases" in file


def test_a_number_opens_its_cases_and_a_case_itself() -> None:
    claim = Claim("3 cases", FILTER)
    assert path_of(claim) == "queue?partner=P-0001&restriction=open"
    file = html_file(a_document((claim, case_place("E-000007"))), "http://desk.example/")
    assert 'href="http://desk.example/queue?partner=P-0001&amp;restriction=open"' in file
    assert 'href="http://desk.example/case?case=E-000007"' in file


def test_sections_stand_in_their_columns_and_in_order() -> None:
    sections = tuple(
        Section(key, key, (), column)
        for key, column in (("a", Column.LEFT), ("b", Column.RIGHT), ("c", Column.LEFT))
    )
    document = Document("T", "", sections, ())
    assert [s.key for s in document.of(Column.LEFT)] == ["a", "c"]
    file = html_file(document)
    assert file.index('class="a"') < file.index('class="c"') < file.index('class="b"')
