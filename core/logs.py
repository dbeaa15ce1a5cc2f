"""Structured logs: one JSON object per line, with codes, references and counts but never content.

What a person typed, the text of a case and secrets have no way in: an exception is logged as its
type and the places it passed through, without its message, unless the message is known to be ours.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import timedelta

from core.clock import EPOCH
from core.errors import DeskError

ROOT = "desk"
_PLAIN = frozenset(logging.makeLogRecord({}).__dict__)


class JsonLines(logging.Formatter):
    """A log record as one JSON object; extra fields of the call stand beside the event."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in one line."""
        line: dict[str, object] = {
            "at": (EPOCH + timedelta(seconds=record.created)).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= {k: v for k, v in record.__dict__.items() if k not in _PLAIN}
        if record.exc_info and record.exc_info[1] is not None:
            line |= describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def describe(error: BaseException) -> dict[str, object]:
    """What may be logged of an error: its type and its way through the code, not its values."""
    frames = traceback.extract_tb(error.__traceback__)
    described: dict[str, object] = {
        "error": type(error).__name__,
        "through": [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in frames[-12:]],
    }
    if error.__cause__ is not None and not isinstance(error, DeskError):
        described["cause"] = type(error.__cause__).__name__
    return described


def start_logging(level: str) -> None:
    """Send the desk's own log to standard error; calling it again only changes the level."""
    logger = logging.getLogger(ROOT)
    logger.setLevel(level.upper())
    logger.propagate = False
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)


def log(name: str) -> logging.Logger:
    """The logger of one room, below the desk's own."""
    return logging.getLogger(f"{ROOT}.{name}")
