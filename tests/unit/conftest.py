"""What every test here stands on: a home of its own, no network, no real time, no plugin but its own."""

from __future__ import annotations

import logging
import os
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Iterator, List

import pytest
import requests_mock
from hypothesis import HealthCheck, settings
from stevedore.extension import ExtensionManager

from octoprint_cli.client.http.http_client import Http
from octoprint_cli.client.http.transport import InFlightRequest
from octoprint_cli.client.tracking.job_tracker import JobTracker
from octoprint_cli.plugins import distributions
from octoprint_cli.plugins.entry_points import is_own

from .driver import GCODE, Server
from .followed_jobs import PRINTING, print_history
from .payloads import DIALECTS
from .scripted_push import client

settings.register_profile("ring", deadline=None, derandomize=True, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", settings.get_profile("ring"), derandomize=False, max_examples=1000)
settings.load_profile("ring")  # always the same examples; `pytest --hypothesis-profile=explore` looks for others

#: What looks at a clock, or sleeps, while it waits for a server.
CLOCKED = (
    "client.resource",
    "client.cancelled_job",
    "client.resources.files",
    "client.resources.job",
    "client.resources.uploads",
    "client.http.retry",
    "client.push.feed",
    "client.tracking.job_tracker",
    "client.tracking.waiter",
    "framework.waiting",
    "framework.watching",
)


class Clock:
    """Time that passes only while something sleeps."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew; what a test has put in place of `sleep` is gone."""
        vars(self).clear()
        self.now = 1000.0
        self.slept = 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return 1_800_000_000 + self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds
        self.slept += seconds


class ExtraPlugins:
    """Entry points beside the built-in ones, as if packages that have them were installed."""

    def __init__(self, own: List[Any]) -> None:
        self.entry_points: List[Any] = []
        self._own = own

    def add(self, group: str, name: str, load: Callable[[], Any], distribution: str = "acme-tools") -> None:
        """An entry point whose `load` is called for it. `lambda: Thing` is one that works."""
        value = f"{distribution.replace('-', '_')}.{name}:Thing"
        self.entry_points.append(
            SimpleNamespace(group=f"octoprint_cli.{group}", name=name, value=value, load=load, distribution=distribution)
        )

    def of(self, group: str) -> List[Any]:
        own = [entry_point for dist in self._own for entry_point in dist.entry_points]
        return [entry_point for entry_point in [*own, *self.entry_points] if entry_point.group == group]

    def installed(self) -> Iterator[Any]:
        yield from self._own
        for name in sorted({entry_point.distribution for entry_point in self.entry_points}):
            mine = [entry_point for entry_point in self.entry_points if entry_point.distribution == name]
            yield distributions.Distribution(name, "1.2", mine, [])


@pytest.fixture(scope="session")
def own() -> List[Any]:
    """This program's distribution, with its own entry points."""
    ours = [dist for dist in distributions.installed() if any(map(is_own, dist.entry_points))]
    return [dist._replace(entry_points=list(filter(is_own, dist.entry_points))) for dist in ours]


@pytest.fixture(scope="session")
def unused_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HOME of every test: a folder that none may make."""
    return tmp_path_factory.mktemp("unused") / "home"


# What is replaced for a whole module costs the single test nothing. A module may override each of these.


@pytest.fixture(scope="module", autouse=True)
def module_patch() -> Iterator[pytest.MonkeyPatch]:
    """Replacements that last for a module."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module", autouse=True)
def module_plugins(module_patch: pytest.MonkeyPatch, own: List[Any]) -> ExtraPlugins:
    """The built-in entry points, and those that a test adds; none of this machine's, and no cache of them."""
    found = ExtraPlugins(own)
    module_patch.setattr(ExtensionManager, "list_entry_points", lambda self: found.of(self.namespace))
    module_patch.setattr(distributions, "installed", found.installed)
    return found


@pytest.fixture(scope="module", autouse=True)
def no_connections(module_patch: pytest.MonkeyPatch) -> None:
    """No socket is connected."""

    def refuse(*_: Any) -> None:
        raise AssertionError("a unit test opened a connection")

    module_patch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="module", autouse=True)
def no_push(module_patch: pytest.MonkeyPatch) -> None:
    """The push socket is refused: a job is followed by polling. What a socket does is in tests of its own."""

    def refuse(self: Http, seconds: float) -> Any:
        raise ConnectionRefusedError("no push socket in the unit ring")

    module_patch.setattr(Http, "open_socket", refuse)


@pytest.fixture(scope="module", autouse=True)
def no_watcher(module_patch: pytest.MonkeyPatch) -> None:
    """No thread watches a request: requests_mock has no socket that it could end, and it is half of a run's time."""
    module_patch.setattr(InFlightRequest, "__enter__", lambda self: self)


@pytest.fixture(scope="module", autouse=True)
def module_clock(module_patch: pytest.MonkeyPatch) -> Clock:
    """The time that waiting loops see."""
    found = Clock()
    for module in CLOCKED:
        module_patch.setattr(f"octoprint_cli.{module}.time", found)
    return found


@pytest.fixture(autouse=True)
def isolated(module_plugins: ExtraPlugins, module_clock: Clock, unused_home: Path) -> Iterator[None]:
    """A clock, plugins, a HOME and a logging that no other test has changed."""
    module_clock.reset()
    module_plugins.entry_points.clear()
    os.environ["HOME"] = str(unused_home)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    if unused_home.exists():
        shutil.rmtree(unused_home)
        pytest.fail("the test has written into HOME")


@pytest.fixture
def clock(module_clock: Clock) -> Clock:
    """The time that waiting loops see, at its beginning."""
    return module_clock


@pytest.fixture
def extra_plugins(module_plugins: ExtraPlugins) -> ExtraPlugins:
    """Plugins that this test adds to the built-in ones."""
    return module_plugins


@pytest.fixture
def home(tmp_path: Any) -> Any:
    """OCTOPRINT_CLI_HOME of this test; not made yet."""
    return tmp_path / "home"


def _server(dialect: str, home: Any) -> Iterator[Server]:
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        found = Server(mocker, dialect, home)
        yield found
        assert found.unexpected == []


@pytest.fixture
def server(home: Any) -> Iterator[Server]:
    """An OctoPrint 1.11.8."""
    yield from _server("1.11.8", home)


@pytest.fixture
def server_2(home: Any) -> Iterator[Server]:
    """An OctoPrint 2.0.0rc7."""
    yield from _server("2.0.0rc7", home)


@pytest.fixture(params=DIALECTS)
def each_server(request: Any, home: Any) -> Iterator[Server]:
    """Both, one after the other."""
    yield from _server(request.param, home)


@pytest.fixture
def server_with_file(server: Server) -> Server:
    """An OctoPrint 1.11.8 that holds cube.gcode, printed once."""
    server.add_file("cube.gcode", prints=print_history(1, 0, True))
    return server


@pytest.fixture
def tracker(server: Server) -> JobTracker:
    """The tracker of a local job, whose file was printed twice to its end before, and cancelled once."""
    server.add_file("cube.gcode", prints=print_history(2, 1))
    server.job(server.reading("Printing", "cube.gcode", completion=50.0))
    return JobTracker(client(), PRINTING)


@pytest.fixture
def gcode_file(tmp_path: Any) -> Any:
    """A file to print."""
    path = tmp_path / "quick.gcode"
    path.write_text(GCODE)
    return path
