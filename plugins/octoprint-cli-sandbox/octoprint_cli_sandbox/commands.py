"""sandbox start, status, list, stop, remove: a real OctoPrint with a virtual printer."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Callable, Dict

from octoprint_cli.api import Guarded, Lister, Rows, ShowOne, fields
from octoprint_cli_sandbox import pythons, ready
from octoprint_cli_sandbox.errors import InstallFailed, SandboxConflict
from octoprint_cli_sandbox.releases import DEFAULT, Release, release
from octoprint_cli_sandbox.sandbox import FIELDS, Sandbox, all_of, valid_name

_SANDBOX = fields.record(
    name=fields.text(),
    state=fields.one_of("running", "stopped", "absent"),
    octoprint=fields.text("the release that is installed").or_null,
    host=fields.text("where the server answers, or did last").or_null,
    port=fields.whole("on 127.0.0.1").or_null,
    pid=fields.whole("the server's process").or_null,
    path=fields.text("its folder").or_null,
    printer=fields.text("its name in the configuration, for --printer").or_null,
    python=fields.text("the Python that it runs on").or_null,
)
_CHANGED = fields.merged(_SANDBOX, fields.record(changed=fields.switch("false: it was so before")))
#: What can go wrong with each of them.
_CODES = ("SANDBOX_ERROR",)


class Sandboxed(ShowOne):
    """A command on one sandbox, which `--name` chooses."""

    as_tool = False  # whoever has the commands as tools has a printer already

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--name", type=_type(valid_name), default="sandbox", help="which sandbox (sandbox)")
        return parser

    def sandbox(self, parsed_args: Namespace) -> Sandbox:
        """The sandbox that the arguments name; its progress is told on stderr."""
        return Sandbox(self.settings.home, parsed_args.name, self.terminal.note)

    def is_registered(self, sandbox: Sandbox) -> bool:
        """Whether the configuration's printer of that name is this sandbox.

        Raises SandboxConflict if it is another printer: its address and key must not be lost.
        """
        section = self.settings.printers.get(sandbox.name)
        if not section:
            return False
        if sandbox.exists and section.get("api_key") == sandbox.record.api_key:
            return True
        raise SandboxConflict(
            f"{self.settings.path} has a printer {sandbox.name!r} that is no sandbox",
            hint=f"octoprint-cli sandbox start --name {sandbox.name}-2",
        )


class Start(Sandboxed):
    """start a real OctoPrint with a virtual printer, to try things on

    Installs it on first use, in a folder of its own, which takes about half a minute. It answers on this
    machine alone, asks the internet for nothing, and is stored as a printer of the configuration:
    octoprint-cli --printer sandbox status.
    """

    answer = _CHANGED
    effects = ("writes",)
    codes = (
        *_CODES,
        *("SANDBOX_CONFLICT", "SANDBOX_NEEDS_PYTHON", "SANDBOX_INSTALL_FAILED", "SANDBOX_START_FAILED", "SANDBOX_STOP_FAILED"),
    )

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--octoprint",
            metavar="VERSION",
            type=_type(release),
            help=f"1.10.3, 2.0.0rc7 ..., or 1.10 for the newest of that line ({DEFAULT}, or what is installed)",
        )
        parser.add_argument("--port", metavar="N", type=_type(_port), help="the port on 127.0.0.1 (a free one)")
        parser.add_argument("--python", metavar="PATH", help=f"the Python to install it with (one that fits; {pythons.VARIABLE})")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        sandbox = self.sandbox(parsed_args)
        with sandbox.lock():
            self.is_registered(sandbox)  # a conflict must show before the long part
            running = sandbox.pid is not None
            if sandbox.exists:
                _require_same(sandbox, parsed_args, running)
            if running:
                self._check(sandbox)
            else:
                self._start(sandbox, parsed_args)
            data = sandbox.describe()
        self.terminal.note(f"try: octoprint-cli --printer {sandbox.name} status")
        return {**data, "changed": not running}

    def _check(self, sandbox: Sandbox) -> None:
        """It runs, so somebody may be using it: whatever is wrong, it is not ended."""
        self._register(sandbox)
        ready.wait(sandbox, self._connect(sandbox), printer=False)

    def _start(self, sandbox: Sandbox, parsed_args: Namespace) -> None:
        port = sandbox.choose_port(parsed_args.port)
        if not sandbox.install.works():
            self._install(sandbox, parsed_args)
        self.terminal.note(f"starting OctoPrint {sandbox.install.octoprint} on port {port} ...")
        process = sandbox.launch(port)
        try:
            self._register(sandbox)
            ready.wait(sandbox, self._connect(sandbox), printer=True)
        except BaseException:  # an interrupt, too, must leave nothing running
            sandbox.halt()
            process.wait()
            raise
        process.returncode = 0  # it stays: or the interpreter warns that a child still runs

    def _install(self, sandbox: Sandbox, parsed_args: Namespace) -> None:
        wanted = parsed_args.octoprint or Release(sandbox.install.octoprint or DEFAULT)
        python = pythons.find(wanted, parsed_args.python or self.app.environ.get(pythons.VARIABLE))
        is_new = not sandbox.exists
        if is_new:
            sandbox.create()
        try:
            sandbox.install.make(wanted, python)
        except InstallFailed:
            if is_new:
                sandbox.delete()
            raise

    def _register(self, sandbox: Sandbox) -> None:
        """Store it as a printer. The settings are read anew: another run may have written them meanwhile."""
        values = {"host": sandbox.host, "api_key": sandbox.record.api_key}
        self._aimed(sandbox).save(values, printer=sandbox.name)

    def _connect(self, sandbox: Sandbox) -> Any:
        return self.app.connect(self._aimed(sandbox))

    def _aimed(self, sandbox: Sandbox) -> Any:
        return self.settings.aimed_at(str(sandbox.host), sandbox.record.api_key)


class Status(Sandboxed):
    """show whether a sandbox runs, and where

    The state is running, stopped (its folder is there) or absent.
    """

    answer = _SANDBOX
    effects = ("reads",)
    codes = _CODES
    asks_server = False

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        return self.sandbox(parsed_args).describe()


class List(Lister):
    """list the sandboxes, running or stopped"""

    answer = fields.record(sandboxes=fields.listed(_SANDBOX))
    effects = ("reads",)
    codes = _CODES
    asks_server = False
    as_tool = False

    def take_action(self, parsed_args: Namespace) -> Rows:
        return Rows("sandboxes", FIELDS, [sandbox.describe() for sandbox in all_of(self.settings.home)])


class Stop(Sandboxed):
    """end a sandbox's server; its files stay for the next start"""

    answer = _CHANGED
    effects = ("stops",)
    codes = (*_CODES, "SANDBOX_STOP_FAILED")
    asks_server = False

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        sandbox = self.sandbox(parsed_args)
        if not sandbox.exists:
            return {**sandbox.describe(), "changed": False}
        with sandbox.lock():
            changed = sandbox.halt()
            return {**sandbox.describe(), "changed": changed}


class Remove(Guarded, Sandboxed):
    """end a sandbox's server, delete its files and its printer's settings"""

    destructive = "ends the sandbox's server and deletes its files, uploads among them"
    answer = _CHANGED
    rehearsal = fields.merged(fields.record("with --dry-run", dry_run=fields.switch()), _SANDBOX)
    effects = ("stops", "deletes")
    codes = (*_CODES, "SANDBOX_STOP_FAILED")
    asks_server = False

    def rehearse(self, parsed_args: Namespace) -> Dict[str, Any]:
        return self.sandbox(parsed_args).describe()

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        sandbox = self.sandbox(parsed_args)
        if not sandbox.exists:
            return {**sandbox.describe(), "changed": False}
        with sandbox.lock():
            self._remove(sandbox)
            return {**sandbox.describe(), "changed": True}

    def _remove(self, sandbox: Sandbox) -> None:
        sandbox.halt()
        try:
            if self.is_registered(sandbox):
                self.settings.forget(sandbox.name)
        except SandboxConflict as error:  # not ours: it stays
            self.terminal.warn(error.message)
        sandbox.delete()


def _require_same(sandbox: Sandbox, parsed_args: Namespace, running: bool) -> None:
    """Raise SandboxConflict if another version than the installed is wanted, or another port than it runs on."""
    installed, wanted = sandbox.install.octoprint, parsed_args.octoprint
    if installed and wanted and not wanted.is_met_by(installed):
        raise SandboxConflict(
            f"sandbox {sandbox.name!r} is OctoPrint {installed}, not {wanted.asked}",
            hint=f"octoprint-cli sandbox start --octoprint {wanted.asked} --name {sandbox.name}-2",
        )
    port = sandbox.record.port
    if running and parsed_args.port not in (None, port):
        raise SandboxConflict(
            f"sandbox {sandbox.name!r} runs on port {port}, not {parsed_args.port}",
            hint=f"octoprint-cli sandbox stop --name {sandbox.name}",
        )


def _port(text: str) -> int:
    if not (text.isdigit() and 0 < int(text) < 65536):
        raise ValueError(f"{text!r} is no port: 1 to 65535")
    return int(text)


def _type(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """As an argparse type: a ValueError's own text is shown."""

    def converted(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from error

    return converted
