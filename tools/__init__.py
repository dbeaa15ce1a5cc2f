"""Small programs that the Makefile calls; the app knows nothing of them."""
