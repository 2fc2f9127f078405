"""One pass over a G-code file: where it moves, what it heats, what is wrong with it."""
