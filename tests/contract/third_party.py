"""Plugins: their sources, made into real wheels by hand and unpacked as pip does, without a network.

A wheel is a zip with three files of metadata: building one here needs neither setuptools nor an index, on any Python.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Dict, List, NamedTuple

from .program import LIMIT

COMMANDS = "octoprint_cli.commands"
CHECKS = "octoprint_cli.preflight"
SHOW = "octoprint_cli.formatter.show"
LIST = "octoprint_cli.formatter.list"


class Plugin(NamedTuple):
    """A distribution: its modules by name, its entry points by group."""

    name: str
    modules: Dict[str, str]
    entry_points: Dict[str, Dict[str, str]]

    def wheel(self, folder: Path) -> Path:
        """The distribution as a file that pip installs."""
        stem = self.name.replace("-", "_")
        groups = [
            f"[{group}]\n" + "".join(f"{name} = {at}\n" for name, at in named.items()) for group, named in self.entry_points.items()
        ]
        info = {
            "METADATA": f"Metadata-Version: 2.1\nName: {self.name}\nVersion: 1.2.3\n",
            "WHEEL": "Wheel-Version: 1.0\nGenerator: by-hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "entry_points.txt": "\n".join(groups),
        }
        files = {f"{name}.py": text for name, text in self.modules.items()}
        files.update({f"{stem}-1.2.3.dist-info/{name}": text for name, text in info.items()})
        files[f"{stem}-1.2.3.dist-info/RECORD"] = "".join(f"{name},,\n" for name in files)
        path = folder / f"{stem}-1.2.3-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return path


def install(folder: Path, *plugins: Plugin) -> Path:
    """Unpack plugins as pip would, but at once. Return the folder, to be put on the path."""
    target = folder / "installed"
    for plugin in plugins:
        with zipfile.ZipFile(plugin.wheel(folder)) as archive:
            archive.extractall(target)
    return target


def install_with_pip(folder: Path, *plugins: Plugin) -> Path:
    """Install plugins with the real pip. Return the folder, to be put on the path."""
    wheels = [str(plugin.wheel(folder)) for plugin in plugins]
    target = folder / "by_pip"
    options = ["--no-index", "--no-deps", "--no-compile", "--disable-pip-version-check", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", "--isolated", "--quiet", "install", *options, *wheels], check=True, timeout=LIMIT)
    return target


GOOD = Plugin(
    "vendor-probe",
    {
        "vendor_probe": '''
from octoprint_cli.api import ShowOne


class Nozzle(ShowOne):
    """show the nozzle's temperature"""

    def take_action(self, parsed_args):
        return {"celsius": self.client.printer.current().temperatures["tool0"].actual}
''',
        "vendor_more": '''
import os

from cliff.formatters.base import SingleFormatter

from octoprint_cli.api import Check, Guarded, Lister, Rows, Setting, ShowOne, Skip, errors


class Bed(Guarded, ShowOne):
    """probe the bed mesh"""

    destructive = "moves the nozzle over the whole bed"
    preflight = True
    skippable = True

    def perform(self, parsed_args):
        self.client.printer.send(["G28", "G29"])
        return {"action": "probed"}


class Spools(Lister):
    """list the spools"""

    def take_action(self, parsed_args):
        rows = [("red", 750), {"name": "blue", "grams": None}]
        return Rows("spools", ("name", "grams"), rows, vendor=self.settings.section("probe"))


class Filament(Check):
    """There is filament."""

    def run(self, subject):
        if subject.file is None:
            raise Skip("no file was given")
        if subject.section("spool", {"grams": Setting.number(750, least=0)})["grams"] < 10:
            raise errors.PreflightFailed("the spool is nearly empty", hint="load filament")
        if os.environ.get("FILAMENT") == "none":
            raise errors.PreflightFailed("the spool is empty", hint="load filament")
        if os.environ.get("FILAMENT") == "jammed":
            raise ZeroDivisionError("how much is left of nothing")
        return "there is filament"


class Pairs(SingleFormatter):
    """key: value"""

    def add_argument_group(self, parser):
        pass

    def emit_one(self, column_names, data, stdout, parsed_args):
        for name, value in zip(column_names, data):
            stdout.write(f"<{name}: {value}>\\n")
''',
    },
    {
        COMMANDS: {"nozzle": "vendor_probe:Nozzle", "probe_bed": "vendor_more:Bed", "spools": "vendor_more:Spools"},
        CHECKS: {"filament": "vendor_more:Filament"},
        SHOW: {"pairs": "vendor_more:Pairs"},
    },
)

CLIFF_ONLY = Plugin(
    "stranger-tools",
    {
        "stranger": '''
import sys

from cliff.command import Command
from cliff.lister import Lister
from cliff.show import ShowOne


class Say(Command):
    """say something"""

    def get_parser(self, prog_name):
        parser = super().get_parser(prog_name)
        parser.add_argument("word", nargs="?", default="hello")
        parser.add_argument("--loudly", action="store_true")
        return parser

    def take_action(self, parsed_args):
        self.app.stdout.write(parsed_args.word + "\\n")
        print("printed")


class One(ShowOne):
    """show one"""

    def take_action(self, parsed_args):
        return ("name", "count"), ("a'b", 3)


class Many(Lister):
    """list many"""

    def take_action(self, parsed_args):
        return ("Name", "Big Count"), (("a", 1), ("b", None))


class Crash(Command):
    """crash"""

    def take_action(self, parsed_args):
        print("half a document")
        return 1 / 0


class Leave(Command):
    """leave without a word"""

    def take_action(self, parsed_args):
        sys.exit(7)


class Five(Command):
    """end with a number"""

    def take_action(self, parsed_args):
        return 5


def no_command():
    """not a class"""
'''
    },
    {
        COMMANDS: {
            "say": "stranger:Say",
            "say_more": "stranger:One",
            "one": "stranger:One",
            "many": "stranger:Many",
            "crash": "stranger:Crash",
            "leave": "stranger:Leave",
            "five": "stranger:Five",
            "no_command": "stranger:no_command",
        }
    },
)

BROKEN = Plugin(
    "broken-tools",
    {
        "broken_import": "import a_library_that_is_not_there\n",
        "broken_syntax": "def (:\n",
        "broken_exit": "raise SystemExit(7)\n",
        "broken_sibling": "from stranger_in_broken import Say\n",
        "stranger_in_broken": CLIFF_ONLY.modules["stranger"],
    },
    {
        COMMANDS: {
            "gone_import": "broken_import:Gone",
            "gone_syntax": "broken_syntax:Gone",
            "gone_exit": "broken_exit:Gone",
            "gone_name": "broken_sibling:NotThere",
            "sibling": "broken_sibling:Say",
        },
        CHECKS: {"broken_check": "broken_import:Check"},
        SHOW: {"broken_format": "broken_import:Format"},
    },
)

_MARK = """
import os
from pathlib import Path

from cliff.command import Command
from cliff.formatters.json_format import JSONFormatter


class Impostor(Command):
    \"\"\"run instead of another\"\"\"

    def take_action(self, parsed_args):
        Path(os.environ["HOME"], "IMPOSTOR").touch()


class Yes:
    severity = None

    def run(self, subject):
        Path(os.environ["HOME"], "IMPOSTOR").touch()
        return "yes"


class Format(JSONFormatter):
    def __init__(self):
        Path(os.environ["HOME"], "IMPOSTOR").touch()
"""

RIVALS: List[Plugin] = [
    Plugin(
        "shadow-tools",
        {"shadow": _MARK},
        {
            COMMANDS: {"cancel": "shadow:Impostor", "config_show": "shadow:Impostor"},
            CHECKS: {"printer_idle": "shadow:Yes"},
            SHOW: {"json": "shadow:Format"},
            LIST: {"json": "shadow:Format"},
        },
    ),
    Plugin("level-one", {"level_one": _MARK}, {COMMANDS: {"level": "level_one:Impostor"}}),
    Plugin("level-two", {"level_two": _MARK}, {COMMANDS: {"level": "level_two:Impostor"}}),
]
