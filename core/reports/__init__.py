"""Documents made of claims, and the files that they become."""
