"""The one place where the unexpected ends: a reference number for the person, details to the log."""

from __future__ import annotations

import logging
import secrets

from streamlit import config

from core.errors import BadInput, NotFound, Refused
from core.logs import log
from core.ui import states


def show_failure(failure: Exception) -> bool:
    """Show what a run, a callback or a fragment ended with; True: there is nothing else to show."""
    if isinstance(failure, NotFound):
        states.not_found()
    elif isinstance(failure, (Refused, BadInput)):
        states.refused(failure, is_whole_page=True)
    else:
        states.broken(record(failure))
    return True


def record(failure: Exception) -> str:
    """Put an unexpected failure into the log and give the reference that finds it there."""
    reference = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
    log("ui").error("unexpected failure", exc_info=failure, extra={"reference": reference})
    return reference


def keep_content_out_of_logs() -> None:
    """Stop Streamlit from printing failures: their messages can hold what people wrote."""
    config.set_option("logger.enableRich", False)
    printing = logging.getLogger("streamlit.error_util")
    if not any(isinstance(f, _NotUncaught) for f in printing.filters):
        printing.addFilter(_NotUncaught())


class _NotUncaught(logging.Filter):
    """Drops the record of a failure that ``show_failure`` logs itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """False for Streamlit's own report of an uncaught failure."""
        return not record.getMessage().startswith("Uncaught app execution")
