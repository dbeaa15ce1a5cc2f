"""The three families of failure, by who can act: the person, the author of an input, or us.

Only what all rooms share stands here; a room raises these and does not invent its own families.
"""

from __future__ import annotations


class DeskError(Exception):
    """What every failure raised on purpose has in common: a sentence a person can read."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Refused(DeskError):
    """The desk works, but this person may not do this now; the message says why and who can."""


class NotFound(Refused):
    """A reference that is unknown or out of the person's scope: the two must look the same."""

    def __init__(self, what: str, ref: str) -> None:
        super().__init__(f"{what} {ref} was not found.", hint="Check the reference in the address.")


class Conflict(Refused):
    """Somebody else changed the same thing first; nothing was overwritten."""


class BadInput(DeskError):
    """An input cannot be used; ``at`` names the place (file, line, field) and ``hint`` the way out."""

    def __init__(self, message: str, *, at: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.at = at

    def __str__(self) -> str:
        place = f"{self.at}: " if self.at else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{advice}"


class Broken(DeskError):
    """Something of ours failed; the details belong in the log, a reference number on the screen."""
