"""A whole print by an agent: the program over stdio, the SDK's client, a real OctoPrint with its virtual printer.

Every answer is held against the schema that its tool has.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import anyio
import pytest
from asking import Heard, envelope, environment, give_up_a_wait, process
from jsonschema import Draft202012Validator
from mcp import Client

from octoprint_cli.testing import RealOctoPrint

#: An installation on a busy machine; what comes after it takes seconds.
INSTALL_SECONDS = 600
#: The print moves, and neither heats nor extrudes.
IGNORE = ["extrusion"]

pytestmark = [pytest.mark.timeout(INSTALL_SECONDS + 60), pytest.mark.usefixtures("forks")]

Environ = Dict[str, str]


@pytest.fixture
def real(real_octoprint: RealOctoPrint, tmp_path: Path) -> Environ:
    """The environment of whoever has a real OctoPrint's printer to drive."""
    return {**environment(tmp_path), **real_octoprint.run.env}


class Agent:
    """A client that believes no answer which its schema does not allow."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._schemas: Dict[str, Any] = {}

    async def learn(self) -> None:
        tools = (await self._client.list_tools()).tools
        self._schemas = {tool.name: Draft202012Validator(tool.output_schema or {}) for tool in tools}

    async def call(self, tool: str, heard: Any = None, **given: Any) -> Dict[str, Any]:
        found = envelope(await self._client.call_tool(tool, given, progress_callback=heard))
        self._schemas[tool].validate(found)
        assert json.loads(json.dumps(found)) == found
        return found

    async def data(self, tool: str, heard: Any = None, **given: Any) -> Dict[str, Any]:
        found = await self.call(tool, heard, **given)
        assert found["status"] == "success", found
        body: Dict[str, Any] = found["data"]
        return body

    async def code(self, tool: str, **given: Any) -> str:
        found = await self.call(tool, **given)
        assert found["status"] == "error", found
        said: str = found["error"]["code"]
        return said


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """Half a minute of a print that heats nothing: the virtual printer dwells in real time."""
    path = tmp_path / "slow.gcode"
    path.write_text("M117 slow\n" + "".join(f"G1 X{number % 50} F6000\nG4 P100\n" for number in range(300)))
    return path


def test_agent_prints_waits_and_cancels(real: Environ, slow: Path) -> None:
    async def ask(client: Client) -> None:
        agent = Agent(client)
        await agent.learn()
        assert (await agent.data("status"))["phase"] == "idle"
        assert (await agent.data("version"))["server"].startswith("1.")
        assert (await agent.data("upload", file=str(slow)))["verified"] == "sha1"
        assert "slow.gcode" in [file["path"] for file in (await agent.data("files"))["files"]]
        assert (await agent.data("preflight", stored="slow.gcode", ignore=IGNORE))["ready"] is True
        assert await agent.code("print", stored="slow.gcode") == "CONFIRMATION_REQUIRED"
        assert (await agent.data("print", stored="slow.gcode", ignore=IGNORE, dry_run=True))["dry_run"] is True
        assert (await agent.data("status"))["phase"] == "idle"
        assert (await agent.data("print", stored="slow.gcode", ignore=IGNORE, confirm=True))["started"] is True
        assert await agent.code("print", stored="slow.gcode", ignore=IGNORE, confirm=True) == "PRINTER_BUSY"

        heard = Heard()
        assert (await agent.data("wait", heard, **{"for": ["progress=5"], "timeout": 60}))["met"] == "progress=5"
        numbers = [progress for progress, _, _ in heard.told]
        assert numbers == sorted(set(numbers)) and "slow.gcode" in str(heard.told[-1])
        await give_up_a_wait(client)
        assert (await agent.data("status"))["phase"] == "printing"

        ended: List[Dict[str, Any]] = []
        again = Heard()

        async def wait() -> None:
            ended.append(await agent.call("wait", again))

        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await again.first.wait()
            assert await agent.code("cancel") == "CONFIRMATION_REQUIRED"
            assert (await agent.data("cancel", confirm=True))["action"] == "cancelled"
        assert ended[0]["error"]["code"] == "JOB_CANCELLED" and ended[0]["data"]["phase"] == "idle"

    process(real, ask)


def test_read_only_tools_answer_according_to_schema(real: Environ) -> None:
    given: Dict[str, Dict[str, Any]] = {"wait": {"for": ["idle"]}}

    async def ask(client: Client) -> None:
        agent = Agent(client)
        await agent.learn()
        asked = 0
        for tool in (await client.list_tools()).tools:
            if tool.annotations and tool.annotations.read_only_hint and not tool.input_schema.get("required", []):
                await agent.data(tool.name, **given.get(tool.name, {}))
                asked += 1
        assert asked >= 6

    process(real, ask, *(word for name in ("preflight", "inspect", "power status") for word in ("--except", name)))


def test_heaters_are_set_awaited_and_switched_off(real: Environ) -> None:
    async def ask(client: Client) -> None:
        agent = Agent(client)
        await agent.learn()
        heard = Heard()
        warm = await agent.data("temp", heard, bed=30, wait=True, wait_timeout=60)
        assert warm["met"] == "temp"
        await heard.word("bed")
        off = await agent.data("temp", off=True)
        assert all(reading["target"] == 0 for reading in off["temperature"].values())

    process(real, ask)
