"""Texts of a column become values of a field, or say which values would do."""

from __future__ import annotations

import pyarrow as pa
import pytest

from core.intake.mapping import FieldRule, StatusRule
from core.intake.values import fill_template, read_field, read_status


def read(field: str, text: str, **rule: object) -> tuple[str, bool]:
    """The value of one text, and whether it means nothing."""
    found = read_field(field, FieldRule.model_validate({"column": "x", **rule}), pa.array([text]))
    return found.values[0].as_py(), bool(found.wrong[0])


@pytest.mark.parametrize(
    ("field", "text", "rule", "expected"),
    [
        ("priority", "P1", {}, ("P1", False)),
        ("priority", "p1", {}, ("P1", False)),
        ("priority", "High", {"values": {"high": "P1"}}, ("P1", False)),
        ("priority", "weird", {"values": {"high": "P1"}}, ("", True)),
        ("priority", "weird", {"values": {"high": "P1"}, "otherwise": "unknown"}, ("", False)),
        ("priority", "weird", {"values": {"high": "P1"}, "otherwise": "P3"}, ("P3", False)),
        ("priority", "", {}, ("", False)),
        ("priority", "", {"values": {"": "P3"}}, ("P3", False)),
        ("market", "NA", {}, ("NA", False)),
        ("market", "Namibia", {}, ("NA", False)),
        ("market", "Atlantis", {}, ("", True)),
        ("abuse_type", "Fraud scams", {}, ("fraud_scams", False)),
        ("partner", "Daily  Example ", {}, ("Daily Example", False)),
        ("team", "G 1", {"values": {"G 1": "News"}}, ("News", False)),
        ("team", "G 2", {"values": {"G 1": "News"}}, ("G 2", False)),
        ("team", "G 2", {"values": {"G 1": "News"}, "otherwise": "reject"}, ("", True)),
        ("csat", "5.0", {}, ("5", False)),
        ("csat", "7", {}, ("", True)),
        ("legal_hold", "TRUE", {}, ("yes", False)),
        ("legal_hold", "no", {}, ("", False)),
        ("title", "=1+1", {}, ("=1+1", False)),
    ],
)
def test_a_text_reads_as_a_value_of_its_field(
    field: str, text: str, rule: dict[str, object], expected: tuple[str, bool]
) -> None:
    assert read(field, text, **rule) == expected


def test_an_unknown_state_is_told_with_the_known_ones() -> None:
    rule = StatusRule(column="s", values={"Open": "in_progress"})
    found = read_status(rule, pa.array(["Open", "Gone"]))
    assert found.values.to_pylist() == ["in_progress", ""]
    assert found.wrong.tolist() == [False, True]
    assert found.hint == "one of Open"


def test_a_template_drops_separators_beside_empty_places() -> None:
    columns = {"a": pa.array(["x", "", ""]), "b": pa.array(["", "y", ""])}
    filled = fill_template("{a} · {b}", columns.__getitem__, 3)
    assert filled.to_pylist() == ["x", "y", ""]
