"""Intake: files of any common form in, checked cases and rejected rows with their reasons out."""
