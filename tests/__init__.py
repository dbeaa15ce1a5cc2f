"""The tests, arranged like the rooms; what several of them need stands in ``support``."""
