"""The commands sandbox start, status, list, stop and remove: a real OctoPrint with a virtual printer."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Callable, Dict

from octoprint_cli.api import Guarded, Lister, Rows, ShowOne, fields, labelled
from octoprint_cli_sandbox import pythons, readiness
from octoprint_cli_sandbox.errors import InstallFailed, SandboxConflict
from octoprint_cli_sandbox.releases import DEFAULT, Release, parse_release
from octoprint_cli_sandbox.sandbox import FIELDS, Sandbox, list_sandboxes, parse_name

_SANDBOX = fields.record(
    name=fields.text(),
    state=fields.one_of("running", "stopped", "absent"),
    octoprint=fields.text("the installed release").or_null,
    host=fields.text("the server's URL; the last one if it is stopped").or_null,
    port=fields.whole("on 127.0.0.1").or_null,
    pid=fields.whole("the server's process").or_null,
    path=fields.text("its folder").or_null,
    printer=fields.text("its name in the configuration, for --printer").or_null,
    python=fields.text("the version of the Python it runs on").or_null,
)
_CHANGED = fields.merged(_SANDBOX, fields.record(changed=fields.switch("false if the sandbox was in that state already")))
#: The error codes of every sandbox command.
_CODES = ("SANDBOX_ERROR",)


class SandboxCommand(ShowOne):
    """A command on one sandbox, which `--name` chooses."""

    exposed_as_tool = False  # an agent that has the commands as tools has a printer already

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--name", type=_type(parse_name), default="sandbox", help="name of the sandbox (default: sandbox)")
        return parser

    def sandbox(self, parsed_args: Namespace) -> Sandbox:
        """Return the sandbox that the arguments name; it reports its progress on stderr."""
        return Sandbox(self.settings.home, parsed_args.name, self.terminal.note)

    def change(self, parsed_args: Namespace, act: Callable[[Sandbox], bool]) -> Dict[str, Any]:
        """Apply `act`, which returns whether it changed anything, to the locked sandbox. One that does not exist is left alone."""
        sandbox = self.sandbox(parsed_args)
        if not sandbox.exists:
            return {**sandbox.describe(), "changed": False}
        with sandbox.lock():
            changed = act(sandbox)
            return {**sandbox.describe(), "changed": changed}

    def is_registered(self, sandbox: Sandbox) -> bool:
        """Return whether the configured printer of that name is this sandbox.

        Raises SandboxConflict if it is another printer, whose address and key must not be lost.
        """
        section = self.settings.printers.get(sandbox.name)
        if not section:
            return False
        if sandbox.exists and section.get("api_key") == sandbox.record.api_key:
            return True
        raise SandboxConflict(
            f"{self.settings.path} has a printer {sandbox.name!r} that is not a sandbox",
            hint=f"octoprint-cli sandbox start --name {sandbox.name}-2",
        )


class Start(SandboxCommand):
    """start a real OctoPrint with a virtual printer

    The first start installs OctoPrint in a folder of its own, which takes up to half a minute. The server accepts
    connections from this computer only and makes no requests to the internet. It is stored as a printer in the
    configuration: octoprint-cli --printer sandbox status.
    """

    result = _CHANGED
    template = (
        "{changed=false}The sandbox {name} (OctoPrint {octoprint}) was running already at {host}.",
        "<green>Started</> the sandbox {name} (OctoPrint {octoprint}) at {host}.",
    )
    examples = (
        ("octoprint-cli sandbox start", "a server to try things on"),
        ("octoprint-cli sandbox start --name old --octoprint 1.10.3", "a second one, of another release"),
    )
    effects = ("writes",)
    error_codes = (
        *_CODES,
        *("SANDBOX_CONFLICT", "SANDBOX_NEEDS_PYTHON", "SANDBOX_INSTALL_FAILED", "SANDBOX_START_FAILED", "SANDBOX_STOP_FAILED"),
    )

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--octoprint",
            metavar="VERSION",
            type=_type(parse_release),
            help=f"release: 1.10.3, 2.0.0rc7 ..., or 1.10 for its newest (default: the installed one, else {DEFAULT})",
        )
        parser.add_argument(
            "--port", metavar="N", type=_type(_port), help="port on 127.0.0.1 (default: the last one, else a free one)"
        )
        python = f"Python to install with (default: ${pythons.VARIABLE}, else one that fits)"
        parser.add_argument("--python", metavar="PATH", help=python)
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        sandbox = self.sandbox(parsed_args)
        with sandbox.lock():
            self.is_registered(sandbox)  # report a conflict before the long installation
            running = sandbox.pid is not None
            _require_matching(sandbox, parsed_args, running)
            if running:
                self._verify_running(sandbox)
            else:
                self._start(sandbox, parsed_args)
            data = sandbox.describe()
        self.terminal.note(f"try: octoprint-cli --printer {sandbox.name} status")
        return {**data, "changed": not running}

    def _verify_running(self, sandbox: Sandbox) -> None:
        """Register and verify a running server. Whatever is wrong, it is not ended: another client may be using it."""
        self._register(sandbox)
        readiness.wait_until_ready(sandbox, self._connect(sandbox), printer=False)

    def _start(self, sandbox: Sandbox, parsed_args: Namespace) -> None:
        port = sandbox.choose_port(parsed_args.port)
        if not sandbox.installation.works():
            self._install(sandbox, parsed_args)
        self.terminal.note(f"starting OctoPrint {sandbox.installation.octoprint} on port {port} ...")
        process = sandbox.start_server(port)
        try:
            self._register(sandbox)
            readiness.wait_until_ready(sandbox, self._connect(sandbox), printer=True)
        except BaseException:  # an interrupt, too, must leave nothing running
            sandbox.stop_server()
            process.wait()
            raise
        process.returncode = 0  # the server outlives us; without this, Python warns that a child is still running

    def _install(self, sandbox: Sandbox, parsed_args: Namespace) -> None:
        release = parsed_args.octoprint or Release(sandbox.installation.octoprint or DEFAULT)
        python = pythons.find(release, parsed_args.python or self.app.environ.get(pythons.VARIABLE))
        is_new = not sandbox.exists
        if is_new:
            sandbox.create()
        try:
            sandbox.installation.create(release, python)
        except InstallFailed:
            if is_new:
                sandbox.delete()
            raise

    def _register(self, sandbox: Sandbox) -> None:
        """Store the sandbox as a printer. The settings are read again, as another run may have changed them meanwhile."""
        values = {"host": sandbox.host, "api_key": sandbox.record.api_key}
        self._server_settings(sandbox).save(values, printer=sandbox.name)

    def _connect(self, sandbox: Sandbox) -> Any:
        return self.app.connect(self._server_settings(sandbox))

    def _server_settings(self, sandbox: Sandbox) -> Any:
        return self.settings.for_server(str(sandbox.host), sandbox.record.api_key)


class Status(SandboxCommand):
    """show whether a sandbox is running, and where

    The state is running, stopped (the sandbox exists) or absent.
    """

    result = _SANDBOX
    template = (
        "{state=running}The sandbox {name} (OctoPrint {octoprint}) is running at {host}[, process {pid}][, in {path}].",
        "{state=absent}There is no sandbox {name}.",
        "The sandbox {name}[ (OctoPrint {octoprint})] is {state}[, in {path}].",
    )
    examples = (
        ("octoprint-cli sandbox status", "is it running, and where?"),
        ("octoprint-cli sandbox status -c host -f value", "only its address"),
    )
    effects = ("reads",)
    error_codes = _CODES
    needs_server = False

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        return self.sandbox(parsed_args).describe()


class List(Lister):
    """list the sandboxes, running or stopped"""

    result = fields.record(sandboxes=fields.listed(_SANDBOX))
    headings = labelled({"name": "{name}", "state": "{state}", "octoprint": "{octoprint}", "address": "{host}", "process": "{pid}"})
    examples = (
        ("octoprint-cli sandbox list", "all sandboxes"),
        ("octoprint-cli sandbox list --json", "the same, as JSON"),
    )
    effects = ("reads",)
    error_codes = _CODES
    needs_server = False
    exposed_as_tool = False

    def take_action(self, parsed_args: Namespace) -> Rows:
        return Rows("sandboxes", FIELDS, [sandbox.describe() for sandbox in list_sandboxes(self.settings.home)])


class Stop(SandboxCommand):
    """stop a sandbox's server, and keep its files"""

    result = _CHANGED
    template = (
        "{state=absent}There is no sandbox {name}.",
        "{changed=false}The sandbox {name} was stopped already.",
        "<green>Stopped</> the sandbox {name}; its files are kept[ in {path}].",
    )
    examples = (
        ("octoprint-cli sandbox stop", "stop it; the next start goes on with its files"),
        ("octoprint-cli sandbox stop --name old", "stop another one"),
    )
    effects = ("stops",)
    error_codes = (*_CODES, "SANDBOX_STOP_FAILED")
    needs_server = False

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        return self.change(parsed_args, Sandbox.stop_server)


class Remove(Guarded, SandboxCommand):
    """stop a sandbox's server, and delete its files

    Its settings in the configuration are removed, too.
    """

    destructive = "ends the sandbox's server and deletes its files, including uploads"
    would = ("{state=absent}There is no sandbox {name}.", "Would delete the sandbox {name}[ with its folder {path}].")
    result = _CHANGED
    template = ("{changed=false}There is no sandbox {name}.", "<green>Removed</> the sandbox {name}.")
    rehearsal = _SANDBOX
    examples = (
        ("octoprint-cli sandbox remove --confirm", "delete the sandbox with all its uploads"),
        ("octoprint-cli sandbox remove --dry-run", "show what would be deleted"),
    )
    effects = ("stops", "deletes")
    error_codes = (*_CODES, "SANDBOX_STOP_FAILED")
    needs_server = False

    def rehearse(self, parsed_args: Namespace) -> Dict[str, Any]:
        return self.sandbox(parsed_args).describe()

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        return self.change(parsed_args, self._remove)

    def _remove(self, sandbox: Sandbox) -> bool:
        sandbox.stop_server()
        try:
            if self.is_registered(sandbox):
                self.settings.forget(sandbox.name)
        except SandboxConflict as error:  # the configured printer is another one and is kept
            self.terminal.warn(error.message)
        sandbox.delete()
        return True


def _require_matching(sandbox: Sandbox, parsed_args: Namespace, running: bool) -> None:
    """Raise SandboxConflict if the sandbox has another version than the requested one, or runs on another port."""
    if not sandbox.exists:
        return
    installed, requested = sandbox.installation.octoprint, parsed_args.octoprint
    if installed and requested and not requested.is_met_by(installed):
        raise SandboxConflict(
            f"sandbox {sandbox.name!r} is OctoPrint {installed}, not {requested.requested}",
            hint=f"octoprint-cli sandbox start --octoprint {requested.requested} --name {sandbox.name}-2",
        )
    port = sandbox.record.port
    if running and parsed_args.port not in (None, port):
        raise SandboxConflict(
            f"sandbox {sandbox.name!r} runs on port {port}, not {parsed_args.port}",
            hint=f"octoprint-cli sandbox stop --name {sandbox.name}",
        )


def _port(text: str) -> int:
    if not (text.isdigit() and 0 < int(text) < 65536):
        raise ValueError(f"{text!r} is not a port: use 1 to 65535")
    return int(text)


def _type(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make an argparse type of a parser, so that argparse shows the text of its ValueError."""

    def convert(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from error

    return convert
