"""A row for every command: how it succeeds and how it fails against the fake server.

`{file}` is a good G-code file, `{missing}` a path where nothing is, `{folder}` a folder, `{wide}` and the like are
in `samples`.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Tuple

from cliff.lister import Lister

from octoprint_cli.app.command_loader import GROUP, CommandManager
from octoprint_cli.plugins.distributions import installed
from octoprint_cli.testing import FaultServer, Result
from octoprint_cli.testing.server.faults import html

from .program import Program
from .reading import BATCH_READERS, READERS, STREAM_READERS
from .samples import SAMPLES

OWN = "octoprint-agent-cli"
#: What `plugins check` looks at. A plugin of three commands, where it is installed, needs a tenth of the time of the program,
#: of which test_plugin_rules.py proves that it follows the rules.
CHECKED = next((found.name for found in installed() if found.name == "octoprint-cli-psucontrol"), OWN)
Scene = Callable[[FaultServer], None]


def idle(server: FaultServer) -> None:
    """Nothing is going on."""


def printing(server: FaultServer) -> None:
    server.octoprint.printing()


def paused(server: FaultServer) -> None:
    server.octoprint.printing(state="Paused")


def warm(server: FaultServer) -> None:
    server.octoprint.history = [(1795398164, {"tool0": [150.0, 200.0]}), (1795398166, {"tool0": [151.5, None]})]


def asking(server: FaultServer) -> None:
    """The firmware wants a person to change the filament."""
    server.octoprint.printing(state="Paused")
    server.octoprint.plugins["action_command_prompt"] = {"text": "Nozzle Parked", "choices": ["Continue"]}


def cancelled(server: FaultServer) -> None:
    """Somebody has ended the last job."""
    server.octoprint.printing()
    server.octoprint.cancel()


def cancelled_then_printed(server: FaultServer) -> None:
    cancelled(server)
    server.octoprint.printing()
    server.octoprint.finish()


def offline(server: FaultServer) -> None:
    server.octoprint.state = "Offline"


def stocked(server: FaultServer) -> None:
    server.octoprint.store("cube.gcode")
    server.octoprint.store("parts/gear.gcode")
    server.octoprint.store("old.gco", location="sdcard")


def login_page(server: FaultServer) -> None:
    server.fail("GET", "/api/*", html())


class Case(NamedTuple):
    """A command line, what the server is doing, the error code it ends with (empty: success), and what comes on stdin."""

    argv: str
    scene: Scene = idle
    code: str = ""
    stdin: str = ""

    def words(self, program: Program) -> List[str]:
        names = {"file": str(program.file()), "missing": str(program.folder / "missing.gcode"), "folder": str(program.folder)}
        wanted = (name for name in SAMPLES if f"{{{name}}}" in self.argv)
        names.update({name: str(program.file(f"{name}.gcode", SAMPLES[name])) for name in wanted})
        return [word.format(**names) for word in self.argv.split()]

    def run(self, program: Program, *more: str) -> Result:
        """What the program answers to it, and to more words."""
        return program.run(*self.words(program), *more, stdin=self.stdin)


class Row(NamedTuple):
    """A command: a success, a failure."""

    good: Case
    bad: Case


ROWS: Dict[str, Row] = {
    "batch": Row(
        Case("batch", stocked, stdin='# two lines\n["files"]\n\nversion --client\n'),
        Case("batch", idle, "NO_ACTIVE_JOB", "pause\nfiles\n"),
    ),
    "cancel": Row(Case("cancel --confirm", printing), Case("cancel --confirm", idle, "NO_ACTIVE_JOB")),
    "commands": Row(Case("commands"), Case("commands nonsense", idle, "USAGE_ERROR")),
    "complete": Row(Case("complete bash"), Case("complete", idle, "USAGE_ERROR")),
    "config show": Row(Case("config show"), Case("--config {missing} config show", idle, "CONFIG_ERROR")),
    "connect": Row(Case("connect", offline), Case("connect --profile nope", offline, "NOT_FOUND")),
    "disconnect": Row(Case("disconnect"), Case("disconnect", printing, "PRINTER_BUSY")),
    "explain": Row(Case("explain printer_busy"), Case("explain NONSENSE", idle, "USAGE_ERROR")),
    "files": Row(Case("files", stocked), Case("files --api-key wrong-key", stocked, "AUTH_ERROR")),
    "gcode": Row(Case("gcode G28"), Case("gcode M81", idle, "CONFIRMATION_REQUIRED")),
    "help": Row(Case("help"), Case("help nonsense", idle, "USAGE_ERROR")),
    "init": Row(Case("init"), Case("init --api-key wrong-key", idle, "AUTH_ERROR")),
    "inspect": Row(Case("inspect {file}"), Case("inspect {missing}", idle, "FILE_NOT_FOUND")),
    "pause": Row(Case("pause", printing), Case("pause", idle, "NO_ACTIVE_JOB")),
    "plugins check": Row(Case(f"plugins check {CHECKED}"), Case("plugins check nobodys-tools", idle, "NOT_FOUND")),
    "plugins list": Row(Case("plugins list"), Case("plugins list -c nope", idle, "USAGE_ERROR")),
    "plugins new": Row(Case("plugins new my-printer"), Case("plugins new My!", idle, "INVALID_VALUE")),
    "preflight": Row(Case("preflight {file}"), Case("preflight {missing}", idle, "FILE_NOT_FOUND")),
    "print": Row(Case("print {file} --confirm"), Case("print {file}", idle, "CONFIRMATION_REQUIRED")),
    "resume": Row(Case("resume", paused), Case("resume", idle, "NO_ACTIVE_JOB")),
    "schema": Row(Case("schema status"), Case("schema nonsense", idle, "USAGE_ERROR")),
    "skill": Row(Case("skill"), Case("skill --wat", idle, "USAGE_ERROR")),
    "status": Row(Case("status", printing), Case("status", offline, "PRINTER_OFFLINE")),
    "temp": Row(Case("temp --tool 200"), Case("temp --tool nan", idle, "INVALID_VALUE")),
    "upload": Row(Case("upload {file}"), Case("upload {missing}", idle, "FILE_NOT_FOUND")),
    "version": Row(Case("version"), Case("version", login_page, "UNEXPECTED_RESPONSE")),
    "wait": Row(Case("wait", cancelled_then_printed), Case("wait", cancelled, "JOB_CANCELLED")),
    "watch": Row(Case("watch --until printing", printing), Case("watch --until done", offline, "PRINTER_OFFLINE")),
}

#: A person sees its report, or what was done before, then the error.
SHOWS_A_REPORT_THEN_FAILS: FrozenSet[str] = frozenset({"batch", "preflight"})


def entry_points(group: str) -> List[str]:
    """The names that this program itself adds to a group."""
    own = next(distribution for distribution in installed() if distribution.name == OWN)
    return sorted(entry.name for entry in own.entry_points if entry.group == group)


#: Every command, as it is typed.
COMMANDS: List[str] = sorted(name.replace("_", " ") for name in entry_points(GROUP))


def formats(command: str) -> List[str]:
    """The formats that a command offers."""
    kind = "list" if issubclass(CommandManager().load(command), Lister) else "show"
    return entry_points(f"octoprint_cli.formatter.{kind}")


def reader(command: str, name: str) -> Callable[[str], Any]:
    """What reads the command's output in that format: one document, or a stream of them."""
    if command == "batch":
        return BATCH_READERS[name]
    return (STREAM_READERS if getattr(CommandManager().load(command), "streams", False) else READERS)[name]


def every_format() -> List[Tuple[str, str]]:
    """Each command with each of its formats."""
    return [(command, name) for command in COMMANDS for name in formats(command)]
