"""The demo world as a whole: what it consists of and how it is made, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.demo.arrivals import make_days
from core.demo.chunk import Kit, make_chunk
from core.demo.directory import Directory, contact_addresses, make_directory, partner_count
from core.demo.draw import Ints
from core.demo.people import make_staff
from core.demo.plants import day_of_each_case, make_plants, truth
from core.demo.recipe import local_phrases, names, phrases, recipe
from core.demo.setting import make_setting
from core.demo.story import make_messages
from core.demo.targets import make_service
from core.demo.texts import make_writer, message_bank
from core.sla.model import SlaBook

CHUNK = 20_000  # cases of one chunk; part of what a seed means


class DemoBatch(NamedTuple):
    """CASE_LINES, EVENT_LINES and ENTITY_LINES of one chunk."""

    cases: pd.DataFrame
    events: pd.DataFrame
    entities: pd.DataFrame


@dataclass(frozen=True, eq=False)
class DemoWorld:
    """Directory, truths, and the cases on demand; every iteration gives the same bytes."""

    count: int
    directory: Directory
    truth: dict[str, object]
    kit: Kit
    day: Ints
    plant: Ints

    def chunks(self) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """CASE_LINES and EVENT_LINES, at most ``CHUNK`` cases at a time."""
        for batch in self.batches():
            yield batch.cases, batch.events

    def batches(self) -> Iterator[DemoBatch]:
        """The same with the entities that the cases mention."""
        for number, start in enumerate(range(0, self.count, CHUNK)):
            part = slice(start, min(start + CHUNK, self.count))
            slots = np.arange(part.start, part.stop, dtype=np.int64)
            rng = np.random.default_rng([self.kit.seed, 100 + number])
            yield DemoBatch(*make_chunk(self.kit, rng, slots, self.day[part], self.plant[part]))


def generate(
    cases: int, seed: int, as_of: datetime, book: SlaBook, partners: int | None = None
) -> DemoWorld:
    """A world of exactly that many cases over two years up to ``as_of``.

    Without a number of ``partners`` there are as many as fit the cases.
    """
    rules = recipe()
    rng = np.random.default_rng([seed, 1])
    days = make_days(rules.arrivals, rng, as_of)
    plants = make_plants(rules, days, cases)
    count = partner_count(rules, cases) if partners is None else partners
    directory = make_directory(rules, names(), rng, count)
    setting = make_setting(rules, book, days, plants, directory, rng)
    staff = make_staff(directory, setting.lists.regions)
    contacts, first_contact = contact_addresses(directory.partners, names(), each=3)
    kit = Kit(
        seed=seed,
        cases=cases,
        setting=setting,
        service=make_service(book, setting.lists),
        writer=make_writer(phrases(), local_phrases(), setting.lists, directory),
        messages=make_messages(message_bank(phrases())),
        staff=staff,
        directory=directory,
        contacts=tuple(contacts),
        first_contact=first_contact,
    )
    day, plant = day_of_each_case(plants, days, cases, seed)
    told = {"cases": cases, "seed": seed, "as_of": as_of.isoformat()}
    return DemoWorld(
        cases, directory, told | truth(rules, plants, days, directory), kit, day, plant
    )
