"""How a column of moments is written is decided from all its values, or asked."""

from __future__ import annotations

import pyarrow as pa
import pytest

from core.intake.date_forms import Evidence, forms_of


def evidence(*values: str) -> Evidence:
    """What some values say, looked at one after the other."""
    found = Evidence()
    for value in values:
        found.add(pa.array([value]))
    return found


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (("3/4/2024", "13/4/2024"), "day"),
        (("3/4/2024", "4/13/2024"), "month"),
        (("3/4/2024", "5/6/2024"), "open"),
        (("13/4/2024", "4/13/2024"), "torn"),
        (("2024-04-03",), ""),
    ],
)
def test_one_value_beyond_twelve_decides_the_order_for_all(
    values: tuple[str, ...], order: str
) -> None:
    assert evidence(*values).order == order


@pytest.mark.parametrize(
    ("example", "form"),
    [
        ("29/2/2016 01:16", "%d/%m/%Y %H:%M"),
        ("3.4.24", "%d.%m.%y"),
        ("3/4/2024 1:05 PM", "%d/%m/%Y %I:%M %p"),
        ("3/4/2024 1:05:09PM", "%d/%m/%Y %I:%M:%S%p"),
        ("2024/4/3 10:00", "%Y/%m/%d %H:%M"),
        ("3-Feb-2016", "%d-%b-%Y"),
        ("3 February 2016", "%d %B %Y"),
        ("February 3, 2016", "%B %d, %Y"),
        ("2024-04-03T10:00:00Z", "iso"),
        ("2024-04-03", "iso"),
        ("1709288100", "epoch_s"),
        ("1709288100123", "epoch_ms"),
        ("45352.4375", "excel"),
        ("20240403", "%Y%m%d"),
    ],
)
def test_the_form_of_a_value_is_recognised(example: str, form: str) -> None:
    assert forms_of(example, "day") == (form,)


@pytest.mark.parametrize("text", ["soon", "12", "Case 3", "3/4", "10:00"])
def test_other_texts_have_no_form(text: str) -> None:
    assert forms_of(text, "day") == ()


def test_all_shapes_of_a_column_give_a_form() -> None:
    forms = evidence("13/4/2024", "13/4/2024 10:00").forms("day")
    assert forms == ("%d/%m/%Y", "%d/%m/%Y %H:%M")
