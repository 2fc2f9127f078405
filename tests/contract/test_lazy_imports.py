"""A run imports what it uses and no more: this is where a short run's time goes."""

from __future__ import annotations

import json
import pkgutil
from typing import Set

import pytest

from octoprint_cli.client import resources
from octoprint_cli.testing import FaultServer

from .program import Program
from .table import ROWS

SLOW = {"requests", "urllib3", "yaml", "prettytable", "cmd2"}

AFTER_A_RUN = """
import json, sys
from octoprint_cli.app.main import main
code = main(sys.argv[1:])
sys.stdout.flush()
json.dump(sorted(sys.modules), sys.stderr)
sys.exit(code)
"""
#: What a list of the commands, with the first line of each one's help, has no use for.
NO_HELP_NEEDS = {
    "platform",
    *(f"octoprint_cli.client.{name}" for name in ("client", "http", "push", "resources.stored_file", "resources.job")),
    *("octoprint_cli.gcode", "octoprint_cli.output.terminal.printer_view"),
}
#: What `status` has no use for while nothing is wrong: other resources, and the printer's terminal log.
NO_STATUS_NEEDS = {
    *(f"octoprint_cli.client.resources.{name}" for name in ("connection", "profiles", "server", "server_plugins", "uploads")),
    *("octoprint_cli.gcode", "octoprint_cli.client.push", "octoprint_cli.output.terminal.printer_view"),
}

AFTER_AN_IMPORT = "import json, sys; import octoprint_cli.app.program; json.dump(sorted(sys.modules), sys.stderr)"
AFTER_A_LIST = """
import json, sys
from octoprint_cli.app.command_loader import CommandManager
print(*CommandManager().names(), sep="\\n")
json.dump(sorted(sys.modules), sys.stderr)
"""


def imported(program: Program, code: str, *argv: str) -> Set[str]:
    """The modules in a process at its end."""
    result = program.python(code, *argv)
    assert result.exit_code == 0, result
    return set(json.loads(result.stderr))


def test_application_import_loads_nothing_slow(program: Program) -> None:
    assert imported(program, AFTER_AN_IMPORT) & SLOW == set()


@pytest.mark.parametrize("argv", ["--help", "help", "--version", "--help --json", "help cancel", "", "--version --json"])
def test_help_and_version_import_nothing_slow_and_lists_of_commands_no_client(argv: str, program: Program) -> None:
    unwanted = SLOW | NO_HELP_NEEDS if argv in ("--help", "--version") else SLOW
    assert imported(program, AFTER_A_RUN, *argv.split()) & unwanted == set()


def test_garbage_is_collected_less_before_the_program_is_imported(program: Program) -> None:
    """A collection while modules are imported finds nothing, and costs a tenth of a short run."""
    code = "import json, sys; import octoprint_cli.app.main; json.dump(sorted(sys.modules), sys.stderr)"
    assert imported(program, code) & {"cliff", "stevedore", "octoprint_cli.app.run", "octoprint_cli.framework.base"} == set()


def test_status_as_json_imports_requests_and_the_resources_that_it_asks(program: Program, server: FaultServer) -> None:
    modules = imported(program, AFTER_A_RUN, "status", "--json")
    assert modules & NO_STATUS_NEEDS == set()
    assert modules & SLOW == {"requests", "urllib3"}
    commands = {name for name in modules if name.startswith("octoprint_cli.commands.")}
    assert commands == {"octoprint_cli.commands.printer", "octoprint_cli.commands.printer.status"}
    assert {name for name in modules if name.startswith("octoprint_cli.output.formats.")} & {
        "octoprint_cli.output.formats.table",
        "octoprint_cli.output.formats.yaml_format",
        "octoprint_cli.output.formats.script_formats",
    } == set()


MODELS = [f"octoprint_cli.client.resources.{module.name}" for module in pkgutil.iter_modules(resources.__path__)] + [
    f"octoprint_cli.client.{name}"
    for name in ("phase", "parsing", "resource", "push.updates", "tracking.goals", "tracking.job_outcome", "tracking.snapshot")
]


#: Each in a fork of a process that has imported none of the program.
AFTER_EACH_IMPORT = """
import importlib, json, os, sys
for module in sys.argv[1:]:
    pid = os.fork()
    if pid == 0:
        importlib.import_module(module)
        print(json.dumps([module, sorted(sys.modules)]), flush=True)
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        sys.exit(f"{module} cannot be imported by itself")
"""


def test_client_models_import_without_requests(program: Program) -> None:
    result = program.python(AFTER_EACH_IMPORT, *MODELS)
    assert result.exit_code == 0, result
    found = {module: set(modules) for module, modules in map(json.loads, result.stdout.splitlines())}
    assert list(found) == MODELS and all(module in modules for module, modules in found.items())
    assert {module: slow for module, modules in found.items() for slow in [modules & (SLOW | {"websocket"})] if slow} == {}


def test_listing_the_commands_imports_none_of_them(program: Program) -> None:
    result = program.python(AFTER_A_LIST)
    assert set(ROWS) <= set(result.stdout.splitlines())
    modules = set(json.loads(result.stderr))
    assert {name for name in modules if name.startswith("octoprint_cli.commands")} == set()


def test_only_upload_imports_thread_pool(program: Program, server: FaultServer) -> None:
    assert "concurrent.futures.thread" in imported(program, AFTER_A_RUN, "upload", str(program.file()), "--json")
    assert "concurrent.futures.thread" not in imported(program, AFTER_A_RUN, "files", "--json")


def test_broken_config_file_does_not_affect_help(program: Program) -> None:
    """The configuration is read on first use of the server."""
    program.configure("host: [\n")
    assert program.run("help", "--json").exit_code == 0
    assert program.run("plugins", "list", "--json").exit_code == 0
    assert program.run("--version", "--json").exit_code == 0
