"""What a person at a terminal sees: notes, questions, progress bars, the live view."""
