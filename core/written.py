"""What somebody writes into a field, as it is kept."""

from __future__ import annotations

from core.errors import BadInput


def usable_text(text: str, at: str, longest: int) -> str:
    """A text as it is kept; none at all and one that is too long are refused with their place."""
    kept = text.strip()
    if not kept:
        raise BadInput(f"The {at} is empty.", at=at, hint="write a sentence")
    if len(kept) > longest:
        raise BadInput(
            f"The {at} has {len(kept):,} characters.", at=at, hint=f"use at most {longest:,}"
        )
    return kept
