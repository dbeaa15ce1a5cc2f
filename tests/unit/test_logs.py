"""Logs tell where something failed and never what was in it."""

from __future__ import annotations

import json
import logging
import sys

from core.logs import JsonLines


def logged(message: str, **extra: object) -> dict[str, object]:
    """One call to the log, as the line that is written."""
    record = logging.makeLogRecord({"msg": message, "levelname": "INFO", **extra})
    line: dict[str, object] = json.loads(JsonLines().format(record))
    return line


def test_a_line_is_one_object_with_the_event_and_its_fields() -> None:
    line = logged("import done", batch="B-0001", read=12)

    assert (line["event"], line["batch"], line["read"]) == ("import done", "B-0001", 12)
    assert str(line["at"]).endswith("+00:00")


def test_an_error_is_logged_by_type_and_place_without_its_words() -> None:
    try:
        int("a secret title")
    except ValueError:
        line = logged("failed", exc_info=sys.exc_info())

    assert line["error"] == "ValueError"
    assert "test_logs" in str(line["through"])
    assert "secret" not in json.dumps(line)
