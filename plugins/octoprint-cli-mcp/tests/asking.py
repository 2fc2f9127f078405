"""Asking the server as an agent does: the SDK's own client, in this process or with the installed program as a process."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, Iterator, List, Optional, Tuple

import anyio
import anyio.lowlevel
from mcp import Client, StdioServerParameters, stdio_client
from octoprint_cli_mcp import server as serving, tools

from octoprint_cli.app.program import Program
from octoprint_cli.testing import fork_server

#: The installed script.
PROGRAM = Path(sys.executable).with_name("octoprint-cli")
#: Longer than anything takes here, on a busy machine too.
SECONDS = 60
Ask = Callable[[Client], Awaitable[None]]


def environment(folder: Path, **more: str) -> Dict[str, str]:
    """The test's own: nothing reads or writes the real home, configuration or caches."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OCTOPRINT_")}
    own = {"HOME": folder / "home", "XDG_CACHE_HOME": folder / "cache", "OCTOPRINT_CLI_HOME": folder / "cli"}
    (folder / "home").mkdir(exist_ok=True)
    return {**inherited, **{name: str(path) for name, path in own.items()}, **more}


_launchers: List[str] = []


@contextlib.contextmanager
def forking() -> Iterator[None]:
    """Inside, `launcher` can be used. A process that has imported the SDK, which takes two seconds, forks the runs."""
    with tempfile.TemporaryDirectory(prefix="mcp-") as folder:
        forks = fork_server.ForkServer(folder, environment(Path(folder)), [*fork_server.PROGRAM, "octoprint_cli_mcp"])
        _launchers.append(forks.launcher(folder))
        try:
            yield
        finally:
            _launchers.pop()
            forks.close()


def launcher() -> str:
    """Return the path of a script that runs the program as the installed one does."""
    return _launchers[0]


def app(environ: Dict[str, str], *argv: str) -> Program:
    """A run of the program in this process, as far as `mcp serve` begins."""
    made = Program(io.StringIO(), io.StringIO(), sys.stderr, environ)
    made.apply_options(made.parser.parse_known_args(list(argv))[0])
    return made


def here(environ: Dict[str, str], ask: Ask, choice: Optional[tools.ToolFilter] = None) -> None:
    """Ask a server in this process, over the SDK's in-memory connection."""
    run = app(environ)
    found, broken = tools.load_tools(run, choice or tools.ToolFilter())
    assert broken == []
    _within(Client(serving.create_server(run, found)), ask)


def process(environ: Dict[str, str], ask: Ask, *argv: str) -> None:
    """Ask the program as a process, over stdio."""
    parameters = StdioServerParameters(command=launcher(), args=["mcp", "serve", *argv], env=environ)
    _within(Client(stdio_client(parameters)), ask)


def at(url: str, ask: Ask) -> None:
    """Ask a server over HTTP."""
    _within(Client(url), ask)


def _within(connection: Client, ask: Ask) -> None:
    async def limited() -> None:
        with anyio.fail_after(SECONDS):
            async with connection as client:
                await ask(client)

    try:
        anyio.run(limited)
    except Exception as error:  # task groups wrap one another's errors
        found: BaseException = error
        while len(getattr(found, "exceptions", ())) == 1:
            found = found.exceptions[0]  # type: ignore[attr-defined]
        raise found from None


def envelope(result: Any) -> Dict[str, Any]:
    """The envelope of an answer, which its text has, too."""
    found: Dict[str, Any] = result.structured_content
    assert json.loads(result.content[0].text) == found
    assert result.is_error == (found["status"] == "error")
    return found


def data(result: Any) -> Dict[str, Any]:
    """The data of a success."""
    found = envelope(result)
    assert found["status"] == "success", found
    body: Dict[str, Any] = found["data"]
    return body


def code(result: Any) -> str:
    """The error code of a failure."""
    found = envelope(result)
    assert found["status"] == "error", found
    said: str = found["error"]["code"]
    return said


class Heard:
    """Collects a call's progress; `first` is set with the first."""

    async def word(self, word: str) -> None:
        """Wait until a sentence has the word: the last one may come after the answer."""
        async with self._news:
            while not any(word in str(message) for _, _, message in self.told):
                await self._news.wait()

    def __init__(self) -> None:
        self._news = anyio.Condition()
        self.told: List[Tuple[float, Optional[float], Optional[str]]] = []
        self.first = anyio.Event()

    async def __call__(self, progress: float, total: Optional[float], message: Optional[str]) -> None:
        async with self._news:
            self.told.append((progress, total, message))
            self._news.notify_all()
        self.first.set()


async def give_up_a_wait(client: Client, ready: Callable[[], Awaitable[None]] = anyio.lowlevel.checkpoint) -> None:
    """Call `wait`, and cancel it once it has told something, and `ready` is done."""
    heard = Heard()
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: client.call_tool("wait", {}, progress_callback=heard))
        await heard.first.wait()
        await ready()
        group.cancel_scope.cancel()


class Held:
    """A fault that keeps a request waiting, until `release` lets it be done and answered."""

    def __init__(self) -> None:
        self._arrived, self._released = threading.Event(), threading.Event()

    def __call__(self, exchange: Any) -> None:
        exchange.receive()
        self._arrived.set()
        assert self._released.wait(SECONDS)
        exchange.reply(exchange.perform())

    def release(self) -> None:
        """Let it go on."""
        self._released.set()

    async def arrived(self) -> None:
        """Wait until the request is there."""
        assert await anyio.to_thread.run_sync(self._arrived.wait, SECONDS)


async def until(is_so: Callable[[], bool], server: Any) -> None:
    """Wait until the fake server says that it is so, without holding up the client."""
    await anyio.to_thread.run_sync(server.wait_until, is_so)
