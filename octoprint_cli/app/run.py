"""The application: global options, the lazy client, and the one boundary from errors to exit codes.

Must not know a command.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import gc
import io
import logging
import os
import shlex
import sys
import traceback
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, TextIO, Tuple, Type

from cliff.app import App as CliffApp

from octoprint_cli import __version__
from octoprint_cli.app import signals
from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.app.hide_argv import hide
from octoprint_cli.config.settings import FORMAT_VARIABLE, Settings
from octoprint_cli.errors import (
    CliError,
    Exit,
    InternalError,
    Interrupted,
    OutcomeUnknown,
    OutputError,
    PluginError,
    Stopped,
    Terminated,
)
from octoprint_cli.framework.options import (
    AIMING,
    format_parser,
    global_parser,
    joined,
    parse,
)
from octoprint_cli.output.formats.envelope import failure
from octoprint_cli.output.formats.registry import load as load_format
from octoprint_cli.output.redact import Scrubber, without_key
from octoprint_cli.output.terminal.terminal import Terminal

if TYPE_CHECKING:
    from octoprint_cli.client.client import Aftermath, Client

DESCRIPTION = "Drive an OctoPrint 3D-print server: check, upload, print, watch, stop."


class Format(NamedTuple):
    """The output format of this run, and whether somebody asked for it on the command line."""

    name: str
    asked_for: bool


class App(CliffApp):
    """octoprint-cli. One instance is one run."""

    NAME = "octoprint-cli"
    #: Those in which it answers whatever the line asks for.
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
        self.environ = os.environ if environ is None else environ
        self.format = Format("table", False)
        self.named_formats: List[str] = list(self.forced_formats)
        self.argv: List[str] = []
        self.acted_elsewhere = False  # a line within this run did, on a server of its own
        self.streaming = False  # a line for each thing that happens, the envelope too
        self.scrubber = Scrubber()
        self.options = argparse.Namespace(debug=False, verbose_level=1)
        self.settings = Settings({}, self.environ)
        self.terminal = Terminal(self.stdin, self.stderr)
        self._client: Optional[Client] = None
        #: Called before each request, and often while one waits. It raises KeyboardInterrupt or Terminated to end what is going on.
        self.check: Callable[[], None] = signals.check

    # -- options ----------------------------------------------------------------------------------

    def build_option_parser(self, description: Any, version: Any, argparse_kwargs: Any = None) -> argparse.ArgumentParser:
        """The global options, which may stand anywhere on the line; never abbreviated."""
        return global_parser(self.NAME, description)

    def _choose_format(self, argv: List[str]) -> List[str]:
        """Find the output format before anything that can fail, and take it off the line."""
        chosen, rest = format_parser().parse_known_args(argv)
        asked, preset = [*(chosen.formats or []), *self.forced_formats], self.environ.get(FORMAT_VARIABLE)
        self.format = Format(asked[-1] if asked else preset or "table", bool(asked))
        self.named_formats = [*reversed(asked), preset or "table"]
        return list(rest)

    def configure_logging(self) -> None:
        """stderr alone, every known secret masked in it."""
        handler = logging.StreamHandler(self.stderr)
        handler.addFilter(self.scrubber)
        level = (logging.ERROR, logging.WARNING, logging.INFO)[min(self.options.verbose_level, 2)]
        root = logging.getLogger()
        root.handlers[:] = [handler]
        root.setLevel(logging.DEBUG if self.options.debug else level)
        # It tells of every retry, and what comes of them is told anyway.
        logging.getLogger("urllib3").setLevel(logging.NOTSET if self.options.debug else logging.ERROR)

    # -- what commands use ------------------------------------------------------------------------

    @property
    def client(self) -> Client:
        """The server's client. requests is imported here, on first use."""
        if self._client is None:
            self._client = self.connect(self.settings)
        return self._client

    def connect(self, settings: Settings) -> Client:
        """A client for the server that the settings name. Raises ConfigError if they name none."""
        from octoprint_cli.client.client import Client
        from octoprint_cli.client.http.transport import Tls

        get = settings.get
        verify = get("ca_bundle") or get("verify")
        if verify is False:
            self.terminal.warn("the server's certificate is not checked (verify: false)")
        tls = Tls(verify, get("client_cert"), get("client_key"))
        key = settings.find("api_key")
        origin, patience = key.origin if key else None, {"timeout": get("timeout"), "retries": get("retries")}
        limits = lambda: settings.limits  # noqa: E731 - read once something is to heat
        client = Client(settings.host, key.value if key else None, key_origin=origin, tls=tls, limits=limits, **patience)
        client.http.on_secret, client.http.check = self.scrubber.learn, lambda: self.check()
        return client

    def envelope_formatter(self) -> Optional[Any]:
        """The formatter of this run if it carries the envelope: json, yaml, or an add-on's.

        Of several formats that were named, the last that there is: `--json -f nonsense` is answered in JSON.
        """
        for name in self.named_formats:
            with contextlib.suppress(CliError):
                formatter = load_format(name)
                if formatter is not None:
                    return formatter if hasattr(formatter, "emit_envelope") else None
        return None

    def again(self, *words: str) -> str:
        """This very command line with more words: a hint that can be run, with KEY for the key."""
        own = self.given()
        inherited = [f"--{name.replace('_', '-')}={value}" for name, value in self.aimed_at().items() if value and not own[name]]
        at = self.argv.index("--") if "--" in self.argv else len(self.argv)  # what follows is no option
        line = [self.NAME, *inherited, *self.argv[:at], *words, *self.argv[at:]]
        return shlex.join(without_key(line))

    # -- the run ----------------------------------------------------------------------------------

    def run(self, argv: List[str]) -> int:
        """One command line in, an exit code out. Nothing gets past this."""
        try:
            self.argv = joined(argv)
            self._run(self.argv)
            self.stdout.flush()
            return Exit.OK
        except BrokenPipeError:
            return Exit.PIPE_CLOSED
        except KeyboardInterrupt:
            return self._interrupted(Interrupted, "interrupted")
        except Terminated:
            return self._interrupted(Stopped, "terminated")
        except OutcomeUnknown as error:
            return self._report(self._looked(error))
        except CliError as error:
            return self._report(error)
        except OSError as full:
            return self._report(OutputError(f"stdout cannot be written: {full.strerror}"))
        except Exception as bug:
            return self._report(InternalError.of(bug))

    def _run(self, argv: List[str]) -> None:
        rest = self._choose_format(argv)
        options, rest = self.parser.parse_known_args(rest)
        self.aim(options)
        self.configure_logging()
        if self.options.version_wanted:
            rest = ["version", "--client"]
        elif self.options.help_wanted or not rest:
            rest = ["help", *self.command_manager.words(rest)]
        self.run_subcommand(rest)

    def answer(self, argv: List[str], terminal: Optional[Terminal] = None) -> Tuple[int, Dict[str, Any]]:
        """Another command line, within this run and on its connection: its exit code and its envelope, whatever format it names.

        `terminal` gets what it tells a person meanwhile. If it is interrupted, its exit code says so: end then.
        """
        from octoprint_cli.app.nested_run import Within

        line = Within(self, terminal)
        code, envelope = line.answered(argv)
        if line.has_acted:
            self.acted_elsewhere |= line.settings is not self.settings
            if self._client is not None and line.settings is self.settings:
                self._client.http.acted = True
        return code, envelope

    @property
    def has_acted(self) -> bool:
        """Whether something was sent that changes something."""
        return self._client is not None and self._client.http.acted

    def beside(self) -> App:
        """This run once more, with a connection of its own: for command lines that are answered at the same time."""
        other = App(io.StringIO(), io.StringIO(), self.stderr, self.environ, self.command_manager)
        other.options, other.settings, other.scrubber = self.options, self.settings, self.scrubber
        return other

    def given(self) -> Dict[str, Any]:
        """The global options that choose the server, by name; None for what was not said."""
        return {name: getattr(self.options, name, None) for name in AIMING}

    def aimed_at(self) -> Dict[str, Any]:
        """The same, with what was said elsewhere."""
        return self.given()

    def aim(self, options: argparse.Namespace) -> None:
        """Take these global options, and learn from them which server it is."""
        self.options = options
        self.terminal.quiet = options.verbose_level == 0
        self.settings = self._settings()

    def _settings(self) -> Settings:
        settings = Settings(self.aimed_at(), self.environ)
        settings.on_secret, settings.on_warning = self.scrubber.learn, self.terminal.warn
        for source in (vars(self.options), self.environ):  # at once: even a usage error repeats the line
            self.scrubber.learn(source.get("api_key") or source.get("OCTOPRINT_API_KEY") or "")
            self.scrubber.learn_url(source.get("host") or source.get("OCTOPRINT_HOST") or "")
        if self.options.api_key:
            hide(self.options.api_key)
        return settings

    def run_subcommand(self, argv: List[str]) -> int:
        """Find, parse, run. Raises; `run` translates."""
        factory, name, rest = self.command_manager.find_command(argv)
        self.streaming = getattr(factory, "streams", False)
        self.require_possible(name)
        if getattr(factory, "own_timeout", False) and self.options.timeout is not None:  # its own limit, not that of a request
            rest = [f"--timeout={self.options.timeout}", *rest]
            self.options.timeout = None
            self.aim(self.options)
        try:
            command = factory(self, self.options, cmd_name=name)
            parser = command.get_parser(f"{self.NAME} {name}")
            parsed = parse(parser, name, rest)
            return int(command.run(parsed) or 0)
        except (CliError, BrokenPipeError):
            raise
        except (Exception, SystemExit) as error:
            if isinstance(error, OSError) and error.filename is None:
                raise  # no file was named, so it is stdout
            owner = self.command_manager.owner(name)
            raise (InternalError.of(error) if owner is None else PluginError.crashed(error, name, owner)) from error

    def require_possible(self, name: str) -> None:
        """Raise UsageError for a command that this run cannot have."""

    # -- the boundary -----------------------------------------------------------------------------

    def _interrupted(self, kind: Type[CliError], word: str) -> int:
        """Say what the server has now: whoever stopped the program has not stopped the server."""
        signals.heard()
        if self._client is None or not self._client.http.acted:
            sent = "what was sent to another server goes on" if self.acted_elsewhere else "nothing was sent that changes anything"
            return self._report(kind(f"{word}; {sent}"))
        sentence, now = self._asked(self._client, "the server was not asked what came of it")
        return self._report(kind(f"{word}; {sentence}", details=now))

    def _looked(self, error: OutcomeUnknown) -> CliError:
        """The same error, with what the server says now."""
        if self._client is None:
            return error
        sentence, now = self._asked(self._client, "the server was not asked again")
        details = {**(error.details or {}), "now": now}
        return OutcomeUnknown(f"{error.message}; {sentence}", hint=error.hint, details=details, data=error.data)

    def _emit(self, formatter: Any, envelope: Any) -> None:
        if self.streaming and hasattr(formatter, "emit_line"):
            formatter.emit_line(envelope, self.stdout)
        else:
            formatter.emit_envelope(envelope, self.stdout, self.options)

    @staticmethod
    def _asked(client: Client, unasked: str) -> Aftermath:
        """What the server has now; whoever interrupts the question wants to go at once."""
        with contextlib.suppress(KeyboardInterrupt, Terminated):
            return client.aftermath()
        return unasked, {}

    def _report(self, error: CliError) -> int:
        """Say what went wrong, in the format of this run, and return its exit code."""
        if self.options.debug:
            self.stderr.write(self.scrubber.scrub("".join(traceback.format_exception(type(error), error, error.__traceback__))))
        try:
            formatter = self.envelope_formatter()
            if formatter is not None:
                self._emit(formatter, self.scrubber.scrub_all(failure(error)))
                self.stdout.flush()
            else:
                told = self.scrubber.scrub_all(error.as_dict())
                self.terminal.note_error(told["message"], told["code"], told["hint"])
        except BrokenPipeError:
            return Exit.PIPE_CLOSED
        except OSError as full:
            self.terminal.note_error(error.message, error.code, error.hint)
            self.terminal.warn(f"stdout cannot be written: {full.strerror}")
        return error.exit_code


def main(argv: Optional[List[str]] = None) -> int:
    """The program. Returns the exit code; stdout and stderr never raise for a character they lack."""
    # Importing makes many objects and no garbage, and so does ending: without these two lines a fifth of a
    # short run goes into looking for some.
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    signals.install()
    if sys.stdout is None:  # closed: nobody would hear the answer, so nothing is done
        return int(Exit.PIPE_CLOSED)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for the rest of the run
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = App().run(sys.argv[1:] if argv is None else argv)
    try:
        sys.stdout.flush()
    except OSError:  # told already; the interpreter must not try once more, and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(code)
