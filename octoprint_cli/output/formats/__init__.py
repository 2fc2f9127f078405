"""Output formats: the envelope in json and yaml; table, value, csv and shell. Each is an entry point."""
