"""The program as a process, over stdio: an agent's view of it, plugins, its end, and what is on stdout."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List

import anyio
import pytest
from asking import PROGRAM, SECONDS, Heard, data, envelope, launcher, process
from jsonschema import validate
from mcp import Client

from octoprint_cli.testing import FaultServer

pytestmark = pytest.mark.usefixtures("forks")

Environ = Dict[str, str]

VENDOR = '''
import os
import sys

from cliff.command import Command

from octoprint_cli.api import Guarded, ShowOne, fields


class Nozzle(ShowOne):
    """show the nozzle's temperature"""

    answer = fields.record(celsius=fields.degrees("of the nozzle"))
    effects = ("reads",)

    def get_parser(self, prog_name):
        parser = super().get_parser(prog_name)
        parser.add_argument("--count", type=int, choices=(1, 2), default=1, help="how often")
        return parser

    def take_action(self, parsed_args):
        return {"celsius": self.client.printer.current().temperatures["tool0"].actual}


class Probe(Guarded, ShowOne):
    """probe the bed mesh"""

    destructive = "moves the nozzle over the whole bed"

    def perform(self, parsed_args):
        self.client.printer.send(["G29"])
        return {}


class Loud(Command):
    """a stranger's, which writes wherever it can"""

    def take_action(self, parsed_args):
        self.app.stdout.write("to the application's\\n")
        print("to Python's")
        os.write(1, b"to the descriptor\\n")
        print("read:", repr(sys.stdin.read() if sys.stdin else None))
'''
ENTRY_POINTS = """
[octoprint_cli.commands]
acme_nozzle = acme:Nozzle
acme_probe = acme:Probe
acme_loud = acme:Loud
acme_broken = acme:Missing
"""


@pytest.fixture
def acme(tmp_path: Path, environ: Environ) -> Environ:
    """The environment with a vendor's package installed."""
    info = tmp_path / "site" / "acme-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (tmp_path / "site" / "acme.py").write_text(VENDOR)
    return {**environ, "PYTHONPATH": str(tmp_path / "site")}


def test_plugin_commands_become_tools_and_broken_ones_are_left_out(acme: Environ, server: FaultServer) -> None:
    async def ask(client: Client) -> None:
        told = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert {"acme_nozzle", "acme_probe", "acme_loud", "status"} <= set(told) and "acme_broken" not in told
        nozzle, probe, loud = (told[f"acme_{name}"] for name in ("nozzle", "probe", "loud"))
        assert nozzle.input_schema["properties"]["count"] == {
            **{"type": "integer", "enum": [1, 2], "default": 1, "description": "how often"}
        }
        assert nozzle.annotations and nozzle.annotations.read_only_hint is True
        assert probe.annotations and (probe.annotations.read_only_hint, probe.annotations.destructive_hint) == (False, True)
        assert loud.annotations and (loud.annotations.read_only_hint, loud.annotations.destructive_hint) == (False, True)
        answer = await client.call_tool("acme_nozzle", {"count": 2})
        assert nozzle.output_schema is not None
        validate(envelope(answer), nozzle.output_schema)
        assert data(answer) == {"celsius": 21.3}
        assert envelope(await client.call_tool("acme_probe", {}))["error"]["code"] == "CONFIRMATION_REQUIRED"
        data(await client.call_tool("acme_probe", {"confirm": True}))

    process(acme, ask)
    assert server.octoprint.commands == ["G29"]


class Wire:
    """The process, spoken to in bare lines of JSON."""

    def __init__(self, environ: Environ, *argv: str) -> None:
        line = [launcher(), *argv]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(line, env=environ, text=True, **pipes)  # type: ignore[call-overload]
        self._number = 0
        about = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
        self.greeting = self.ask("initialize", about)
        self._write({"method": "notifications/initialized"})

    def ask(self, method: str, params: Dict[str, Any]) -> Any:
        """The result of a request; whatever comes before it must be a message, too."""
        number = self.send(method, params)
        while True:
            message = self.read()
            if message.get("id") == number:
                return message["result"]

    def send(self, method: str, params: Dict[str, Any]) -> int:
        self._number += 1
        self._write({"id": self._number, "method": method, "params": params})
        return self._number

    def read(self) -> Dict[str, Any]:
        message: Dict[str, Any] = json.loads(self.process.stdout.readline())
        assert message["jsonrpc"] == "2.0"
        return message

    def _write(self, message: Dict[str, Any]) -> None:
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def begin_wait(self) -> int:
        """Call `wait` and hear its first progress."""
        number = self.send("tools/call", {"name": "wait", "arguments": {}, "_meta": {"progressToken": 7}})
        told = self.read()
        assert told["method"] == "notifications/progress" and told["params"]["progressToken"] == 7
        return number

    def end(self) -> List[str]:
        """What else came on stdout until its end."""
        rest, self.stderr = self.process.communicate(timeout=SECONDS)
        return [line for line in rest.splitlines() if line]


@pytest.fixture
def started() -> Iterator[List[Wire]]:
    """Processes that are ended after the test, by their own ids."""
    wires: List[Wire] = []
    yield wires
    for wire in wires:
        wire.process.kill()
        wire.process.communicate()


def test_stdout_carries_only_protocol_messages(acme: Environ, started: List[Wire]) -> None:
    wire = Wire(acme, "mcp", "serve", "--json", "-v")
    started.append(wire)
    assert wire.greeting["serverInfo"]["name"] == "octoprint-cli"
    said = wire.ask("tools/call", {"name": "acme_loud", "arguments": {}})["structuredContent"]
    assert said["data"]["output"] == "to the application's\nto Python's\nread: ''\n"
    assert wire.ask("tools/call", {"name": "status", "arguments": {}})["isError"] is False
    wire.process.stdin.close()
    wire.process.stdin = None
    assert wire.end() == [] and wire.process.returncode == 0
    assert "to the descriptor" in wire.stderr and "acme_broken" in wire.stderr


def test_closed_stdin_ends_the_server_during_a_wait(environ: Environ, server: FaultServer, started: List[Wire]) -> None:
    server.octoprint.printing("cube.gcode")
    wire = Wire(environ, "mcp", "serve")
    started.append(wire)
    wire.begin_wait()
    wire.process.stdin.close()
    wire.process.stdin = None
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in wire.end())
    assert wire.process.returncode == 0 and server.octoprint.state == "Printing"


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_signal_ends_the_server_with_open_stdin(environ: Environ, server: FaultServer, started: List[Wire], how: str) -> None:
    server.octoprint.printing("cube.gcode")
    wire = Wire(environ, "mcp", "serve")
    started.append(wire)
    wire.begin_wait()
    wire.process.send_signal(getattr(signal, how))
    wire.process.wait(timeout=SECONDS)
    assert wire.process.returncode == 0 and server.acts == []
    assert "Traceback" not in wire.process.stderr.read()


def test_cancelled_notification_ends_a_call(environ: Environ, server: FaultServer, started: List[Wire]) -> None:
    server.octoprint.printing("cube.gcode")
    wire = Wire(environ, "mcp", "serve")
    started.append(wire)
    number = wire.begin_wait()
    server.wait_until(lambda: server.open_sockets > 0)
    wire._write({"method": "notifications/cancelled", "params": {"requestId": number}})
    server.wait_until(lambda: server.open_sockets == 0)
    assert wire.ask("tools/call", {"name": "status", "arguments": {}})["structuredContent"]["data"]["phase"] == "printing"


def test_progress_notifications_reach_the_client(environ: Environ, server: FaultServer) -> None:
    server.octoprint.printing("cube.gcode")

    async def ask(client: Client) -> None:
        heard = Heard()

        async def finish() -> None:
            await heard.first.wait()
            server.octoprint.finish()

        async with anyio.create_task_group() as group:
            group.start_soon(finish)
            assert data(await client.call_tool("wait", {}, progress_callback=heard))["met"] == "done"
        numbers = [progress for progress, _, _ in heard.told]
        assert numbers == sorted(set(numbers)) and heard.told[0][1] == 100

    process(environ, ask)


def test_other_commands_do_not_import_the_mcp_sdk(environ: Environ) -> None:
    script = "import sys; from octoprint_cli.app.main import main; main(['commands', '--json']); sys.exit('mcp' in sys.modules)"
    line = [sys.executable, "-c", script]
    done = subprocess.run(line, env=environ, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    assert "mcp serve" in [command["name"] for command in json.loads(done.stdout)["data"]["commands"]]


def test_installed_script_reads_requests_from_a_file(environ: Environ, tmp_path: Path) -> None:
    about = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    said = tmp_path / "said"
    said.write_text(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": about}) + "\n")
    with said.open() as stdin:
        line = [str(PROGRAM), "mcp", "serve"]
        done = subprocess.run(line, env=environ, stdin=stdin, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0 and json.loads(done.stdout)["id"] == 1, done.stderr


MALFORMED = [
    ('{"jsonrpc": "2.0", "id": 9, "method": "tools/list"', None, -32700),
    ("hello", None, -32700),
    ("5", None, -32600),
    ('{"jsonrpc": "1.0", "id": 9, "method": "ping"}', 9, -32600),
    ('{"jsonrpc": "2.0", "id": "a", "params": {}}', "a", -32600),
    ('{"jsonrpc": "2.0", "id": null, "method": "ping"}', None, -32600),
]


def test_malformed_line_gets_an_error_and_the_next_one_its_answer(acme: Environ, started: List[Wire]) -> None:
    wire = Wire(acme, "mcp", "serve")
    started.append(wire)
    for line, number, code in MALFORMED:
        wire.process.stdin.write(f"\n{line}\n")
        wire.process.stdin.flush()
        answer = wire.read()
        assert (answer["id"], answer["error"]["code"]) == (number, code), line
        assert wire.ask("ping", {}) == {}, line
