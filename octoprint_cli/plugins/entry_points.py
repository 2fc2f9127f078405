"""Entry points: listed without importing anything, loaded one at a time, and named in the error if loading fails.

All commands, formats and checks are loaded here, built-in ones included. A plugin cannot take a built-in name;
a name that two plugins claim belongs to neither, since running the wrong one could move a printer.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from stevedore.named import NamedExtensionManager

from octoprint_cli.errors import PluginError

PACKAGE = "octoprint_cli"
#: The group of the commands.
COMMANDS = "octoprint_cli.commands"
#: The group of the pre-flight checks.
CHECKS = "octoprint_cli.preflight"


class Fault(NamedTuple):
    """A problem of a plugin's entry point."""

    name: str
    target: str  # module:attribute
    distribution: Optional[str]
    problem: str


class EntryPointGroup:
    """The entry points of one group, by name."""

    def __init__(self, group: str) -> None:
        self.group = group
        self._found: Dict[str, Any] = {}
        self._rivals: Dict[str, List[Any]] = {}
        # names=() makes stevedore list and load nothing, on every version.
        for entry_point in NamedExtensionManager(group, names=()).list_entry_points():
            self._rivals.setdefault(entry_point.name, []).append(entry_point)
        for name, rivals in self._rivals.items():
            own = [entry_point for entry_point in rivals if is_own(entry_point)]
            if own or len(rivals) == 1:
                self._found[name] = (own or rivals)[0]

    def names(self) -> List[str]:
        """Return the names of all entry points that are not in conflict, whether or not loading them succeeds."""
        return sorted(self._found)

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def entry_point(self, name: str) -> Any:
        """Return the entry point of that name. Raises KeyError if there is none."""
        return self._found[name]

    def load(self, name: str) -> Any:
        """Return the object that an entry point names. Raises PluginError with the distribution, the cause and a remedy."""
        if name not in self._found and name in self._rivals:
            raise self._clash(name)
        entry_point = self._found[name]
        try:
            return loaded(entry_point)
        except (Exception, SystemExit) as error:  # importing a third-party module can fail in any way
            raise _unloadable(entry_point, self.group, error) from error

    def clashes(self) -> List[Fault]:
        """Return a fault for each plugin's entry point whose name another entry point claims, too."""
        faults = []
        for name, rivals in self._rivals.items():
            for entry_point in rivals:
                if entry_point is self._found.get(name):
                    continue
                others = [other.value for other in rivals if other is not entry_point]
                problem = f"the name {name} is also claimed by {', '.join(others)}"
                faults.append(Fault(name, entry_point.value, distribution_of(entry_point, self.group), problem))
        return faults

    def claimed(self) -> List[str]:
        """Return every name that an entry point claims, including names in conflict, which cannot be loaded."""
        return sorted(self._rivals)

    def claims(self, name: str) -> List[Any]:
        """Return every entry point that claims the name."""
        return list(self._rivals.get(name, ()))

    def _clash(self, name: str) -> PluginError:
        owners = [distribution_of(entry_point, self.group) or entry_point.value for entry_point in self._rivals[name]]
        return PluginError(
            f"{name} is claimed by {' and by '.join(owners)}; neither is run",
            hint=f"pip uninstall {owners[-1]}",
            details={"claimed_by": [entry_point.value for entry_point in self._rivals[name]]},
        )


def forgo_cache_without_home() -> None:
    """Keep stevedore from making its cache in a folder named ~ of the working folder, for a user without a home folder."""
    if not os.environ.get("XDG_CACHE_HOME") and os.path.expanduser("~") == "~":  # noqa: PTH111 - Path's raises
        cache = getattr(importlib.import_module("stevedore._cache"), "_c", None)
        if cache is not None:
            cache._dir = os.devnull  # nothing can be written below it


def loaded(entry_point: Any) -> Any:
    """Import and return the object that an entry point names. Raises whatever the import raises.

    What the module prints meanwhile goes to stderr, since stdout is for answers.
    """
    with contextlib.redirect_stdout(sys.stderr):
        return entry_point.load()


def is_own(entry_point: Any) -> bool:
    """Return whether an entry point belongs to this program itself."""
    return str(entry_point.value).split(":")[0].split(".")[0] == PACKAGE


def distribution_of(entry_point: Any, group: str) -> Optional[str]:
    """Return the name of the distribution that an entry point comes from, or None.

    Slow: see `owners_in`. None may also mean that stevedore's cache is stale after an uninstall.
    """
    return owners_in(group).get((entry_point.name, entry_point.value))


def owners_in(group: str) -> Dict[Tuple[str, str], str]:
    """Return the distribution of each entry point in a group, by the entry point's name and value.

    Slow, as it reads the files of every distribution: stevedore's cache does not record the distribution.
    """
    from octoprint_cli.plugins.distributions import installed

    owners: Dict[Tuple[str, str], str] = {}
    for distribution in installed():
        for entry_point in distribution.entry_points:
            if entry_point.group == group:
                owners.setdefault((entry_point.name, entry_point.value), distribution.name)
    return owners


def command_name_of(name: str) -> str:
    """Return the command name of an entry point: `config show` for `config_show`."""
    return name.replace("_", " ")


def entry_point_name_of(name: str) -> str:
    """Return the entry-point name of a command: `config_show` for `config show`."""
    return name.replace(" ", "_")


def _unloadable(entry_point: Any, group: str, error: BaseException) -> PluginError:
    distribution = distribution_of(entry_point, group)
    if distribution is None:
        owner, remedy = "a package that is no longer installed", "remove the folder python-entrypoints in your cache folder"
    else:
        owner, remedy = distribution, f"pip install --upgrade {distribution}  # or: pip uninstall {distribution}"
    return PluginError(
        f"{entry_point.name} of {owner} cannot be loaded: {type(error).__name__}: {error}",
        hint=remedy,
        details={"distribution": distribution, "entry_point": entry_point.value},
    )
