"""The built-in checks, by what they look at. Each is an entry point, as a plugin's are."""
