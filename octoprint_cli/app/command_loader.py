"""The command loader: finds commands by their exact names in entry points, and imports one at a time.

Must not know any command.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from argparse import ArgumentParser
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple, Type

from cliff.command import Command as CliffCommand
from cliff.commandmanager import CommandManager as CliffManager

from octoprint_cli.app.foreign_commands import adapt
from octoprint_cli.app.time_limit import time_limit
from octoprint_cli.errors import CliError, PluginError, UsageError
from octoprint_cli.errors.suggest import close_matches, did_you_mean
from octoprint_cli.framework.parser import global_parser
from octoprint_cli.plugins.entry_points import (
    CHECKS,
    COMMANDS,
    PACKAGE,
    EntryPointGroup,
    command_name_of,
    distribution_of,
    entry_point_name_of,
    is_own,
    owners_in,
)

GROUP = COMMANDS
#: The topic in the target of a built-in command's entry point.
_TOPIC = re.compile(rf"{PACKAGE}\.commands\.(\w+)\.")

#: Seconds that a list waits for the module of a plugin, and for one that it has given up once.
PATIENCE, HURRY = 2.0, 0.05


class CommandManager(CliffManager):
    """cliff's manager without its imports at start, its abbreviations, and its silent replacements."""

    def __init__(self, group: str = GROUP) -> None:
        self._extensions = EntryPointGroup(group)
        self._given_up: Set[str] = set()
        self._owners: Optional[Dict[Tuple[str, str], str]] = None
        super().__init__(group)

    def load_commands(self, namespace: str) -> None:
        """List the commands without an import. An underscore in a name is a space."""
        self.group_list.append(namespace)
        for name in self._extensions.names():
            self.commands[command_name_of(name)] = self._extensions.entry_point(name)

    def add_command(self, name: str, command_class: Any) -> None:
        """Ignore the commands that cliff adds, help and complete: ours are entry points."""

    def find_command(self, argv: List[str]) -> Tuple[Type[CliffCommand], str, List[str]]:
        """Return the command class, its name and the rest of the line. The longest exact name wins.

        Raises UsageError with the nearest names, PluginError for one that cannot be loaded.
        """
        words = self.words(argv)
        for length in range(len(words), 0, -1):
            name = " ".join(words[:length])
            if name in self.commands or entry_point_name_of(name) in self._extensions.claimed():
                return self.load(name), name, argv[length:]
        raise self._unknown(words or argv)

    def load(self, name: str) -> Type[CliffCommand]:
        """Return the class of a command; a third-party plain cliff command is adapted. Raises PluginError."""
        command = self._extensions.load(entry_point_name_of(name))
        if not (isinstance(command, type) and issubclass(command, CliffCommand)):
            entry_point = self._extensions.entry_point(entry_point_name_of(name))
            owner = distribution_of(entry_point, GROUP) or entry_point.value
            raise PluginError(f"{name} of {owner} is not a cliff command", hint=f"pip uninstall {owner}")
        return adapt(command)

    def load_soon(self, name: str) -> Type[CliffCommand]:
        """Return the class of a command like `load`, but give up on a plugin whose import is slow. Raises PluginError."""
        entry_point = self.commands.get(name)
        if entry_point is None or is_own(entry_point):
            return self.load(name)
        module = entry_point.value.partition(":")[0]
        try:
            with time_limit(HURRY if module in self._given_up else PATIENCE):
                return self.load(name)
        except TimeoutError as error:  # raised while the cause of another error was looked up
            raise PluginError(f"{name} cannot be loaded: {error}", hint="octoprint-cli plugins list") from error
        except PluginError as error:
            if isinstance(error.__cause__, TimeoutError):
                self._given_up.add(module)
            raise

    def described(self, name: str, app: Any) -> Tuple[CliffCommand, ArgumentParser]:
        """Return an instance of a command, which is not to run, and its parser. Raises PluginError if a plugin fails in any way."""
        factory = self.load(name)
        try:
            # A second run, since the command need not have the output format of this one.
            command = factory(app.beside(), app.options, cmd_name=name)
            return command, command.get_parser(f"{app.NAME} {name}")
        except (Exception, SystemExit) as error:
            owner = self.owner(name)
            if owner is None or isinstance(error, CliError):
                raise
            raise PluginError(
                f"{name} of {owner} cannot be described: {type(error).__name__}: {error}",
                hint=f"pip install --upgrade {owner}  # or: pip uninstall {owner}",
                details={"distribution": owner},
            ) from error

    def owner(self, name: str) -> Optional[str]:
        """Return the distribution that adds the command, None for a built-in one."""
        entry_point = self.commands[name]
        if is_own(entry_point):
            return None
        if self._owners is None:  # a list asks for the owner of many
            self._owners = owners_in(GROUP)
        return self._owners.get((entry_point.name, entry_point.value))

    def topic(self, name: str) -> Optional[str]:
        """Return the folder of `commands` that has a built-in command, None for a plugin's."""
        found = _TOPIC.match(self.commands[name].value)
        return found[1] if found else None

    def names(self) -> List[str]:
        """Return the name of every command."""
        return sorted(self.commands)

    def inventory(self) -> List[Dict[str, Any]]:
        """Return what every installed distribution adds, and what of it fails. Slow."""
        from octoprint_cli.app.inventory import inventory  # for `plugins list` alone

        return list(inventory())

    def judged(self, app: Any, name: Optional[str]) -> List[Dict[str, Any]]:
        """Check every plugin, or the named one, against the plugin guidelines. Slow. Raises NotFound."""
        from octoprint_cli.app.plugin_rules import rules

        return rules.judged(app, name)

    def import_all(self) -> None:
        """Import every command and check that can be, so that the errors they define are known. Slow."""
        for group in (GROUP, CHECKS):
            extensions = EntryPointGroup(group)
            for name in extensions.names():
                with contextlib.suppress(PluginError):
                    extensions.load(name)

    def subcommands(self, words: Sequence[str]) -> List[str]:
        """Return the commands whose names begin with these words, such as those below `config`."""
        prefix = " ".join(words) + " "
        return [name for name in self.names() if name.startswith(prefix)]

    def is_group(self, words: Sequence[str]) -> bool:
        """Return whether these words are no command, but the first ones of some."""
        return entry_point_name_of(" ".join(words)) not in self._extensions.claimed() and bool(self.subcommands(words))

    @staticmethod
    def words(argv: Sequence[str]) -> List[str]:
        """Return the words before the first option, which can be a command's name."""
        return list(itertools.takewhile(lambda word: not word.startswith("-"), argv))

    def _unknown(self, words: Sequence[str]) -> UsageError:
        below = self.subcommands(words[:1])
        if below:
            rest = {name.partition(" ")[2]: name for name in below}
            near = [rest[word] for word in close_matches(" ".join(words[1:2]), rest)]
            others = f" (choose from {', '.join(below)})"
            return UsageError(
                f"{' '.join(words[:2])!r} is not a command{did_you_mean(near) or others}",
                hint=f"octoprint-cli help {near[0] if near else words[0]}",
                details={"did_you_mean": near},
            )
        if words[0].startswith("-") and words[0] != "--":
            from octoprint_cli.framework.usage_errors import unknown_option

            return unknown_option(words[0], (global_parser("", ""),), "octoprint-cli --help")
        near = next(filter(None, (close_matches(" ".join(words[:n]), self.names()) for n in (2, 1))), [])
        return UsageError(
            f"{words[0]!r} is not a command{did_you_mean(near)}",
            hint=f"octoprint-cli help {near[0]}" if near else "octoprint-cli help",
            details={"did_you_mean": near},
        )
