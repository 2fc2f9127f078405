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

from typing import TYPE_CHECKING

from octoprint_cli.framework.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from octoprint_cli.testing.cli_runner import CliRunner as CliRunner
    from octoprint_cli.testing.example_lines import examples as examples, run_example as run_example
    from octoprint_cli.testing.octoprint.fake_octoprint import FakeOctoPrint as FakeOctoPrint
    from octoprint_cli.testing.octoprint.printer_state import PERMISSIONS as PERMISSIONS
    from octoprint_cli.testing.octoprint.reply import Refused as Refused, Reply as Reply, page as page
    from octoprint_cli.testing.octoprint.server_plugins import ServerPlugin as ServerPlugin
    from octoprint_cli.testing.octoprint.storage import GCODE as GCODE, Stored as Stored
    from octoprint_cli.testing.plugin_check import check_plugin as check_plugin
    from octoprint_cli.testing.real_server import RealOctoPrint as RealOctoPrint
    from octoprint_cli.testing.runner import Result as Result, run as run
    from octoprint_cli.testing.server import faults as faults
    from octoprint_cli.testing.server.exchange import Exchange as Exchange
    from octoprint_cli.testing.server.fault_plan import Fault as Fault
    from octoprint_cli.testing.server.fault_server import KEY as KEY, FaultServer as FaultServer
    from octoprint_cli.testing.server.push_session import PushSocket as PushSocket
    from octoprint_cli.testing.server.request import Request as Request

    Aimed = CliRunner

#: The public names by module, below this package. pytest imports this package in every run, for its fixtures: a name that
#: nobody asks for must cost nothing.
EXPORTS = {
    "cli_runner": "CliRunner",
    "example_lines": "examples run_example",
    "octoprint.fake_octoprint": "FakeOctoPrint",
    "octoprint.printer_state": "PERMISSIONS",
    "octoprint.reply": "Refused Reply page",
    "octoprint.server_plugins": "ServerPlugin",
    "octoprint.storage": "GCODE Stored",
    "plugin_check": "check_plugin",
    "real_server": "RealOctoPrint",
    "runner": "Result run",
    "server": "faults",
    "server.exchange": "Exchange",
    "server.fault_plan": "Fault",
    "server.fault_server": "KEY FaultServer",
    "server.push_session": "PushSocket",
    "server.request": "Request",
}
#: Names that were public before, with those of today.
ALIASES = {"Aimed": "CliRunner"}

_LAZY = lazy_exports(globals(), "octoprint_cli.testing", EXPORTS, ALIASES)
__all__ = _LAZY.names
__getattr__, __dir__ = _LAZY.getattr, _LAZY.dir
