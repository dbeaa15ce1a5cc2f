"""The lists of the desk (channels, statuses, markets, …), read once from ``data/reference``."""

from __future__ import annotations

from core.taxonomy.files import read_taxonomy, taxonomy
from core.taxonomy.model import Taxonomy, Term, Terms

__all__ = ["Taxonomy", "Term", "Terms", "read_taxonomy", "taxonomy"]
