"""The in-memory analytics copy of the cases: no titles, no texts, one version per reading."""

from __future__ import annotations

from core.storage.snapshot.reading import Reading
from core.storage.snapshot.snapshot import Snapshot

__all__ = ["Reading", "Snapshot"]
