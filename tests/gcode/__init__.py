"""Sliced files, what a real OctoPrint says of them, and how our reader is held to it: see README.md."""
