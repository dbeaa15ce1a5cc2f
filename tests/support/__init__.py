"""Servers, browsers, stores and programs that tests are given as fixtures."""
