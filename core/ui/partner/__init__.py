"""The views of one partner's page."""
