"""The in-memory analytics copy of the cases: no titles, no texts, one version per reading."""

from __future__ import annotations

from core.storage.snapshot.snapshot import Reading, Snapshot

__all__ = ["Reading", "Snapshot"]
