"""What a new password has to be, as the reference data says; demo passwords are not held to it."""

from __future__ import annotations

from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict

from core.errors import BadInput
from core.settings import REFERENCE_DIR

RULES_FILE = REFERENCE_DIR / "sign_in.yaml"


class PasswordRules(BaseModel):
    """The limits for new passwords with their source."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    password_min_length: int
    password_max_length: int
    source: str


@cache
def password_rules() -> PasswordRules:
    """The rules, read at the first call."""
    return PasswordRules.model_validate(yaml.safe_load(RULES_FILE.read_text(encoding="utf-8")))


def why_not_password(password: str, username: str) -> BadInput | None:
    """Why this cannot be the person's password; None when it can."""
    rules = password_rules()
    shortest, longest = rules.password_min_length, rules.password_max_length
    if not shortest <= len(password) <= longest:
        return _unusable(f"has {len(password)} characters", f"use {shortest} to {longest}")
    if password != password.strip():
        # The sign-in form takes spaces at both ends for slips of the hand.
        return _unusable("begins or ends with a space", "leave the space out")
    if password.casefold() == username.casefold() or len(set(password)) == 1:
        return _unusable("is easily guessed", "use several words")
    return None


def _unusable(why: str, hint: str) -> BadInput:
    return BadInput(f"The password {why}.", at="password", hint=hint)
