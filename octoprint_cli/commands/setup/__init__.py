"""Commands that set up this program."""
