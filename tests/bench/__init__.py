"""Benches: parts named ``bench_*.py`` with a function ``bench(report)``; ``make bench`` runs them."""
