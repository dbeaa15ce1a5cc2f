"""Perceived community risks: expectation, surges, the framework that ranks them, investigations."""
