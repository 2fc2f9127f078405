"""One command line: its global options, its settings and the server's client, which is made on first use.

Must not know a command.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import re
import shlex
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, List, Mapping, NamedTuple, Optional, Sequence, TextIO

from cliff.app import App as CliffApp

from octoprint_cli import __version__
from octoprint_cli.app import signals
from octoprint_cli.app.boundary import Boundary
from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.app.hide_argv import hide
from octoprint_cli.app.stdout import Stdout, StdoutClosed, StdoutFull
from octoprint_cli.app.unwritten import Unwritten
from octoprint_cli.config.settings import FORMAT_VARIABLE, Settings
from octoprint_cli.errors import CliError, InternalError, PluginError, UsageError
from octoprint_cli.framework.parser import (
    SERVER_OPTIONS,
    format_parser,
    global_parser,
    joined,
    parse,
)
from octoprint_cli.output.formats.registry import DEFAULT_FORMAT, load as load_format
from octoprint_cli.output.redact import Scrubber, without_key
from octoprint_cli.output.terminal.terminal import Terminal

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client

DESCRIPTION = "Drive an OctoPrint 3D-print server: check, upload, print, watch, stop."


class Format(NamedTuple):
    """The output format of a run, and whether it was asked for on the command line."""

    name: str
    asked_for: bool


#: A command line in a hint, of a command that asks a server.
_ELSEWHERE = "help|explain|commands|schema|plugins|init|inspect|config|skill|complete|version|sandbox|mcp"
_FOR_A_SERVER = re.compile(rf"octoprint-cli (?!(?:{_ELSEWHERE})\b|-)(?P<words>\w+)")


class Run(CliffApp):
    """One command line of octoprint-cli."""

    NAME = "octoprint-cli"
    #: Formats that override what the command line asks for.
    forced_formats: Sequence[str] = ()

    def __init__(
        self,
        stdin: Optional[TextIO] = None,
        stdout: Optional[TextIO] = None,
        stderr: Optional[TextIO] = None,
        environ: Optional[Mapping[str, str]] = None,
        manager: Optional[CommandManager] = None,
    ) -> None:
        self.version = __version__
        super().__init__(DESCRIPTION, __version__, manager or CommandManager(), stdin, stdout, stderr, deferred_help=True)
        self.stdout: Any = Stdout.around(self.stdout)
        self.environ = os.environ if environ is None else environ
        self.format = Format(DEFAULT_FORMAT, False)
        self.named_formats: List[str] = list(self.forced_formats)
        self.argv: List[str] = []
        self.acted_elsewhere = False  # a nested command changed something on another server
        self.streaming = False  # the command writes a line for each event, and the envelope as a line, too
        self.scrubber = Scrubber()
        self.unwritten = Unwritten(self)
        self.options = argparse.Namespace(debug=False, verbose_level=1)
        self.settings = Settings({}, self.environ)
        self.terminal = Terminal(self.stdin, self.stderr, environ=self.environ)
        self._client: Optional[Client] = None
        #: Called before each request, and often during a wait. It raises KeyboardInterrupt or Terminated to end the run.
        self.check: Callable[[], None] = signals.check
        #: Called once errors can be reported in the right format; a process begins to raise its signals then.
        self.on_start: Callable[[], None] = lambda: None
        #: Called by a command that has handled a KeyboardInterrupt itself: the run goes on to its good end.
        self.handled: Callable[[], None] = signals.heard

    # -- options ----------------------------------------------------------------------------------

    def build_option_parser(self, description: Any, version: Any, argparse_kwargs: Any = None) -> argparse.ArgumentParser:
        """Return the parser of the global options, which may stand anywhere on the line and are never abbreviated."""
        return global_parser(self.NAME, description)

    def _choose_format(self, argv: List[str]) -> List[str]:
        """Find the output format before anything that can fail, and take it off the line."""
        chosen, rest = format_parser().parse_known_args(argv)
        asked, preset = [*(chosen.formats or []), *self.forced_formats], self.environ.get(FORMAT_VARIABLE)
        self.format = Format(asked[-1] if asked else preset or DEFAULT_FORMAT, bool(asked))
        self.named_formats = [*reversed(asked), preset or DEFAULT_FORMAT]
        return list(rest)

    def configure_logging(self) -> None:
        """Log to stderr alone, with every known secret masked."""
        handler = logging.StreamHandler(self.stderr)
        handler.addFilter(self.scrubber)
        level = (logging.ERROR, logging.WARNING, logging.INFO)[min(self.options.verbose_level, 2)]
        root = logging.getLogger()
        root.handlers[:] = [handler]
        root.setLevel(logging.DEBUG if self.options.debug else level)
        # urllib3 logs every retry, and the error that follows says what came of them.
        logging.getLogger("urllib3").setLevel(logging.NOTSET if self.options.debug else logging.ERROR)

    # -- what commands use ------------------------------------------------------------------------

    @property
    def client(self) -> Client:
        """The server's client, made on first use: it imports requests."""
        if self._client is None:
            self._client = self.connect(self.settings)
        return self._client

    def connect(self, settings: Settings) -> Client:
        """Make a client for the server that the settings name. Raises ConfigError if they name none."""
        from octoprint_cli.client.client import Client
        from octoprint_cli.client.http.server_address import ServerAddress, Tls

        get = settings.get
        verify = get("ca_bundle") or get("verify")
        if verify is False:
            self.terminal.warn("the server's certificate is not checked (verify: false)")
        tls = Tls(verify, get("client_cert"), get("client_key"))
        key = settings.find("api_key")
        address = ServerAddress(settings.host, key.value if key else None, key.origin if key else None, tls)
        limits = lambda: settings.limits  # noqa: E731 - read once something is to heat
        client = Client(address, timeout=get("timeout"), retries=get("retries"), limits=limits)
        client.http.on_secret, client.http.check = self.scrubber.learn, lambda: self.check()
        return client

    def envelope_formatter(self) -> Optional[Any]:
        """Return the formatter of this run if it carries the envelope: json, yaml, or a plugin's.

        Of several formats that were named, the last one that exists counts: `--json -f nonsense` is answered in JSON.
        """
        for name in self.named_formats:
            with contextlib.suppress(CliError):
                formatter = load_format(name)
                if formatter is not None:
                    return formatter if hasattr(formatter, "emit_envelope") else None
        return None

    def again(self, *words: str) -> str:
        """Return this command line with more words: a hint that can be run, with KEY in place of the API key."""
        own, everything = self.own_server_options(), self.server_options()
        inherited = [f"--{name.replace('_', '-')}={value}" for name, value in everything.items() if value and not own[name]]
        at = self.argv.index("--") if "--" in self.argv else len(self.argv)  # what follows -- is no option
        line = [self.NAME, *inherited, *self.argv[:at], *words, *self.argv[at:]]
        return shlex.join(without_key(line))

    def for_same_server(self, words: str) -> str:
        """Return another command line for the server of this run, as a hint, with KEY in place of the API key."""
        options = [
            f"--{name.replace('_', '-')}={value}" for name, value in self.server_options().items() if value and name != "timeout"
        ]
        return " ".join([self.NAME, *([shlex.join(without_key(options))] if options else []), words])

    def hint_for_same_server(self, hint: str) -> str:
        """Return a hint whose command lines mean the server of this run, however that was chosen on its command line."""
        if re.search(r"--(printer|host)\b", hint):
            return hint
        return _FOR_A_SERVER.sub(lambda found: self.for_same_server(found["words"]), hint)

    def writing(self, answer: Any, command: Any, format_name: Optional[str] = None) -> ContextManager[None]:
        """Keep a command's answer while it is converted, or with a format written. Raises OutputError for what fails then."""
        return self.unwritten.writing(answer, command, format_name)

    def unanswered(self, error: UsageError, answer: Any, command: Any) -> CliError:
        """Return what to raise for a usage error that was found after the command: OutputError if something was changed."""
        return self.unwritten.unanswered(error, answer, command)

    # -- the run ----------------------------------------------------------------------------------

    def run(self, argv: List[str]) -> int:
        """Run one command line and return its exit code. Nothing is raised."""
        return Boundary(self).exit_code(lambda: self._run_line(argv))

    def _run_line(self, argv: List[str]) -> None:
        self.argv = joined(argv)
        rest = self._choose_format(self.argv)
        self.on_start()
        options, rest = self.parser.parse_known_args(rest)
        self.apply_options(options)
        self.configure_logging()
        if self.options.version_wanted:
            rest = ["version", "--client"]
        elif self.options.help_wanted or not rest or self._is_group(rest):
            rest = ["help", *self.command_manager.words(rest)]
        self.run_subcommand(rest)

    def _is_group(self, words: List[str]) -> bool:
        """Return whether a line has nothing but the first words of several commands, such as `config`: help lists them."""
        return not any(word.startswith("-") for word in words) and self.command_manager.is_group(words)

    @property
    def has_acted(self) -> bool:
        """Whether a request was sent that changes something."""
        return self._client is not None and self._client.http.acted

    @property
    def has_client(self) -> bool:
        """Whether the server's client has been made."""
        return self._client is not None

    def note_acted(self, here: bool) -> None:
        """Record that a nested run changed something, on this run's server (`here`) or on another one."""
        self.acted_elsewhere |= not here
        if here and self._client is not None:
            self._client.http.acted = True

    def beside(self) -> Run:
        """Make a second run with the same options and settings and a connection of its own."""
        other = type(self)._apart(self)
        other.options, other.settings, other.scrubber = self.options, self.settings, self.scrubber
        return other

    @staticmethod
    def _apart(run: Run) -> Run:
        """Make a run that writes to nobody, in the environment of `run`."""
        return Run(io.StringIO(), io.StringIO(), run.stderr, run.environ, run.command_manager)

    def own_server_options(self) -> Dict[str, Any]:
        """Return the options of this line that choose the server, by name; None for one that was not given."""
        return {name: getattr(self.options, name, None) for name in SERVER_OPTIONS}

    def server_options(self) -> Dict[str, Any]:
        """Return the options that choose the server, with those that were given elsewhere."""
        return self.own_server_options()

    def apply_options(self, options: argparse.Namespace) -> None:
        """Take these global options, which choose the server and how much is written to stderr."""
        self.options = options
        self.terminal.quiet = options.verbose_level == 0
        self.settings = self._make_settings()

    def _make_settings(self) -> Settings:
        settings = Settings(self.server_options(), self.environ)
        settings.on_secret, settings.on_warning = self.scrubber.learn, self.terminal.warn
        for source in (vars(self.options), self.environ):  # at once: even a usage error repeats the command line
            self.scrubber.learn(source.get("api_key") or source.get("OCTOPRINT_API_KEY") or "")
            self.scrubber.learn_url(source.get("host") or source.get("OCTOPRINT_HOST") or "")
        if self.options.api_key:
            hide(self.options.api_key)
        return settings

    def run_subcommand(self, argv: List[str]) -> int:
        """Find the command, parse its arguments, run it. Raises what the boundary translates."""
        factory, name, rest = self.command_manager.find_command(argv)
        self.streaming = getattr(factory, "streams", False)
        self.require_possible(name)
        if getattr(factory, "own_timeout", False) and self.options.timeout is not None:  # it limits the command, not a request
            rest = [f"--timeout={self.options.timeout}", *rest]
            self.options.timeout = None
            self.apply_options(self.options)
        try:
            command = factory(self, self.options, cmd_name=name)
            parser = command.get_parser(f"{self.NAME} {name}")
            parsed = parse(parser, name, rest)
            return int(command.run(parsed) or 0)
        except (CliError, StdoutClosed, StdoutFull):
            raise
        except (Exception, SystemExit) as error:
            owner = self.command_manager.owner(name)
            raise (InternalError.of(error) if owner is None else PluginError.crashed(error, name, owner)) from error

    def require_possible(self, name: str) -> None:
        """Raise UsageError for a command that this run cannot execute."""
