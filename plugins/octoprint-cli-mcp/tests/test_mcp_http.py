"""The program as a process, over HTTP: the same tools, on this computer alone."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
from typing import Any, Dict, Iterator

import anyio
import pytest
import requests
from asking import SECONDS, Heard, at, data, give_up_a_wait, launcher, until
from mcp import Client, MCPError

from octoprint_cli.testing import FaultServer

pytestmark = pytest.mark.usefixtures("forks")

Environ = Dict[str, str]


@pytest.fixture
def serving(environ: Environ) -> Iterator[subprocess.Popen[str]]:
    """The process, which says on stderr where it listens; ended by its own id."""
    line = [launcher(), "mcp", "serve", "--http", "0", "--json"]
    begun = subprocess.Popen(line, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield begun
    finally:
        begun.kill()
        begun.communicate()


@pytest.fixture
def url(serving: subprocess.Popen[str]) -> str:
    """Where it listens."""
    assert serving.stderr is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/mcp", serving.stderr.readline())
    assert found is not None
    return found.group()


def test_http_server_offers_the_same_tools_and_progress(url: str, server: FaultServer) -> None:
    server.octoprint.printing("cube.gcode")

    async def ask(client: Client) -> None:
        assert "print" in [tool.name for tool in (await client.list_tools()).tools]
        heard, answers = Heard(), []

        async def wait() -> None:
            answers.append(await client.call_tool("wait", {}, progress_callback=heard))

        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await heard.first.wait()
            assert data(await client.call_tool("status", {}))["phase"] == "printing"
            server.octoprint.finish()
        assert data(answers[0])["met"] == "done"

    at(url, ask)


def test_client_disconnect_ends_its_wait_but_not_the_print(url: str, server: FaultServer) -> None:
    server.octoprint.printing("cube.gcode")

    async def ask(client: Client) -> None:
        await give_up_a_wait(client)
        await until(lambda: len(server.sockets) > 0 and server.open_sockets == 0, server)

    at(url, ask)
    assert server.octoprint.state == "Printing" and server.acts == []


def test_two_clients_can_call_tools(url: str, server: FaultServer) -> None:
    async def ask(client: Client) -> None:
        async with Client(url) as other:
            assert data(await other.call_tool("temp", {"bed": "60"}))["set"] == {"bed": 60.0}
            assert data(await client.call_tool("temp", {}))["temperature"]["bed"]["target"] == 60.0

    at(url, ask)


def test_http_server_rejects_other_hosts_and_origins(url: str) -> None:
    """Neither another computer nor a page from elsewhere in a browser on this one."""
    port = int(url.split(":")[2].split("/")[0])
    with socket.socket() as elsewhere:  # the whole of 127/8 is this machine, so this address would do if it listened on all
        assert elsewhere.connect_ex(("127.0.0.2", port)) != 0
    question: Dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"Accept": "application/json, text/event-stream"}
    for header in ({"Host": f"rebound.test:{port}"}, {"Origin": "http://elsewhere.test"}):
        answer = requests.post(url, json=question, headers={**accept, **header}, timeout=SECONDS)
        assert answer.status_code in (403, 421), (header, answer.status_code)


def test_http_server_ends_cleanly_on_sigterm(serving: subprocess.Popen[str], url: str, server: FaultServer) -> None:
    server.octoprint.printing("cube.gcode")

    async def ask(client: Client) -> None:
        heard = Heard()

        async def wait() -> None:
            with pytest.raises(MCPError):
                await client.call_tool("wait", {}, progress_callback=heard)

        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await heard.first.wait()
            serving.send_signal(signal.SIGTERM)
            await anyio.to_thread.run_sync(serving.wait, SECONDS)

    at(url, ask)
    said, noted = serving.communicate(timeout=SECONDS)
    assert server.octoprint.state == "Printing" and server.acts == []
    assert serving.returncode == 0 and "Traceback" not in noted
    assert json.loads(said) == {"status": "success", "data": {"tools": json.loads(said)["data"]["tools"], "url": url}}


def test_occupied_port_is_a_usage_error(environ: Environ, url: str) -> None:
    port = url.split(":")[2].split("/")[0]
    line = [launcher(), "mcp", "serve", "--http", port, "--json"]
    done = subprocess.run(line, env=environ, capture_output=True, text=True, timeout=SECONDS, check=False)
    error = json.loads(done.stdout)["error"]
    assert done.returncode == 4 and error["code"] == "USAGE_ERROR" and port in error["message"]


def test_invalid_port_is_a_usage_error(environ: Environ) -> None:
    line = [launcher(), "mcp", "serve", "--http", "many", "--json"]
    done = subprocess.run(line, env=environ, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 4 and "'many' is not a port" in json.loads(done.stdout)["error"]["message"]
