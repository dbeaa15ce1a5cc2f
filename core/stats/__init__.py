"""Statistics that know nothing of cases: counts and times in, numbers with their uncertainty out."""
