"""The one way in for whole cases, used by imports and by the demo workspace alike."""

from __future__ import annotations

from core.storage.admit.admission import Admission, AdmitCount

__all__ = ["Admission", "AdmitCount"]
