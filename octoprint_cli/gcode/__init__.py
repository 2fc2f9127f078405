"""Everything about G-code: one command, a whole file, and what firmware answers. It must not know HTTP or the printer."""
