"""Configuration: options, environment, file and defaults, and which of them takes precedence. Must not know HTTP or cliff."""
