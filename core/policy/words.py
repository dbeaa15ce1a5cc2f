"""What the codes of versions and changes are called on screen and on the command line."""

from __future__ import annotations

from core.taxonomy import taxonomy


def kind_words(kind: str) -> str:
    """What a version is."""
    return taxonomy().label("policy_version_kinds", kind)


def reason_words(reason: str) -> str:
    """Why a version is no change, or was rejected."""
    return taxonomy().label("policy_version_reasons", reason)


def weight_words(because: str) -> str:
    """Why a change weighs what it weighs."""
    return taxonomy().label("policy_weights", because)
