"""Wait until a sandbox's server is usable, and verify that it is the sandbox's own server."""

from __future__ import annotations

from typing import Any, Optional

from octoprint_cli.api import CliError, errors
from octoprint_cli_sandbox import process
from octoprint_cli_sandbox.errors import StartFailed
from octoprint_cli_sandbox.sandbox import Sandbox
from octoprint_cli_sandbox.server_config import USER

#: An idle computer needs two seconds; a first start on two busy cores has taken fifteen.
START_SECONDS = 120.0
_HTTP_SECONDS, _POLL_SECONDS = 10.0, 0.25


def wait_until_ready(sandbox: Sandbox, client: Any, *, printer: bool, seconds: float = START_SECONDS) -> None:
    """Wait for the server, and with `printer` for its printer. Raises StartFailed with the end of the server's log."""
    problem: Optional[str] = None

    def ready() -> bool:
        nonlocal problem
        if sandbox.pid is None:
            raise _start_failed(sandbox, "the server ended by itself")
        problem = _find_problem(sandbox, client, printer)
        return problem is None

    if not process.wait_until(ready, seconds, _POLL_SECONDS):
        raise _start_failed(sandbox, f"the server is not ready after {seconds:g} s: {problem}")


def _find_problem(sandbox: Sandbox, client: Any, printer: bool) -> Optional[str]:
    """Return why the server cannot be used yet, or None."""
    if not _answers_http(sandbox.record.port):
        return "it does not answer"
    try:
        _require_own_server(sandbox, client)
        connection = client.connection.current()
        readings = client.printer.current().temperatures if printer and connection.phase.connected else None
    except StartFailed:
        raise
    except CliError as error:  # a server that is starting up fails in many ways
        return error.message
    # The first reading comes some seconds after the connection; without one, pre-flight checks would find no heater.
    return None if readings or not printer else f"the printer is {connection.state} and has not reported its temperatures"


def _require_own_server(sandbox: Sandbox, client: Any) -> None:
    """Raise StartFailed if the API key does not belong to the sandbox's user: OctoPrint 1.10 with a new click drops --basedir."""
    try:
        user = client.server.user().name
    except (errors.AuthError, errors.PermissionDenied):  # a new base folder, whose setup wizard admits nobody
        user = None
    if user != USER:
        reason = "the API key is not its user's: the server does not use the base folder that it was given"
        raise _start_failed(sandbox, reason)


def _answers_http(port: Optional[int]) -> bool:
    """Return whether the server answers with any status. While OctoPrint starts, its answer is a bare `Not found`."""
    import http.client  # slow to import, and not needed for help

    connection = http.client.HTTPConnection(process.HOST, port, timeout=_HTTP_SECONDS)
    try:
        connection.request("GET", "/api/version")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _start_failed(sandbox: Sandbox, reason: str) -> StartFailed:
    version = sandbox.installation.octoprint
    return StartFailed(
        f"OctoPrint {version}: {reason}",
        hint=f"less {sandbox.log}",
        details={"log": sandbox.log_tail(), "path": str(sandbox.path)},
    )
