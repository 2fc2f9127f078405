"""Commands about this program and its commands."""
