"""Configuration: options, environment, file and defaults, and which of them counts. It must not know HTTP or cliff."""
