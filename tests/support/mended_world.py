"""A store to work in whose clause RM-2 is overturned too often until a day, and as usual since."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import update

from core.audit.model import Draft
from core.clock import from_micros
from core.desk.boot import open_desk
from core.settings import Settings
from core.storage import people
from core.storage.passwords import hash_password
from core.storage.tables import CaseRow
from tests.support.effect_cases import MENDED, OTHERS, SHIPPED, fill_effect
from tests.support.program import DEMO_PASSWORD

CLAUSE = "RM-2"
OTHER_CLAUSES = ("CH-1", "DO-1", "FS-1", "RG-1", "VI-1", "AS-1", "BH-1")
PEOPLE = {"liaison": "policy_liaison", "lead": "team_lead"}
FAST = 4  # rounds of the hash: signing in is not what is tried


def make_mended_world(local_dir: Path) -> date:
    """Fill an empty folder; gives the day since which it is better."""
    desk = open_desk(Settings(local_dir=local_dir))
    try:
        fill_effect(desk.store)
        hashed = hash_password(DEMO_PASSWORD, FAST)
        with desk.store.write(Draft("test", "person.add", "everybody")) as write:
            for name, role in PEOPLE.items():
                person = people.NewUser(name, name.title(), role, hashed)
                people.add_user(write, person)
            for made, known in zip((MENDED, *OTHERS), (CLAUSE, *OTHER_CLAUSES), strict=True):
                named = update(CaseRow).where(CaseRow.clause == made)
                write.connection.execute(named.values(clause=known, change_seq=write.seq))
    finally:
        desk.store.close()
    return from_micros(SHIPPED).date()
