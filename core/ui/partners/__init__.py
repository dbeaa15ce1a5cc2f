"""The partners page: its views, one module each."""
