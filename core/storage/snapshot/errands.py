"""One piece of work at a time beside the readers: what a page shows meanwhile is a little older."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.logs import log

log_ = log("snapshot")


class Errand:
    """Runs a job in a thread of its own; what comes while one is under way is not begun."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def begin(self, job: Callable[[], None]) -> None:
        """Start the job unless another one is under way."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=_run, args=(job,), daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Return when nothing is under way."""
        if self._thread is not None:
            self._thread.join()


def _run(job: Callable[[], None]) -> None:
    try:
        job()
    except Exception:  # a thread has nobody above it; the next page asks again
        log_.exception("counting in the background failed")
