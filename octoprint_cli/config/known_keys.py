"""Refuse unknown keys in the configuration file, with the one that was probably meant."""

from __future__ import annotations

from typing import Any, Mapping, Tuple

from octoprint_cli.config.file import ConfigFile
from octoprint_cli.config.strays import misplaced
from octoprint_cli.config.values import READERS
from octoprint_cli.errors.suggest import close_matches, did_you_mean

#: The keys of every section; those that hold printers are of the top level alone.
_EVERYWHERE = [*(name for name in READERS if name != "printer"), "limits", "checks"]
_TOP_LEVEL = ["printers", "printer"]


def require_known_keys(file: ConfigFile, sections: Mapping[Tuple[str, ...], Mapping[str, Any]]) -> None:
    """Raise ConfigError for an unknown key. `sections` are the file's, by their path; () is the top level.

    A section may belong to a plugin, unless its name resembles one of our keys.
    """
    for path, section in sections.items():
        known = [*_EVERYWHERE, *([] if path else _TOP_LEVEL)]
        for key in (key for key in section if key not in known):
            wrong = misplaced(path, str(key), section[key], READERS)
            if wrong:
                raise file.bad_value((*path, str(key)), wrong)
            may_be_plugin_section = isinstance(section[key], (dict, list))
            near = close_matches(str(key), known, most=1, similarity=0.85 if may_be_plugin_section else 0.75)
            if near or not may_be_plugin_section:
                meant = did_you_mean(near) or f" (choose from {', '.join(known)})"
                raise file.bad_value((*path, str(key)), f"is not a setting{meant}")
