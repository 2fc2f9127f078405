"""Lasting exceptions of pre-flight checks that the configuration file makes: `ignore`, and the options under `checks`."""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple

from octoprint_cli.config.file import ConfigFile
from octoprint_cli.config.values import CHECK_OPTIONS, Setting, Value
from octoprint_cli.errors.suggest import close_matches, did_you_mean

#: A part of the file that may make exceptions: its values, its name, and its path inside the file.
FileSource = Tuple[Mapping[str, Any], str, Tuple[str, ...]]
#: Reads a section of the file as settings say, by path, values and keys. Raises ConfigError.
SectionReader = Callable[[Tuple[str, ...], Mapping[str, Any], Mapping[str, Setting]], Dict[str, Any]]


def require_known_checks(names: Sequence[str], sources: Sequence[FileSource], file: ConfigFile) -> None:
    """Raise ConfigError for an id under `ignore` that no installed check has, with the line of the key."""
    from octoprint_cli.plugins.entry_points import CHECKS, EntryPointGroup  # slow to import, and few files have the key

    known = EntryPointGroup(CHECKS).claimed()
    for name in names:
        if name not in known:
            meant = did_you_mean(close_matches(name, known)) or f" (choose from {', '.join(known)})"
            path = next((path for values, _, path in sources if values.get("ignore")), ())
            raise file.bad_value((*path, "ignore"), f"there is no check {name}{meant}")


def check_options(sources: Sequence[FileSource], file: ConfigFile, read: SectionReader) -> Dict[Tuple[str, str], Value]:
    """Return every option under `checks`, by check and option, each from the source with the highest precedence.

    Raises ConfigError for a check without options, an unknown option or an invalid value.
    """
    found: Dict[Tuple[str, str], Value] = {}
    for values, origin, path in reversed(sources):
        section, here = values.get("checks"), (*path, "checks")
        if section is None:
            continue
        if not isinstance(section, dict):
            raise file.bad_value(here, f"must contain {', '.join(CHECK_OPTIONS)}")
        for check, options in section.items():
            keys = _keys_of(check, options, here, file)
            given = read((*here, check), options, keys)
            found.update({(check, option): Value(value, origin) for option, value in given.items()})
    return found


def _keys_of(check: Any, options: Any, here: Tuple[str, ...], file: ConfigFile) -> Mapping[str, Setting]:
    keys: Optional[Mapping[str, Setting]] = CHECK_OPTIONS.get(check)
    if keys is None:
        raise file.bad_value((*here, str(check)), f"is not a check with options; only {' and '.join(CHECK_OPTIONS)} have any")
    if not isinstance(options, dict):
        raise file.bad_value((*here, check), f"must contain {', '.join(keys)}, as in {check}: {{margin: 10}}")
    return keys
