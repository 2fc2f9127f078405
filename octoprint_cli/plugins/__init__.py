"""Entry points and distributions: plugins are listed without importing them, and loaded one at a time."""
