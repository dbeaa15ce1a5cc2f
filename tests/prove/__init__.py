"""Long proofs: parts named ``prove_*.py`` with a function ``prove(report)``; ``make prove`` runs them."""
