"""Protocols for what a command may use of its run, and a function of a command.

`command.app` is a RunContext. The parameter of a function that takes a command is a CommandContext.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, List, Mapping, Optional, Protocol, Sequence, Tuple, Type

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.config.settings import Settings
    from octoprint_cli.errors import CliError, UsageError
    from octoprint_cli.output.redact import Scrubber
    from octoprint_cli.output.terminal.terminal import Show, Terminal


class CommandSource(Protocol):
    """The installed commands: `app.command_manager`."""

    def names(self) -> List[str]:
        """Return the name of every command."""

    def owner(self, name: str) -> Optional[str]:
        """Return the distribution that adds a command, or None for a built-in one."""

    def topic(self, name: str) -> Optional[str]:
        """Return the folder of `commands` that has a built-in command, or None for a plugin's."""

    def subcommands(self, words: Sequence[str]) -> List[str]:
        """Return the commands whose names begin with the given words."""

    def find_command(self, argv: List[str]) -> Tuple[Type[Any], str, List[str]]:
        """Return the class of a command, its name and the rest of the line. Raises UsageError or PluginError."""

    def load_soon(self, name: str) -> Type[Any]:
        """Return the class of a command. Raises PluginError, also for a plugin whose import is slow."""

    def described(self, name: str, app: Any) -> Tuple[Any, ArgumentParser]:
        """Return an instance of a command, for description only, and its parser. Raises PluginError."""

    def inventory(self) -> List[Dict[str, Any]]:
        """Return what every installed distribution adds, with the problems of each."""

    def judged(self, app: Any, name: Optional[str]) -> List[Dict[str, Any]]:
        """Check one plugin, or all of them, against the plugin guidelines. Raises NotFound."""

    def import_all(self) -> None:
        """Import every command and check, so that the errors they define are known."""


class RunContext(Protocol):
    """The run of one command line: `command.app`."""

    NAME: str
    version: str
    stdin: Any
    stdout: Any
    stderr: Any
    environ: Mapping[str, str]
    options: Namespace
    format: Any
    parser: ArgumentParser
    settings: Settings
    terminal: Terminal
    scrubber: Scrubber
    #: Called before each request and often during a wait; raises an exception to end the run.
    check: Callable[[], None]
    #: Called by a command that has handled a KeyboardInterrupt itself.
    handled: Callable[[], None]

    @property
    def client(self) -> Client:
        """The server, made on first use. Raises ConfigError if none is configured."""

    @property
    def command_manager(self) -> CommandSource:
        """The installed commands."""

    def connect(self, settings: Settings) -> Client:
        """Return a new client for the server of the given settings."""

    def again(self, *words: str) -> str:
        """Return this command line with the given words appended, as a hint."""

    def for_same_server(self, words: str) -> str:
        """Return the command line of these words for the server of this run, as a hint."""

    def answer(self, argv: List[str], terminal: Optional[Terminal] = None) -> Tuple[int, Dict[str, Any]]:
        """Run another command line in this run, and return its exit code and its envelope."""

    def writing(self, answer: Any, command: Any, format_name: Optional[str] = None) -> ContextManager[None]:
        """Keep a command's answer while it is converted, or with a format written. Raises OutputError for what fails then."""

    def unanswered(self, error: UsageError, answer: Any, command: Any) -> CliError:
        """Return what to raise for a usage error that was found after the command: OutputError if something was changed."""

    def beside(self) -> Any:
        """Return a second run that shares options and settings but has its own connection."""

    def apply_options(self, options: Namespace) -> None:
        """Replace the global options of the run."""


class CommandContext(Protocol):
    """The part of a command that functions with a command as parameter use."""

    app: RunContext

    @property
    def client(self) -> Client:
        """The client of the configured server."""

    @property
    def settings(self) -> Settings:
        """The configuration."""

    @property
    def terminal(self) -> Terminal:
        """The terminal, for notes on stderr and questions."""


class StreamContext(CommandContext, Protocol):
    """The part of a streaming command that functions with such a command as parameter use."""

    def view(self, on_key: Optional[Callable[[str], None]] = None) -> ContextManager[Optional[Show]]:
        """Open the live view if there is an interactive user, who may press keys."""

    @property
    def is_read_live(self) -> bool:
        """Whether somebody reads the events on a terminal, as text."""
