"""Folds text for comparing: one spelling for all ways of writing the same letters and spaces."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Compatibility form, without case, spaces single: 'Ａ  b' and 'a B' become 'a b'."""
    if text.isascii():
        return " ".join(text.lower().split())
    composed = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", composed).split())
