"""Waiting until a sandbox's server can be used, and making sure that it is the sandbox's server."""

from __future__ import annotations

from typing import Any, Optional

from octoprint_cli.api import CliError, errors
from octoprint_cli_sandbox import process
from octoprint_cli_sandbox.errors import StartFailed
from octoprint_cli_sandbox.sandbox import Sandbox
from octoprint_cli_sandbox.server_config import USER

#: A quiet machine needs two seconds; a first start beside other work on two cores has taken fifteen.
START_SECONDS = 120.0
_HTTP_SECONDS, _PAUSE = 10.0, 0.25


def wait(sandbox: Sandbox, client: Any, *, printer: bool, seconds: float = START_SECONDS) -> None:
    """Wait for the server, and for its printer if that is wanted. Raises StartFailed with the end of the log."""
    problem: Optional[str] = None

    def ready() -> bool:
        nonlocal problem
        if sandbox.pid is None:
            raise _failed(sandbox, "the server ended by itself")
        problem = _problem(sandbox, client, printer)
        return problem is None

    if not process.until(ready, seconds, _PAUSE):
        raise _failed(sandbox, f"the server is not ready after {seconds:g} s: {problem}")


def _problem(sandbox: Sandbox, client: Any, printer: bool) -> Optional[str]:
    """Why it cannot be used yet, or None."""
    if not _speaks_http(sandbox.record.port):
        return "it does not answer"
    try:
        _require_own(sandbox, client)
        link = client.connection.current()
        readings = client.printer.current().temperatures if printer and link.phase.connected else None
    except StartFailed:
        raise
    except CliError as error:  # "starting up" has many faces
        return error.message
    # The first reading comes some seconds after the connection; without it, a pre-flight would find no heater.
    return None if readings or not printer else f"the printer is {link.state} and has not told its temperatures"


def _require_own(sandbox: Sandbox, client: Any) -> None:
    """Raise if the key is not the sandbox's user's: OctoPrint 1.10 with a new click drops --basedir."""
    try:
        user = client.server.user().name
    except (errors.AuthError, errors.PermissionDenied):  # a fresh folder, whose setup wizard lets nobody in
        user = None
    if user != USER:
        raise _failed(sandbox, "the server does not know the sandbox's key: it does not use the base folder that it was given")


def _speaks_http(port: Optional[int]) -> bool:
    """Whether anything that has a status answers. While OctoPrint starts up, a bare `Not found` does."""
    import http.client  # slow to import, and help does without

    connection = http.client.HTTPConnection(process.HOST, port, timeout=_HTTP_SECONDS)
    try:
        connection.request("GET", "/api/version")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _failed(sandbox: Sandbox, message: str) -> StartFailed:
    version = sandbox.install.octoprint
    return StartFailed(
        f"OctoPrint {version}: {message}",
        hint=f"less {sandbox.log}",
        details={"log": sandbox.log_tail(), "path": str(sandbox.path)},
    )
