"""Hashes and checks passwords; nothing else sees how they are kept."""

from __future__ import annotations

import base64
import hashlib

import bcrypt

ROUNDS = 12
# The hash of random bytes that nobody kept: checked when there is no user, so that an unknown
# name takes as long as a wrong password.
NOBODY = "$2b$12$CkW4oaxs4Ovwi7ymc9G/E.PDonzIP4OiT6h9g3wpR99aB7ZEKu.ua"


def hash_password(password: str, rounds: int = ROUNDS) -> str:
    """A salted, slow hash of the password."""
    return bcrypt.hashpw(_digest(password), bcrypt.gensalt(rounds)).decode()


def check_password(password: str, password_hash: str) -> bool:
    """True when the password is the one behind the hash; an unreadable hash matches nothing."""
    try:
        return bcrypt.checkpw(_digest(password), password_hash.encode())
    except ValueError:
        return False


def _digest(password: str) -> bytes:
    # bcrypt reads 72 bytes at most and stops at a NUL; a digest keeps the whole password.
    return base64.b64encode(hashlib.sha256(password.encode()).digest())
