"""Completion in the real shells: the script is read in, the Tab key is pressed, and what the shell made of the line is looked at.

A shell that is not installed is a skip with its name.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path
from typing import Dict, Iterable, List

import pytest

from octoprint_cli.testing import FaultServer
from octoprint_cli.testing.server.faults import hang

from . import third_party
from .program import Program
from .pseudo_terminal import on_a_terminal

#: How each shell is started without anybody's settings.
INTERACTIVE = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
#: How each says that it is ready, without having that text echoed.
READ_IN = {
    "bash": 'eval "$(octoprint-cli complete bash)"; echo re""ady',
    "zsh": 'bindkey -e; eval "$(octoprint-cli complete zsh)"; echo re""ady',
}
#: A line up to the Tab key, and its words once the key was pressed: one of each kind that a shell splits or quotes in its own way.
#: Which words there are is the program's to know, and is proved in tests/unit/test_completion.py.
PRESSED: Dict[str, List[str]] = {
    "octoprint-cli plugins li": ["octoprint-cli", "plugins", "list"],
    "octoprint-cli prob": ["octoprint-cli", "probe"],
    "octoprint-cli print --skip": ["octoprint-cli", "print", "--skip-if-printing"],
    "octoprint-cli files --location=lo": ["octoprint-cli", "files", "--location=local"],
    "octoprint-cli print --stored my": ["octoprint-cli", "print", "--stored", "my file.gcode"],
    'octoprint-cli print --stored "my fi': ["octoprint-cli", "print", "--stored", "my file.gcode"],
    "octoprint-cli print --stored=my": ["octoprint-cli", "print", "--stored=my file.gcode"],
    "octoprint-cli print --stored it": ["octoprint-cli", "print", "--stored", "it's.gcode"],
    "octoprint-cli --printer mk": ["octoprint-cli", "--printer", "mk3"],
    "octoprint-cli print -- here": ["octoprint-cli", "print", "--", "here.gcode"],
}


class Shells(Program):
    """The program on the PATH, and any process beside it."""

    command = staticmethod(lambda *argv: list(argv))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return third_party.install(tmp_path_factory.mktemp("completed"), third_party.GOOD)


@pytest.fixture
def shells(tmp_path: Path, server: FaultServer, installed: Path, launcher: Path) -> Shells:
    """With a plugin, files on the server, a printer in the configuration and a file here."""
    found = Shells(tmp_path, server)
    found.add_path(installed)
    found.configure(f"printers: {{mk3: {{host: '{server.url}'}}}}\n")
    for name in ("cube.gcode", "my file.gcode", "it's.gcode"):
        server.octoprint.store(name)
    (found.work / "here.gcode").touch()
    found.env.update(
        PATH=os.pathsep.join([str(launcher.parent), found.env["PATH"]]), TERM="xterm", PS1="> ", LINES="50", COLUMNS="200"
    )
    return found


def require(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")


def pressed(shells: Shells, shell: str, lines: Iterable[str]) -> Dict[str, List[str]]:
    """The words that the shell hands over after the Tab key at the end of each line, typed one after the other."""
    to_begin, to_end = "\x01", "\x05"
    shows = [f"{line}\t{to_end}{to_begin}printf '<%s>\\n' {to_end} '--'end" for line in lines]
    marks = ["ready\r\n", *["<--end>"] * len(shows)]
    answers = (("", READ_IN[shell]), *zip(marks, [*shows, "exit"]))
    screen = on_a_terminal(shells, *INTERACTIVE[shell], answers=answers).screen
    ended = [re.findall(r"<([^<>]*)>\r*\n", part) for part in screen.split("<--end>")[:-1]]
    assert len(ended) == len(shows), screen
    return dict(zip(lines, ended))


@pytest.mark.parametrize("shell", INTERACTIVE)
def test_tab_key_completes_in_real_shell(shell: str, shells: Shells) -> None:
    require(shell)
    assert pressed(shells, shell, PRESSED) == PRESSED


def bash(shells: Shells, line: str) -> List[str]:
    """All that bash would offer."""
    script = f"""eval "$(octoprint-cli complete bash)"
COMP_LINE={line!r} COMP_POINT={len(line)} COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'
_octoprint_cli
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    result = shells.process("bash", "-c", script)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.split()


def test_bash_completes_plugin_commands(shells: Shells) -> None:
    assert {"nozzle", "probe", "spools", "status"} <= set(bash(shells, "octoprint-cli "))
    assert bash(shells, "octoprint-cli probe ") == ["bed"]


def fish(shells: Shells, lines: Iterable[str]) -> Dict[str, List[str]]:
    """All that fish would offer for each line; it answers without a Tab key."""
    require("fish")
    asked = [f"complete -C {shlex.quote(line)}; echo ==end" for line in lines]
    result = shells.process("fish", "--no-config", "-c", "; ".join(["octoprint-cli complete fish | source", *asked]))
    assert (result.exit_code, result.stderr) == (0, "")
    return dict(zip(lines, ([line.partition("\t")[0] for line in part.splitlines()] for part in result.stdout.split("==end\n"))))


def test_fish_completes_the_same_words(shells: Shells) -> None:
    assert fish(shells, PRESSED) == {line: words[-1:] for line, words in PRESSED.items()}


#: A line up to the Tab key, and what is said of one of its words.
MEANT = {
    "octoprint-cli plugins li": "list\tlist installed plugins, and what does not work",
    "octoprint-cli conf": "config\tshow",
    "octoprint-cli print --skip": "--skip-if-printing\tsucceed without doing anything if a job is active",
    "octoprint-cli print --stored my": "my file.gcode",
}


def test_fish_says_what_commands_and_options_mean(shells: Shells) -> None:
    require("fish")
    for line, shown in MEANT.items():
        script = f"octoprint-cli complete fish | source; complete -C {shlex.quote(line)}"
        result = shells.process("fish", "--no-config", "-c", script)
        assert result.stdout.splitlines() == [shown]


def test_zsh_lists_what_commands_mean(shells: Shells) -> None:
    require("zsh")
    listing = "octoprint-cli p\t\t\x01: \x05; echo do''ne"
    answers = (("", READ_IN["zsh"]), ("ready\r\n", listing), ("done\r\n", "exit"))
    screen = on_a_terminal(shells, *INTERACTIVE["zsh"], answers=answers).screen
    assert re.search(r"pause +pause the print", screen), screen
    assert re.search(r"plugins +check, list, new", screen), screen


@pytest.mark.parametrize("shell", [*INTERACTIVE, "fish"])
def test_installed_completion_works_in_a_new_shell(shell: str, shells: Shells) -> None:
    require(shell)
    first = shells.inside("complete", shell, "--install", "--json").data
    assert first["changed"] is True
    startup = first["startup_file"] and Path(first["startup_file"])
    before = startup.read_text() if startup else ""
    again = shells.inside("complete", "--install", "--json", env={"SHELL": f"/usr/bin/{shell}"}).data
    assert again == {**first, "changed": False}, "the second time nothing is left to do"
    assert not startup or startup.read_text() == before
    asked = {
        "bash": ["bash", "--noprofile", "-i", "-c", "complete -p octoprint-cli"],
        "zsh": ["zsh", "-i", "-c", "print $_comps[octoprint-cli]"],
        "fish": ["fish", "-c", "complete -C 'octoprint-cli plugins li'"],
    }[shell]
    assert re.search("_octoprint_cli|list", shells.process(*asked).stdout)


def test_installation_keeps_the_lines_of_the_startup_file(shells: Shells) -> None:
    startup = Path(shells.env["HOME"]) / ".zshrc"
    startup.write_text("setopt autocd")
    assert shells.inside("complete", "zsh", "--install").exit_code == 0
    first, second = startup.read_text().splitlines()
    assert first == "setopt autocd" and second.endswith("  # octoprint-cli completion")


def test_installation_needs_a_shell_and_a_folder_that_can_be_written(shells: Shells) -> None:
    result = shells.inside("complete", "--install", "--json", env={"SHELL": "/bin/tcsh"})
    assert (result.exit_code, result.code) == (4, "USAGE_ERROR")
    (Path(shells.env["HOME"]) / ".config").write_text("a file, where a folder should be")
    result = shells.inside("complete", "fish", "--install", "--json")
    assert (result.exit_code, result.code) == (2, "FILE_UNWRITABLE")


def test_fish_completes_nothing_where_no_argument_is_allowed(shells: Shells) -> None:
    line = "octoprint-cli status "
    assert fish(shells, [line]) == {line: []}


@pytest.mark.parametrize("shell", [*INTERACTIVE, "fish"])
def test_completion_script_has_no_syntax_errors(shell: str, shells: Shells) -> None:
    require(shell)
    script = shells.work / "script"
    script.write_text(shells.process("octoprint-cli", "complete", shell).stdout)
    result = shells.process(shell, "-n", str(script))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_completion_gives_up_on_hanging_server_silently(shells: Shells, server: FaultServer) -> None:
    """Whatever time-out is configured: here one that no test outlives."""
    shells.configure("timeout: 3000\n")
    server.fail("GET", "/api/files/*", hang)
    result = shells.process("octoprint-cli", "complete", "-f", "table", "--line=octoprint-cli print --stored m")
    assert (result.exit_code, result.stdout.strip(), result.stderr) == (0, "", "")
    assert server.requests


def test_only_server_values_cause_requests(shells: Shells, server: FaultServer) -> None:
    for line in ("", "print --", "files --location ", "print --ignore ", "--printer ", "explain P", "print "):
        assert shells.inside("complete", "-f", "table", f"--line=octoprint-cli {line}").exit_code == 0
    assert server.requests == []
