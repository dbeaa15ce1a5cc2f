"""Cases: what a case is, which filter selects cases, and which moves a case may make."""
