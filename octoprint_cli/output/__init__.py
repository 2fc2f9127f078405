"""Output: columns, units, redaction of secrets, escaping of unsafe text, formats, and the terminal."""
