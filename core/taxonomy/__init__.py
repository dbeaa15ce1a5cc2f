"""The lists of the desk (channels, statuses, markets, …), read once from ``data/reference``."""

from __future__ import annotations

from core.taxonomy.files import read_taxonomy, taxonomy
from core.taxonomy.model import Taxonomy, Term, Terms
from core.taxonomy.rights import Act, PageEntry, acts, acts_of, home_of, page_entries

__all__ = [
    "Act",
    "PageEntry",
    "Taxonomy",
    "Term",
    "Terms",
    "acts",
    "acts_of",
    "home_of",
    "page_entries",
    "read_taxonomy",
    "taxonomy",
]
