"""How a job goes and ends, and waiting for it."""
