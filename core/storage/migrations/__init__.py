"""The steps by which the tables came to be, in order; each is kept for ever."""
