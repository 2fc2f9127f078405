"""What a person sees: the text format's screens as files, piped and on terminals of three widths.

Each file of `screens/` has the screens of some command lines, with colours as `<green>` and `</>`. After a deliberate change
OCTOPRINT_CLI_UPDATE_SCREENS=1 writes them anew: read what `git diff` shows then.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Callable, Dict, Iterator, List, NamedTuple

import pytest
from stevedore.extension import ExtensionManager

from octoprint_cli.app.program import Program as Run
from octoprint_cli.output.formats import text_page
from octoprint_cli.plugins.entry_points import is_own
from octoprint_cli.testing import FaultServer

from .program import Program
from .samples import SAMPLES
from .table import Scene, asking, cancelled, idle, offline, paused, printing, stocked

SCREENS = Path(__file__).parent / "screens"
UPDATE = "OCTOPRINT_CLI_UPDATE_SCREENS"
#: 2026-11-29 12:00 UTC.
NOW = 1795953600.0
_COLOURS = {"31": "red", "32": "green", "33": "yellow", "36": "cyan", "1": "bold", "2": "dim", "0": "/"}


class Tty(io.StringIO):
    """A stream that claims to be a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Shown(NamedTuple):
    """Command lines that are run one after another in a scene."""

    scene: Scene
    lines: List[str]


def finished(server: FaultServer) -> None:
    """A job has printed, and the bed is still hot."""
    server.octoprint.printing("cube.gcode")
    server.octoprint.finish()
    server.octoprint.heaters.update(tool0=(31.0, 0.0), bed=(59.8, 60.0))


def histories(server: FaultServer) -> None:
    """Files that were printed, failed, analysed, and one with a long name on the SD card."""
    done = {"success": 2, "failure": 0, "last": {"date": NOW - 86400, "success": True, "printTime": 84.2}}
    failed = {"success": 0, "failure": 1, "last": {"date": NOW - 3600, "success": False, "printTime": 3.0}}
    server.octoprint.store("cube.gcode", size=459776, prints=done)
    server.octoprint.store("parts/gear.gcode", size=12345678, prints=failed, gcodeAnalysis={"estimatedPrintTime": 3725.0})
    server.octoprint.store("a-name-as-long-as-slicers-write-them_0.2mm_PLA_MK4_1h12m.gcode", size=2048)
    server.octoprint.store("old.gco", location="sdcard")


def halted(server: FaultServer) -> None:
    """The firmware has stopped in a job."""
    server.octoprint.printing("cube.gcode")
    server.octoprint.fail("Heating failed, system stopped! Heater_ID: bed")


#: The command lines of each file, `{file}` being a good G-code file, and `{wide}` and the like those of `samples`.
ACTS: Dict[str, Shown] = {
    "job": Shown(printing, ["pause", "pause", "resume", "resume", "cancel --confirm"]),
    "print": Shown(
        idle,
        [
            "print {file} --dry-run",
            "print {file} --confirm --dry-run",
            "print {file} --confirm",
            "print {file} --confirm --skip-if-printing",
            "print {file} --confirm --skip-if-printing --dry-run",
        ],
    ),
    "upload": Shown(
        idle,
        [
            "upload {file}",
            "upload {file} --select",
            "upload {file} --dry-run",
            "upload {wide} --name cube.gcode",
            "upload {file} --if-exists skip",
            "upload {file} --if-exists skip --dry-run",
        ],
    ),
    "wait": Shown(finished, ["wait", "wait --for idle", "temp"]),
    "printer": Shown(
        offline,
        [
            "connect",
            "connect",
            "temp --tool 200 --bed 60",
            "temp --off",
            "gcode G28 G1",
            "disconnect",
            "disconnect",
            "connect",
            "gcode M112",
        ],
    ),
    "errors": Shown(idle, ["print {file}", "pause", "stats", "explain PRINTER_BUSY"]),
    "warnings": Shown(printing, ["temp --bed 60"]),
}
WIDE: Dict[str, Shown] = {
    "status-printing": Shown(printing, ["status"]),
    "status-prompt": Shown(asking, ["status"]),
    "status-cancelled": Shown(cancelled, ["status"]),
    "status-finished": Shown(finished, ["status", "status -c state -c job"]),
    "status-halted": Shown(halted, ["status"]),
    "files": Shown(histories, ["files", "files -c path -c size"]),
    "files-none": Shown(idle, ["files"]),
    "commands": Shown(idle, ["commands", "commands print -v"]),
    "config": Shown(stocked, ["config show"]),
    "preflight": Shown(paused, ["preflight {file}", "preflight {wide}"]),
    "preflight-all": Shown(idle, ["preflight {file} -v"]),
    "inspect": Shown(idle, ["inspect {file}", "inspect {wide}"]),
}
#: The table format, which stays as it is.
TABLES = [
    Shown(printing, ["status", "temp"]),
    Shown(histories, ["files", "upload {file}", "print {file} --confirm"]),
    Shown(paused, ["preflight {wide}", "config show", "explain PRINTER_BUSY"]),
]
#: What a newcomer reads, at 80 columns.
HELP = Shown(idle, ["", "help print", "config", "help formats", "explain printer_busy"])


@pytest.fixture(autouse=True)
def without_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in commands and checks alone, whatever is installed on this machine."""
    everything = ExtensionManager.list_entry_points
    monkeypatch.setattr(ExtensionManager, "list_entry_points", lambda self: [one for one in everything(self) if is_own(one)])


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The text format's clock stands still, in UTC."""
    monkeypatch.setattr(text_page, "time", SimpleNamespace(time=lambda: NOW))
    monkeypatch.setenv("TERM", "dumb")  # no progress bars; the text format looks at the run's own environment
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def screen(shown: Shown, program: Program, monkeypatch: pytest.MonkeyPatch, width: int = 0) -> str:
    """What the command lines show, one after another; without a width it is piped."""
    if width:
        monkeypatch.setenv("COLUMNS", str(width))
    with FaultServer() as server:
        shown.scene(server)
        env = {**program.env, **server.env, "TERM": "xterm-256color"}
        return "\n".join(_run(line, program, env, Tty if width else io.StringIO) for line in shown.lines)


def _run(line: str, program: Program, env: Dict[str, str], stream: Callable[[], io.StringIO]) -> str:
    names = {
        "file": program.file(),
        **{name: program.file(f"{name}.gcode", SAMPLES[name]) for name in SAMPLES if f"{{{name}}}" in line},
    }
    words = shlex.split(line.format(**names))
    stdout, stderr = stream(), stream()
    before = Path.cwd()
    os.chdir(program.folder)
    try:
        code = Run(io.StringIO(), stdout, stderr, env).run([word.replace(f"{program.folder}/", "") for word in words])
    finally:
        os.chdir(before)
    said = stdout.getvalue() + "".join(f"! {part}\n" for part in stderr.getvalue().splitlines())
    return f"$ {line}\n{_readable(said, program, env)}" + (f"(exit code {code})\n" if code else "")


def _readable(said: str, program: Program, env: Dict[str, str]) -> str:
    """Return what was said with colours as words, and without what differs from run to run."""
    said = re.sub(r"\x1b\[(\d+)m", lambda code: f"<{_COLOURS[code.group(1)]}>", said)
    said = said.replace(env["OCTOPRINT_HOST"], "http://127.0.0.1:5000").replace(str(program.folder), "~")
    return said.replace(env["OCTOPRINT_HOST"].partition("//")[2], "127.0.0.1:5000")


def compare(name: str, found: str) -> None:
    path = SCREENS / f"{name}.txt"
    if os.environ.get(UPDATE):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8"), f"{path.name} is another now; see {UPDATE}"


@pytest.mark.parametrize("name", ACTS)
def test_acts_are_sentences(name: str, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = screen(ACTS[name], program, monkeypatch)
    narrow = screen(ACTS[name], program, monkeypatch, 40)
    compare(name, f"--- piped\n{piped}\n--- 40 columns\n{narrow}")
    assert "\x1b" not in piped


@pytest.mark.parametrize("name", WIDE)
def test_screens_fit_their_terminal(name: str, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"piped": screen(WIDE[name], program, monkeypatch)}
    found.update({f"{width} columns": screen(WIDE[name], program, monkeypatch, width) for width in (40, 80, 120)})
    compare(name, "\n".join(f"--- {where}\n{shown}" for where, shown in found.items()))
    for width in (40, 80, 120):
        lines = re.sub(r"<[/a-z]+>", "", found[f"{width} columns"]).splitlines()
        assert [line for line in lines if len(line) > width and not _may_be_long(line, width)] == []


def test_the_table_format_stays_as_it_is(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    env = {**program.env, "OCTOPRINT_CLI_FORMAT": "table"}
    monkeypatch.setattr(program, "env", env)
    compare("table", "\n".join(screen(shown, program, monkeypatch) for shown in TABLES))


def test_help_fits_into_80_columns(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    found = screen(HELP, program, monkeypatch, 80)
    compare("help", found)
    assert [line for line in found.splitlines() if len(line) > 80] == []


def _may_be_long(line: str, width: int) -> bool:
    """Whether a line is not the text format's, or holds what is not broken: a command line, a word as wide as the terminal."""
    return line.startswith(("!", "$")) or "octoprint-cli" in line or max(map(len, line.split())) > width - 12
