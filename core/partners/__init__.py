"""Partners: how well each is served, what moved that, and how it compares. Pure: arrays in, arrays out."""
