"""When wrong passwords lock a sign-in and when a session has ended: pure, the time is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Attempts:
    """Wrong passwords in a row of one username, known or not, and the lock they led to."""

    failed: int = 0
    locked_until: datetime | None = None

    def is_locked(self, at: datetime) -> bool:
        """True before the end of the lock; the end itself is open again."""
        return self.locked_until is not None and at < self.locked_until

    def after_wrong(self, at: datetime, limit: int, lock_for: timedelta) -> Attempts:
        """One more wrong password; a wait that is over gives the full number of tries again."""
        if self.is_locked(at):
            return self
        failed = self.failed + 1
        return Attempts(0, at + lock_for) if failed >= limit else Attempts(failed)


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in as the store knows it."""

    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_revoked: bool
    is_active_user: bool

    def is_over(self, at: datetime, idle: timedelta) -> bool:
        """True once revoked, too old, too long unused, or when its user was disabled."""
        return (
            self.is_revoked
            or not self.is_active_user
            or at >= self.expires_at
            or at >= self.seen_at + idle
        )
