"""Output formats: an envelope in json and yaml; safe table, value, csv and shell for people and scripts.

Each is an entry point in `octoprint_cli.formatter.show` or `.list`; only the one that is used is imported.
Must not know a command.
"""

from octoprint_cli.formatters.registry import LIST_GROUP, SHOW_GROUP, Formatters, load

__all__ = ["LIST_GROUP", "SHOW_GROUP", "Formatters", "load"]
