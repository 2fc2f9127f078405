"""The terminal of an interactive user: notes, questions, progress bars, the live view."""
