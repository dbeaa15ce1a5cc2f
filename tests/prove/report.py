"""What a proof says: its seed, how many runs it made, and whether the claim held in all of them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Proof:
    """One claim with the runs behind it."""

    claim: str
    seed: int | str
    runs: int
    holds: bool
    detail: str = ""

    def line(self) -> str:
        """The proof in one line."""
        verdict = "holds" if self.holds else "FAILS"
        tail = f"; {self.detail}" if self.detail else ""
        return f"{verdict}  {self.claim} (seed {self.seed}, {self.runs:,} runs{tail})"


@dataclass(slots=True)
class Report:
    """Collects proofs and prints each as it comes."""

    proofs: list[Proof] = field(default_factory=list)

    def add(
        self, claim: str, *, seed: int | str, runs: int, holds: bool, detail: str = ""
    ) -> Proof:
        """Add the verdict on one claim."""
        proof = Proof(claim, seed, runs, holds, detail)
        self.proofs.append(proof)
        print(f"   {proof.line()}", flush=True)
        return proof

    @property
    def failed(self) -> list[str]:
        """The claims that did not hold."""
        return [proof.claim for proof in self.proofs if not proof.holds]
