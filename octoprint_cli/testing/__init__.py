"""The façade for tests: run the program in this process, against a fake OctoPrint that can fail in every way.

    from octoprint_cli.testing import FakeOctoPrint, FaultServer, faults, run

    def test_a_cancel_whose_answer_is_lost(tmp_path):
        with FaultServer(FakeOctoPrint(version="2.0.0rc7")) as server:
            server.octoprint.printing("cube.gcode")
            server.fail("POST", "/api/job", faults.cut_after, times=1)
            result = run("cancel", "--confirm", "--json", env={**server.env, "OCTOPRINT_CLI_HOME": str(tmp_path)})
        assert len(server.acts) == 1
        assert server.octoprint.state == "Operational"

`run` gives a `Result`; it works as well beside requests-mock. `FaultServer` is a real server on the loopback interface,
`FakeOctoPrint` what it serves, `faults` what can go wrong. The push socket is served, too: `server.sockets`,
`octoprint.event`, `octoprint.heard`; so are server plugins with an API of their own: `ServerPlugin`. It needs nothing but the
standard library, websocket-client and the program.

To pytest the same comes as fixtures (`octoprint_server`, `octoprint_run`, `real_octoprint`, see `fixtures`), and
`check_plugin("my-add-on")` runs the house rules on an add-on.

Stands above the whole house, since it runs all of it; nothing in the program imports it.
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

#: Where each name stands. pytest imports this package in every run, for its fixtures: what is not asked for must cost nothing.
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
