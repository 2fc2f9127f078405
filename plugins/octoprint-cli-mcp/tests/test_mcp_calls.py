"""Calls: the command's own answers, errors and guard; what goes on at the same time; what a client gives up."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import anyio
import pytest
from asking import Heard, Held, code, data, envelope, give_up_a_wait, here, until
from mcp import Client, MCPError

from octoprint_cli.testing import FaultServer
from octoprint_cli.testing.server import faults

Environ = Dict[str, str]


# -- answers ------------------------------------------------------------------------------------------


def test_tool_call_answers_like_the_command(environ: Environ, server: FaultServer) -> None:
    server.octoprint.store("cube.gcode")

    async def ask(client: Client) -> None:
        assert data(await client.call_tool("status", {}))["state"] == "Operational"
        listed = data(await client.call_tool("files", {"location": "local"}))
        assert [file["path"] for file in listed["files"]] == ["cube.gcode"]
        assert data(await client.call_tool("explain", {"code": "PRINTER_BUSY"}))["exit_code"] == 3

    here(environ, ask)
    assert server.acts == []


def test_upload_and_print_need_confirm(environ: Environ, server: FaultServer, gcode: Path) -> None:
    async def ask(client: Client) -> None:
        assert data(await client.call_tool("upload", {"file": str(gcode)}))["path"] == "quick.gcode"
        refused = envelope(await client.call_tool("print", {"stored": "quick.gcode"}))["error"]
        assert refused["code"] == "CONFIRMATION_REQUIRED" and "--confirm" in refused["hint"]
        assert server.octoprint.started == []
        rehearsed = data(await client.call_tool("print", {"stored": "quick.gcode", "dry_run": True}))
        assert [request["method"] for request in rehearsed["requests"]] == ["POST"] and server.octoprint.started == []
        assert data(await client.call_tool("print", {"stored": "quick.gcode", "confirm": True}))["started"] is True
        assert server.octoprint.started == ["local/quick.gcode"]
        assert code(await client.call_tool("cancel", {"confirm": False})) == "CONFIRMATION_REQUIRED"
        assert data(await client.call_tool("cancel", {"confirm": True}))["action"] == "cancelled"

    here(environ, ask)
    assert server.octoprint.state == "Operational"


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("status", {"nonsense": 1}, "there is no argument nonsense"),
        ("files", {"location": "moon"}, "invalid choice: 'moon'"),
        ("inspect", {}, "file must be given"),
        ("gcode", {"commands": "G28"}, "commands must be a list, not 'G28'"),
        ("cancel", {"confirm": "no"}, "confirm must be true or false, not 'no'"),
        ("wait", {"for": ["nonsense"]}, "'nonsense' is not one of"),
        ("print", {"confirm": True}, "one of the arguments FILE --stored is required"),
        ("preflight", {"file": "--host=elsewhere.test"}, "there is no file --host=elsewhere.test"),
    ],
)
def test_invalid_argument_is_an_error_envelope(environ: Environ, server: FaultServer, tool: str, given: Any, said: str) -> None:
    async def ask(client: Client) -> None:
        error = envelope(await client.call_tool(tool, given))["error"]
        assert error["code"] == ("FILE_NOT_FOUND" if tool == "preflight" else "USAGE_ERROR") and error["hint"]
        assert said in error["message"]

    here(environ, ask)
    assert server.acts == []


def test_unknown_tool_is_a_protocol_error(environ: Environ) -> None:
    async def ask(client: Client) -> None:
        with pytest.raises(MCPError, match="there is no tool nonsense"):
            await client.call_tool("nonsense", {})

    here(environ, ask)


def test_key_is_masked_in_tool_answers(environ: Environ, server: FaultServer) -> None:
    async def ask(client: Client) -> None:
        for tool, given in (("explain", {"code": server.key}), ("status", {server.key: 1}), ("config_show", {})):
            assert server.key not in (await client.call_tool(tool, given)).model_dump_json()

    here(environ, ask)


def test_tool_call_without_configured_server_is_a_config_error(tmp_path: Path, environ: Environ) -> None:
    aimless = {name: value for name, value in environ.items() if name not in ("OCTOPRINT_HOST", "OCTOPRINT_API_KEY")}

    async def ask(client: Client) -> None:
        assert code(await client.call_tool("status", {})) == "CONFIG_ERROR"

    here(aimless, ask)


# -- connections ----------------------------------------------------------------------------------------


def test_consecutive_calls_share_one_connection(environ: Environ, server: FaultServer) -> None:
    async def ask(client: Client) -> None:
        for _ in range(5):
            data(await client.call_tool("temp", {}))

    here(environ, ask)
    assert server.connections == 1


def test_earlier_change_does_not_affect_error_handling_of_later_call(environ: Environ, server: FaultServer) -> None:
    """What was sent by one call is nothing that the next one has begun: it fails at once if nobody answers."""

    async def ask(client: Client) -> None:
        data(await client.call_tool("temp", {"bed": "60"}))
        server.fail("GET", "/api/job", faults.wrong_shape([]))
        assert code(await client.call_tool("wait", {"timeout": 30})) == "UNEXPECTED_RESPONSE"

    here(environ, ask)


# -- at the same time -------------------------------------------------------------------------------------


def test_cancel_and_status_work_during_a_wait(environ: Environ, server: FaultServer) -> None:
    server.octoprint.printing("cube.gcode")

    async def ask(client: Client) -> None:
        heard = Heard()
        async with anyio.create_task_group() as group:
            answers: Dict[str, Any] = {}

            async def wait() -> None:
                answers["wait"] = await client.call_tool("wait", {}, progress_callback=heard)

            group.start_soon(wait)
            await heard.first.wait()
            assert data(await client.call_tool("status", {}))["phase"] == "printing"
            data(await client.call_tool("cancel", {"confirm": True}))
        assert code(answers["wait"]) == "JOB_CANCELLED"
        assert "cube.gcode" in str(heard.told[0][2]) and heard.told[0][1] == 100

    here(environ, ask)


def test_changes_run_one_after_another_but_stop_commands_at_once(environ: Environ, server: FaultServer, gcode: Path) -> None:
    held = Held()
    server.fail("POST", "/api/files/local", held, times=1)

    async def ask(client: Client) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "upload", {"file": str(gcode)})
            await held.arrived()
            group.start_soon(client.call_tool, "temp", {"bed": "60"})
            data(await client.call_tool("temp", {"off": True}))
            assert [act.path for act in server.acts] == ["/api/printer/tool", "/api/printer/bed"]
            held.release()

    here(environ, ask)
    assert [act.path for act in server.acts][2:] == ["/api/files/local", "/api/printer/bed"]
    assert server.octoprint.heaters["bed"][1] == 60


def test_waiting_call_does_not_block_changes(environ: Environ, server: FaultServer) -> None:
    server.octoprint.store("cube.gcode")

    async def ask(client: Client) -> None:
        heard = Heard()
        async with anyio.create_task_group() as group:
            answers: Dict[str, Any] = {}

            async def start() -> None:
                given = {"stored": "cube.gcode", "confirm": True, "wait": True, "no_preflight": True}
                answers["print"] = await client.call_tool("print", given, progress_callback=heard)

            group.start_soon(start)
            await heard.first.wait()
            assert data(await client.call_tool("temp", {"bed": "60"}))["set"] == {"bed": 60.0}
            server.octoprint.finish()
        assert data(answers["print"])["met"] == "done"

    here(environ, ask)


# -- what a client gives up ---------------------------------------------------------------------------------


def test_cancelled_wait_leaves_the_print_running(environ: Environ, server: FaultServer) -> None:
    server.octoprint.printing("cube.gcode")

    async def ask(client: Client) -> None:
        await give_up_a_wait(client, lambda: until(lambda: server.open_sockets == 1, server))
        await until(lambda: server.open_sockets == 0, server)
        assert data(await client.call_tool("status", {}))["phase"] == "printing"

    here(environ, ask)
    assert server.acts == []


def test_cancelled_call_sends_no_further_request(environ: Environ, server: FaultServer, gcode: Path) -> None:
    """Given up while it looks at the printer, a print is never started."""
    server.octoprint.store("cube.gcode")
    held = Held()
    server.fail("GET", "/api/job", held, times=1)

    async def ask(client: Client) -> None:
        async with anyio.create_task_group() as group:
            given = {"stored": "cube.gcode", "confirm": True, "no_preflight": True}
            group.start_soon(client.call_tool, "print", given)
            await held.arrived()
            group.cancel_scope.cancel()
        held.release()
        # The turn comes only once the call before has ended.
        assert data(await client.call_tool("temp", {"bed": "60"}))["set"] == {"bed": 60.0}

    here(environ, ask)
    assert server.octoprint.started == [] and len(server.acts) == 1
