"""The façade for tests: it runs the program in this process, against a fake OctoPrint that can fail in many ways.

    from octoprint_cli.testing import FakeOctoPrint, FaultServer, faults, run

    def test_a_cancel_whose_answer_is_lost(tmp_path):
        with FaultServer(FakeOctoPrint(version="2.0.0rc7")) as server:
            server.octoprint.printing("cube.gcode")
            server.fail("POST", "/api/job", faults.cut_after, times=1)
            result = run("cancel", "--confirm", "--json", env={**server.env, "OCTOPRINT_CLI_HOME": str(tmp_path)})
        assert len(server.acts) == 1
        assert server.octoprint.state == "Operational"

`run` returns a `Result`; it works with requests-mock, too. `FaultServer` is a real server on the loopback interface,
`FakeOctoPrint` is what it serves, and `faults` holds what can go wrong. The push socket is served as well (`server.sockets`,
`octoprint.event`, `octoprint.heard`), and so are server plugins with an API of their own (`ServerPlugin`). The kit needs only
the standard library, websocket-client and the program.

pytest gets the kit as fixtures (`octoprint_server`, `octoprint_run`, `real_octoprint`, see `fixtures`), and
`check_plugin("my-plugin")` runs the plugin checks.

The kit is the topmost layer, since it runs the whole program; nothing in the program imports it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from octoprint_cli.testing.cli_runner import Aimed as Aimed
    from octoprint_cli.testing.cli_runner import CliRunner
    from octoprint_cli.testing.octoprint.fake_octoprint import FakeOctoPrint
    from octoprint_cli.testing.octoprint.printer_state import PERMISSIONS
    from octoprint_cli.testing.octoprint.reply import Refused, Reply, page
    from octoprint_cli.testing.octoprint.server_plugins import ServerPlugin
    from octoprint_cli.testing.octoprint.storage import GCODE, Stored
    from octoprint_cli.testing.plugin_check import check_plugin
    from octoprint_cli.testing.real_server import RealOctoPrint
    from octoprint_cli.testing.runner import Result, run
    from octoprint_cli.testing.server import faults
    from octoprint_cli.testing.server.exchange import Exchange
    from octoprint_cli.testing.server.fault_plan import Fault
    from octoprint_cli.testing.server.fault_server import KEY, FaultServer
    from octoprint_cli.testing.server.push_session import PushSocket
    from octoprint_cli.testing.server.request import Request

__all__ = [
    "GCODE",
    "KEY",
    "PERMISSIONS",
    "CliRunner",
    "Exchange",
    "FakeOctoPrint",
    "Fault",
    "FaultServer",
    "PushSocket",
    "RealOctoPrint",
    "Refused",
    "Reply",
    "Request",
    "Result",
    "ServerPlugin",
    "Stored",
    "check_plugin",
    "faults",
    "page",
    "run",
]

#: The module of each name. pytest imports this package in every run, for its fixtures, so a name is imported when it is used.
_ON_DEMAND = {
    name: f"octoprint_cli.testing.{module}"
    for module, names in {
        "cli_runner": ("Aimed", "CliRunner"),
        "octoprint.fake_octoprint": ("FakeOctoPrint",),
        "octoprint.printer_state": ("PERMISSIONS",),
        "octoprint.reply": ("Refused", "Reply", "page"),
        "octoprint.server_plugins": ("ServerPlugin",),
        "octoprint.storage": ("GCODE", "Stored"),
        "plugin_check": ("check_plugin",),
        "real_server": ("RealOctoPrint",),
        "runner": ("Result", "run"),
        "server.exchange": ("Exchange",),
        "server.fault_plan": ("Fault",),
        "server.fault_server": ("KEY", "FaultServer"),
        "server.push_session": ("PushSocket",),
        "server.request": ("Request",),
    }.items()
    for name in names
}


def __getattr__(name: str) -> Any:
    if name == "faults":
        return import_module("octoprint_cli.testing.server.faults")
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
