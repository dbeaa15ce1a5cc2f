"""The key that signs the session cookie: given in production, kept in a private file otherwise."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from core.errors import BadInput
from core.settings import Settings

# RFC 7518 section 3.2: a key for HMAC with SHA-256 has at least 256 bits, here 32 characters.
KEY_LENGTH = 32
# A key typed by hand ("aaaa…", "changeme…") repeats itself; 32 random hex digits hold 13 or more.
KEY_VARIETY = 10
PRIVATE = 0o600


def cookie_key(settings: Settings) -> str:
    """The key of this desk; refuses a weak one, and a missing one in production."""
    given = settings.cookie_key.get_secret_value() if settings.cookie_key else ""
    if given:
        _refuse_weak(given)
        return given
    if settings.is_production:
        raise BadInput(
            "A production desk does not start without a key for its session cookies.",
            at="DESK_COOKIE_KEY",
            hint="set it to a long random text, for example from: openssl rand -hex 32",
        )
    return _kept_key(settings.local_dir / "keys" / "cookie.key")


def mark_of(settings: Settings, text: str) -> str:
    """A short mark that stands for a text in the audit without telling it."""
    key = cookie_key(settings).encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:16]


def _refuse_weak(key: str) -> None:
    if len(key) < KEY_LENGTH or len(set(key)) < KEY_VARIETY:
        raise BadInput(
            "The key for the session cookies is too weak.",
            at="DESK_COOKIE_KEY",
            hint=f"use at least {KEY_LENGTH} random characters, for example: openssl rand -hex 32",
        )


def _kept_key(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        # Written aside and linked into place: of several processes that start at once the first
        # one's key counts, and nobody reads half a key.
        own = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        own.touch(mode=PRIVATE, exist_ok=False)
        own.write_text(secrets.token_hex(KEY_LENGTH), encoding="ascii")
        try:
            os.link(own, file)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return file.read_text(encoding="ascii").strip()
