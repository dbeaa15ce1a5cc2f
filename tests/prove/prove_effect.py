"""Effects of changes: intervals hold the truth although noise carries over, dates without a change
stay silent, and the demo's closed gap shows its planted effect.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.access.model import Person
from core.clock import FixedClock
from core.desk.boot import open_desk
from core.desk.gap_effect import EffectView, effect_of
from core.gaps.effect import judge
from core.gaps.effect_facts import Verdict
from core.gaps.effect_reading import own_reading, placebos
from core.gaps.effect_rules import effect_rules
from core.settings import Settings
from tests.prove.report import Report
from tests.support.effect_rivals import RIVALS
from tests.support.effect_worlds import GapWorld, SeriesWorld, ours, score
from tests.support.gaps import a_gap
from tests.support.program import CommandLine

SEED = 31_000
RUNS, RIVAL_RUNS, QUIET_RUNS, GAP_RUNS = 500, 300, 100, 150
LEAST_COVERAGE, AIM = 0.92, (0.93, 0.97)
MOST_FALSE = 0.07
# The bars are for a carry up to .4. Beyond it the method is known to be a little short
# (docs/decisions/0031), and held to what it reaches.
USUAL_CARRY, LEAST_BEYOND, MOST_BEYOND = 0.4, 0.90, 0.10
BASE = SeriesWorld()
PLAIN = SeriesWorld(trend=False)
WORLDS = {
    "trend and season, 30 a week": BASE,
    "trend and season, 200 a week": replace(BASE, mean=200.0),
    "trend and season, 5 a week": replace(BASE, mean=5.0),
    "season, 30 a week": PLAIN,
    "season, 30 a week, change after 3 in 4 weeks": replace(PLAIN, begin=78),
    "trend, 44 weeks": replace(BASE, weeks=44, begin=22, season=False),
    "season, 30 a week, carry 0": replace(PLAIN, carry=0.0),
    "season, 30 a week, carry .7": replace(PLAIN, carry=0.7),
    "season, 30 a week, spread .35": replace(PLAIN, spread=0.35),
}
DEMOS = ((12_000, 1), (12_000, 2), (12_000, 3), (60_000, 4), (60_000, 5), (200_000, 6))
LIAISON = Person("liaison", "Liaison", "policy_liaison")


def prove(report: Report) -> None:
    """Coverage in many worlds, the rivals in two, quiet dates, whole verdicts, then the demo."""
    _coverage(report)
    _rivals(report)
    _quiet_dates(report)
    _verdicts(report)
    _demos(report)


def _coverage(report: Report) -> None:
    for name, world in WORLDS.items():
        found = score(world, ours, SEED, RUNS)
        least = LEAST_COVERAGE if world.carry <= USUAL_CARRY else LEAST_BEYOND
        is_aim = AIM[0] <= found.coverage <= AIM[1]
        report.add(
            f"95 % intervals at carry {world.carry:g} hold the effect in at least "
            f"{least:.0%} of runs: {name}",
            seed=SEED,
            runs=RUNS,
            holds=found.coverage >= least,
            detail=f"{found.words()}{'' if is_aim else '; outside the aim of .93 to .97'}",
        )


def _rivals(report: Report) -> None:
    for name in ("trend and season, 30 a week", "trend and season, 200 a week"):
        told = {
            rival: score(WORLDS[name], method, SEED + 1, RIVAL_RUNS).words()
            for rival, method in {**RIVALS, "integrated": ours}.items()
        }
        report.add(
            f"rivals beside the desk's interval, no claim: {name}",
            seed=SEED + 1,
            runs=RIVAL_RUNS,
            holds=True,
            detail="; ".join(f"{rival} {words}" for rival, words in told.items()),
        )


def _quiet_dates(report: Report) -> None:
    for carry, spread in ((0.4, 0.15), (0.0, 0.0), (0.7, 0.15)):
        world = GapWorld(ratio=1.0, carry=carry, spread=spread)
        rng, tried, loud = np.random.default_rng(SEED + 2), 0, Counter[str]()
        for _ in range(QUIET_RUNS):
            facts = world.draw(rng)
            own = [one.ratio for one in placebos(own_reading(facts, effect_rules()))]
            beside = [one.ratio for one in judge(facts).placebos]
            tried += len(own)
            loud["own history"] += sum(r.is_lower or r.is_higher for r in own)
            loud["against others"] += sum(r.is_lower or r.is_higher for r in beside)
        shares = {name: count / tried for name, count in loud.items()}
        most = MOST_FALSE if carry <= USUAL_CARRY else MOST_BEYOND
        report.add(
            f"dates without a change are called one in at most {most:.0%}, carry {carry:g}",
            seed=SEED + 2,
            runs=tried,
            holds=max(shares.values()) <= most,
            detail=", ".join(f"{name} {share:.3f}" for name, share in shares.items()),
        )


def _verdicts(report: Report) -> None:
    quiet = {
        "nothing": GapWorld(ratio=1.0),
        "clauses drift by 10 %": GapWorld(ratio=1.0, apart=0.1),
        "all clauses fall by 20 %": GapWorld(ratio=1.0, together=-0.22),
    }
    for name, world in quiet.items():
        verdicts, held = _judged(world)
        false = verdicts[Verdict.WORKED] + verdicts[Verdict.GOT_WORSE]
        report.add(
            f"no effect is claimed where there is none in all but {MOST_FALSE:.0%}: {name}",
            seed=SEED + 3,
            runs=GAP_RUNS,
            holds=false / GAP_RUNS <= MOST_FALSE,
            detail=f"claimed {false / GAP_RUNS:.3f}, intervals with the truth {held:.3f}",
        )
    for reviewed in (3.0, 6.0, 12.0, 30.0):
        verdicts, held = _judged(GapWorld(reviewed=reviewed))
        report.add(
            f"30 % fewer overturns at {reviewed:g} re-reviewed a week: how often it is found",
            seed=SEED + 3,
            runs=GAP_RUNS,
            holds=held >= LEAST_COVERAGE - 0.03,
            detail=f"worked {verdicts[Verdict.WORKED] / GAP_RUNS:.2f}, "
            f"intervals with the truth {held:.3f}",
        )


def _judged(world: GapWorld) -> tuple[Counter[Verdict], float]:
    rng, verdicts, held = np.random.default_rng(SEED + 3), Counter[Verdict](), 0
    for _ in range(GAP_RUNS):
        effect = judge(world.draw(rng))
        assert effect.headline is not None
        verdicts[effect.verdict] += 1
        held += effect.headline.low <= world.ratio <= effect.headline.high
    return verdicts, held / GAP_RUNS


def _demos(report: Report) -> None:
    held, told = 0, []
    for cases, seed in DEMOS:
        with tempfile.TemporaryDirectory() as folder:
            view, ratio = demo_effect(Path(folder), cases, seed)
        headline = view.effect.headline
        assert headline is not None
        held += headline.low <= ratio <= headline.high
        told.append(
            f"{cases:,}/{seed}: {headline.ratio:.2f} ({headline.low:.2f}-{headline.high:.2f}) "
            f"{view.verdict.value}"
        )
    report.add(
        "the demo's closed gap shows its planted effect inside the interval",
        seed=", ".join(str(seed) for _, seed in DEMOS),
        runs=len(DEMOS),
        holds=held == len(DEMOS),
        detail="; ".join(told),
    )


def demo_effect(folder: Path, cases: int, seed: int) -> tuple[EffectView, float]:
    """The effect of the planted closed gap in a demo world, and the ratio that was planted."""
    done = CommandLine(folder).run("demo", "--cases", str(cases), "--seed", str(seed))
    assert done.returncode == 0, done.stderr
    truth = json.loads((folder / "demo_truth.json").read_text(encoding="utf-8"))
    closed = next(gap for gap in truth["policy_gaps"] if gap["state"] == "closed")
    shipped_at = datetime.fromisoformat(closed["closed_at"]).astimezone(UTC)
    gap = a_gap(
        "accepted_full",
        "shipped",
        ref="G-9999",
        gap_type="ambiguous_rule",
        clauses=(closed["clause"],),
        shipped_at=shipped_at,
        proposed_at=shipped_at,
    )
    clock = FixedClock(datetime.fromisoformat(truth["as_of"]))
    desk = open_desk(Settings(local_dir=folder), clock)
    view = effect_of(desk, LIAISON, gap, "UTC")
    desk.snapshot.close()  # what it keeps beside is written before the folder goes
    desk.store.close()
    return view, closed["effect_ratio"]
