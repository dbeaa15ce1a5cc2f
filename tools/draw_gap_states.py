"""Writes the picture of a gap's states into the documents."""

from __future__ import annotations

from pathlib import Path

from core.gaps.picture import states_document

PAGE = Path(__file__).resolve().parents[1] / "docs" / "gap_states.md"

if __name__ == "__main__":
    PAGE.write_text(states_document(), encoding="utf-8")
