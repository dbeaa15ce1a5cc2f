"""Work beside the readers, in threads of its own: what a page shows meanwhile is a little older."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.logs import log

log_ = log("snapshot")


def beside(job: Callable[[], None], failed: str) -> threading.Thread:
    """Run a job in a thread of its own; its failure is logged, and whoever comes next asks again."""

    def run() -> None:
        try:
            job()
        except Exception:  # the one catch-all of threads: they have nobody above them
            log_.exception(failed)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


class Errand:
    """Runs a job in a thread of its own; what comes while one is under way is not begun."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def begin(self, job: Callable[[], None]) -> None:
        """Start the job unless another one is under way."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = beside(job, "counting in the background failed")

    def wait(self) -> None:
        """Return when nothing is under way."""
        if self._thread is not None:
            self._thread.join()
