"""Commands for the printer."""
