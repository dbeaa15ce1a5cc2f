"""Takes the layout off a line of a fetched text, one kind at a time, so that each can be told by name."""

from __future__ import annotations

import html
import re
import unicodedata

IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
LINK = re.compile(
    r"\[(?P<text>(?:[^\[\]]|\\\[|\\\])*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)"
)
BARE = re.compile(r"<?https?://[^\s<>)\]]+>?")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")
EMPHASIS = re.compile(r"(\*\*|__|~~|`|(?<![^\W_])[*_]|[*_](?![^\W_]))")
LIST_MARK = re.compile(r"^\s*(?:[*+•·–-]|\d{1,3}[.)])\s+")
QUOTE_MARK = re.compile(r"^\s*(?:>\s*)+")
BLANKS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
# Signs that editors and scrapers swap at will.
SIGNS = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
    | {"–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-", "…": "...", "\u00ad": ""}
)
NEITHER = re.compile(r"[\W_]+")


def without_images(text: str) -> str:
    """Without pictures, whose addresses change with every fetch."""
    return IMAGE.sub("", text) if "![" in text else text


def without_targets(text: str) -> str:
    """Links as their words alone, and without addresses that stand by themselves."""
    if "](" not in text and "://" not in text:  # as most lines are
        return text
    return BARE.sub("", LINK.sub(lambda found: found["text"], without_images(text)))


def without_links(text: str) -> str:
    """Without the words of links as well."""
    return BARE.sub("", LINK.sub("", without_images(text)))


def squeezed(text: str) -> str:
    """With single blanks, and none at the ends."""
    return BLANKS.sub(" ", text).strip()


def plain(text: str) -> str:
    """The words as a person reads them, with signs that are written now so and now so made one."""
    bare = TAG.sub(" ", without_targets(text))
    bare = EMPHASIS.sub("", ESCAPE.sub(r"\1", bare))
    bare = unicodedata.normalize("NFKC", html.unescape(bare)).translate(SIGNS)
    tight = re.sub(r"\s+([.,;:!?)\]])", r"\1", bare)
    return squeezed(tight)


def letters(text: str) -> str:
    """Letters and digits only, small."""
    return NEITHER.sub("", text.casefold())
