"""Frames become pictures here: Vega-Lite specifications that know no page and hold no data."""
