"""Which commands there are: exact names, from entry points, imported one at a time.

Must not know any command.
"""

from __future__ import annotations

import contextlib
import itertools
from argparse import ArgumentParser
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple, Type

from cliff.command import Command as CliffCommand
from cliff.commandmanager import CommandManager as CliffManager

from octoprint_cli.app.foreign_commands import adopt
from octoprint_cli.app.time_limit import at_most
from octoprint_cli.errors import CliError, PluginError, UsageError
from octoprint_cli.errors.suggest import close_matches, did_you_mean
from octoprint_cli.output.formats.registry import LIST_GROUP, SHOW_GROUP
from octoprint_cli.plugins.entry_points import (
    CHECKS,
    COMMANDS,
    Extensions,
    distribution_of,
    is_own,
)

GROUP = COMMANDS

#: Seconds that a list waits for an add-on's module, and for one that was not there in time before.
PATIENCE, HURRY = 2.0, 0.05
#: What an entry point of each group adds.
KINDS = {GROUP: "commands", CHECKS: "checks", SHOW_GROUP: "formats", LIST_GROUP: "formats"}


class CommandManager(CliffManager):
    """cliff's manager without its imports at start, its abbreviations, and its silent replacements."""

    def __init__(self, group: str = GROUP) -> None:
        self._extensions = Extensions(group)
        self._given_up: Set[str] = set()
        super().__init__(group)

    def load_commands(self, namespace: str) -> None:
        """List the commands; nothing is imported. An underscore in a name is a space."""
        self.group_list.append(namespace)
        for name in self._extensions.names():
            self.commands[spoken(name)] = self._extensions.entry_point(name)

    def add_command(self, name: str, command_class: Any) -> None:
        """Does nothing: cliff's own help and complete come this way, and ours are entry points."""

    def find_command(self, argv: List[str]) -> Tuple[Type[CliffCommand], str, List[str]]:
        """The command class, its name, the rest of the line. The longest exact name wins.

        Raises UsageError with the nearest names, PluginError for one that cannot be loaded.
        """
        words = self.words(argv)
        for length in range(len(words), 0, -1):
            name = " ".join(words[:length])
            if name in self.commands or written(name) in self._extensions.claimed():
                return self.load(name), name, argv[length:]
        raise self._unknown(words or argv)

    def load(self, name: str) -> Type[CliffCommand]:
        """The class of a command, a stranger's made to answer in our contract. Raises PluginError."""
        command = self._extensions.load(written(name))
        if not (isinstance(command, type) and issubclass(command, CliffCommand)):
            entry_point = self._extensions.entry_point(written(name))
            owner = distribution_of(entry_point, GROUP) or entry_point.value
            raise PluginError(f"{name} of {owner} is no cliff command", hint=f"pip uninstall {owner}")
        return adopt(command)

    def load_soon(self, name: str) -> Type[CliffCommand]:
        """The same, for a list of all: a module of an add-on that takes long to import is given up. Raises PluginError."""
        entry_point = self.commands.get(name)
        if entry_point is None or is_own(entry_point):
            return self.load(name)
        module = entry_point.value.partition(":")[0]
        try:
            with at_most(HURRY if module in self._given_up else PATIENCE):
                return self.load(name)
        except TimeoutError as error:  # while it was found out what else was wrong
            raise PluginError(f"{name} cannot be loaded: {error}", hint="octoprint-cli plugins list") from error
        except PluginError as error:
            if isinstance(error.__cause__, TimeoutError):
                self._given_up.add(module)
            raise

    def described(self, name: str, app: Any) -> Tuple[CliffCommand, ArgumentParser]:
        """An instance of a command, which is not to run, and its parser. Raises PluginError: a stranger's can fail in any way."""
        factory = self.load(name)
        try:
            # Beside the run: its output format need not be one of the command's.
            command = factory(app.beside(), app.options, cmd_name=name)
            return command, command.get_parser(f"{app.NAME} {name}")
        except (Exception, SystemExit) as error:
            owner = self.owner(name)
            if owner is None or isinstance(error, CliError):
                raise
            raise PluginError(
                f"{name} of {owner} cannot be described: {type(error).__name__}: {error}",
                hint=f"pip install --upgrade {owner}, or: pip uninstall {owner}",
                details={"distribution": owner},
            ) from error

    def owner(self, name: str) -> Optional[str]:
        """The distribution that adds the command, None for our own."""
        entry_point = self.commands[name]
        return None if is_own(entry_point) else distribution_of(entry_point, GROUP)

    def names(self) -> List[str]:
        """Every command."""
        return sorted(self.commands)

    def inventory(self) -> List[Dict[str, Any]]:
        """What every installed distribution adds, and what of it fails. Slow."""
        return list(inventory())

    def judged(self, app: Any, name: Optional[str]) -> List[Dict[str, Any]]:
        """Each add-on with the house rules that it breaks, or the named one. Slow. Raises NotFound."""
        from octoprint_cli.app.plugin_rules import rules

        return rules.judged(app, name)

    def import_all(self) -> None:
        """Import every command and check that can be, so that the errors they define are known. Slow."""
        for group in (GROUP, CHECKS):
            extensions = Extensions(group)
            for name in extensions.names():
                with contextlib.suppress(PluginError):
                    extensions.load(name)

    def subcommands(self, words: Sequence[str]) -> List[str]:
        """The commands below `config`, say."""
        prefix = " ".join(words) + " "
        return [name for name in self.names() if name.startswith(prefix)]

    @staticmethod
    def words(argv: Sequence[str]) -> List[str]:
        """The beginning of the line in which a command's name can stand."""
        return list(itertools.takewhile(lambda word: not word.startswith("-"), argv))

    def _unknown(self, words: Sequence[str]) -> UsageError:
        below = self.subcommands(words[:1])
        if below:
            return UsageError(
                f"{words[0]!r} is not a command; below it there are: {', '.join(below)}", hint=f"octoprint-cli help {below[0]}"
            )
        near = next(filter(None, (close_matches(" ".join(words[:n]), self.names()) for n in (2, 1))), [])
        return UsageError(
            f"{words[0]!r} is not a command{did_you_mean(near)}",
            hint=f"octoprint-cli help {near[0]}" if near else "octoprint-cli help",
            details={"did_you_mean": near},
        )


def spoken(name: str) -> str:
    """An entry point's name as it is typed: `config_show` is `config show`."""
    return name.replace("_", " ")


def written(name: str) -> str:
    """The reverse."""
    return name.replace(" ", "_")


def inventory() -> Iterator[Dict[str, Any]]:
    """Every distribution that adds something: its commands, checks and formats, and what of it fails.

    Imports everything, and reads the metadata of everything installed: for `plugins list` alone.
    """
    from octoprint_cli.plugins.distributions import installed

    extensions = {group: Extensions(group) for group in KINDS}
    clashes = [fault for group in extensions.values() for fault in group.clashes()]
    for distribution in sorted(installed(), key=lambda found: found.name.lower()):
        row: Dict[str, Any] = {"distribution": distribution.name, "version": distribution.version}
        row.update({kind: [] for kind in ("commands", "checks", "formats")})
        row["requires"] = distribution.requires
        row["problems"] = [fault.problem for fault in clashes if fault.distribution == distribution.name]
        for entry_point in distribution.entry_points:
            if entry_point.group in KINDS:
                added: List[str] = row[KINDS[entry_point.group]]
                name = spoken(entry_point.name) if entry_point.group == GROUP else entry_point.name
                added += [name] if name not in added else []
                row["problems"] += _problem(extensions[entry_point.group], entry_point)
        yield row


def _problem(extensions: Extensions, entry_point: Any) -> List[str]:
    if entry_point.name not in extensions or extensions.entry_point(entry_point.name).value != entry_point.value:
        return []  # a clash, told already
    try:
        extensions.load(entry_point.name)
    except PluginError as error:
        return [error.message]
    return []
