"""The parts of the page of investigations: the list, the form for a new one, and one in full."""
