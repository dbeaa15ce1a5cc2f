"""A partner beside its peers, in one sentence that says no more than the cases do."""

from __future__ import annotations

from core.desk.partner_served import Beside
from core.ui.format import plural

# What is worse and what is better, by figure.
WORDS = {
    "frt": ("first replies late more often than", "first replies late less often than"),
    "nrt": ("next replies late more often than", "next replies late less often than"),
    "upd": ("updates late more often than", "updates late less often than"),
    "ttr": ("resolved late more often than", "resolved late less often than"),
    "returns": ("reopened more often than", "reopened less often than"),
    "overturn_rate": ("overturned more often than", "overturned less often than"),
    "csat": ("less satisfied than", "more satisfied than"),
    "reply_tail": ("slower than", "faster than"),
    "resolution_tail": ("slower than", "faster than"),
}
ALIKE = (
    "{} of every tier",
    "{} of its tier",
    "{} of its tier and category",
    "{} like it",
)


def peers_words(beside: Beside) -> str:
    """Who the peers are: ``31 peers like it``, or ``peers like it``."""
    place = min(max(beside.alike, 0), len(ALIKE) - 1)
    noun = "peer" if place == len(ALIKE) - 1 else "partner"
    many = f"{noun}s" if beside.peers is None else plural(beside.peers, noun)
    return ALIKE[place].format(many)


def beside_words(name: str, beside: Beside | None) -> str:
    """``slower than 31 peers like it``; '' where too few stand behind it."""
    if beside is None:
        return ""
    worse, better = WORDS[name]
    if beside.verdict:
        words = worse if beside.verdict == "worse" else better
        return f"{words} {peers_words(beside)}"
    own = " from its peers" if beside.alike >= len(ALIKE) - 1 else ""
    who = "" if own else f" from {peers_words(beside)}"
    return f"indistinguishable{own or who}"


def mixed_words(beside: Beside | None) -> str:
    """How many hits there were, and how many its mix of cases would have at its peers' rate."""
    if beside is None:
        return ""
    return f"{beside.observed:,} against {beside.usual:,.1f}"
