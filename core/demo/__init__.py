"""The demo workspace: an invented world of partners, people and cases with planted truths.

Same number of cases, seed and day give the same bytes. Nothing here writes to a store.
"""

from __future__ import annotations

from core.demo.directory import SIGN_INS
from core.demo.world import DemoBatch, DemoWorld, generate

__all__ = ["SIGN_INS", "DemoBatch", "DemoWorld", "generate"]
