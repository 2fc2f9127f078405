"""Track a job's progress and outcome, and wait for them."""
