"""Creates the demo workspace: fictional partners, people and cases in an empty store."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pandas as pd

from core.audit.model import Draft
from core.demo import SIGN_INS, DemoWorld, generate
from core.desk.boot import OPERATOR, Desk
from core.desk.demo_gaps import add_gaps
from core.desk.demo_investigations import add_investigations
from core.desk.demo_policy import add_policy_documents
from core.desk.demo_policy_feed import add_policy_feed
from core.desk.demo_records import add_records
from core.desk.demo_risks import add_risks
from core.errors import Refused
from core.storage import people
from core.storage.admit import Admission
from core.storage.directory import add_partners
from core.storage.engine import Write
from core.storage.grants import grant_every_restricted
from core.storage.imports import BatchCount, BatchFacts, finish_batch, running_batch
from core.storage.passwords import hash_password
from core.storage.people import NewUser
from core.storage.schema import is_empty

Progress = Callable[[float, str], None]
SOURCE = "demo"
DEMO_SIGN_INS = tuple(SIGN_INS)
DEMO_SEED = 7
TRUTH_FILE = "demo_truth.json"
# Who is trusted with restricted cases in the demo; in a real team each case names its own people.
TRUSTED_ROLES = ("team_lead", "senior_analyst")


@dataclass(frozen=True, slots=True)
class DemoWorkspace:
    """What was created; the password is told once and stored nowhere."""

    cases: int
    partners: int
    people: int
    truth_file: Path
    sign_ins: tuple[str, ...]
    password: str = field(repr=False)


def why_no_demo(desk: Desk) -> Refused | None:
    """Demo data and known sign-ins never enter production or a store that is in use."""
    if desk.settings.is_production:
        return Refused("The demo workspace is never created in production.")
    if not is_empty(desk.store):
        return Refused(
            "This store is not empty, so the demo workspace was not created.",
            hint="Set DESK_LOCAL_DIR to a new folder to look at the demo beside your own work.",
        )
    return None


def wants_demo(desk: Desk) -> bool:
    """True when a first start should show something: an empty embedded store of a newcomer."""
    return not desk.settings.database_url and why_no_demo(desk) is None


def has_demo(desk: Desk) -> bool:
    """True when the demo workspace was created in this folder."""
    return (desk.settings.local_dir / TRUTH_FILE).exists()


def create_demo(
    desk: Desk,
    cases: int,
    *,
    seed: int = DEMO_SEED,
    as_of: datetime | None = None,
    partners: int | None = None,
    progress: Progress = lambda _share, _what: None,
) -> DemoWorkspace:
    """Create the demo workspace, or refuse and leave everything as it is.

    Cases and people come in one transaction; what is investigated, perceived and promised
    follows.
    """
    refusal = why_no_demo(desk)
    if refusal:
        raise refusal
    world = generate(cases, seed, as_of or desk.clock.now(), desk.book, partners)
    given = desk.settings.demo_password
    password = given.get_secret_value() if given else secrets.token_urlsafe(9)
    facts = BatchFacts(by=OPERATOR.username, source=SOURCE, file_name=f"demo, seed {seed}")
    draft = Draft(OPERATOR.username, "demo.create", SOURCE, {"cases": cases, "seed": seed})
    with running_batch(desk.store, facts) as batch, desk.store.write(draft) as write:
        _add_directory(write, world, password, batch.id)
        _admit(desk, write, world, batch.id, progress)
        grant_every_restricted(write, batch.id, TRUSTED_ROLES)
        count = BatchCount(read=cases, accepted=cases, cases_created=cases)
        finish_batch(write, batch.id, count)
    add_investigations(desk, world.truth)
    add_risks(desk, world.truth)
    add_records(desk, world.truth)
    add_policy_documents(desk)
    add_policy_feed(desk)
    add_gaps(desk, world.truth)
    progress(1.0, "Demo workspace ready")
    return DemoWorkspace(
        cases=cases,
        partners=len(world.directory.partners),
        people=len(world.directory.people),
        truth_file=_write_truth(desk, world),
        sign_ins=DEMO_SIGN_INS,
        password=password,
    )


def _add_directory(write: Write, world: DemoWorld, password: str, batch_id: int) -> None:
    found = world.directory
    for line in found.people.itertuples():
        may_sign_in = line.username in DEMO_SIGN_INS
        new = NewUser(
            username=str(line.username),
            name=str(line.name),
            role=str(line.role),
            team=str(line.team),
            zone=str(line.zone),
            password_hash=hash_password(password) if may_sign_in else "",
        )
        people.add_user(write, new)
    add_partners(write, found.partners, found.aliases, found.accounts, batch_id)
    _assign_partners(write, found.people)


def _assign_partners(write: Write, lines: pd.DataFrame) -> None:
    for line in lines[lines["partners"] != ""].itertuples():
        user = people.user_named(write.connection, str(line.username))
        if user:
            served = people.partner_ids_named(write.connection, str(line.partners).split("|"))
            people.set_partners(write, user.id, served | user.partner_ids)


def _admit(desk: Desk, write: Write, world: DemoWorld, batch_id: int, progress: Progress) -> None:
    admission = Admission(write, batch_id, desk.book)
    done = 0
    for batch in world.batches():
        admission.cases(batch.cases, batch.events, batch.entities)
        done += len(batch.cases)
        progress(0.99 * done / world.count, f"{done:,} cases written")


def _write_truth(desk: Desk, world: DemoWorld) -> Path:
    file = desk.settings.local_dir / TRUTH_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(world.truth, indent=2, sort_keys=True, ensure_ascii=False, default=str)
    file.write_text(text + "\n", encoding="utf-8")
    return file
