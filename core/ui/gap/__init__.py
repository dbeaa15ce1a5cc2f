"""The parts of the page of one policy gap: dossier, impact, effect, cases and log."""
