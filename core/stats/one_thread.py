"""Linear algebra on one thread: on small matrices more threads wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

# The limit holds for the whole process and is lifted by whoever set it, so one at a time.
_LOCK = threading.RLock()


@contextmanager
def one_thread() -> Iterator[None]:
    """No second thread inside, and nobody else inside meanwhile."""
    with _LOCK, _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> ThreadpoolController:
    np.linalg.inv(np.eye(2))  # so that the library is there to be found
    return ThreadpoolController()
