"""The server's process: started, recognised, ended. Must not know what a sandbox is.

A process id alone proves nothing: after a reboot it may be a stranger's. What makes a process the server
is its command line, which names the sandbox's own base folder.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable, Dict, List, Mapping

from octoprint_cli_sandbox.errors import StopFailed

HOST = "127.0.0.1"
#: OctoPrint needs about two seconds, a busy machine more.
_TERM_SECONDS, _KILL_SECONDS, _PAUSE = 20.0, 5.0, 0.1


def arguments(base: Path) -> List[str]:
    """What tells the server of a base folder from any other process."""
    return ["-m", "octoprint", "--basedir", str(base), "serve"]


def start(python: Path, base: Path, port: int, log: Path, home: Path) -> subprocess.Popen[bytes]:
    """Start the server so that it outlives this process: a session of its own, no terminal, a log file."""
    command = [str(python), *arguments(base), "--host", HOST, "--port", str(port)]
    if os.geteuid() == 0:
        command.append("--iknowwhatimdoing")  # it refuses to run as root otherwise
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",  # `-m` puts the working folder first on sys.path, and what a user uploads must not be there
            # Its own home: whatever strays from the base folder goes there, never to the user's ~/.octoprint.
            env={**clean_environment(), "HOME": str(home)},
            start_new_session=True,
        )


def clean_environment() -> Dict[str, str]:
    """The environment without what would steer another Python, or what octoprint-cli's own variables hold.

    OctoPrint reads OCTOPRINT_HOST and OCTOPRINT_PORT itself, with another meaning.
    """
    strays = ("OCTOPRINT_", "PYTHON", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    return {name: value for name, value in os.environ.items() if not name.startswith(strays)}


def is_server(pid: int, base: Path) -> bool:
    """Whether this very process is the server of that base folder, and alive."""
    wanted = arguments(base)
    proc = Path("/proc") / str(pid) / "cmdline"
    if not Path("/proc/self/cmdline").exists():
        return f" {' '.join(wanted)} " in _ps(pid)
    try:
        words = os.fsdecode(proc.read_bytes()).split("\0")  # empty for a zombie
    except OSError:
        return False
    return words[1 : len(wanted) + 1] == wanted


def end(pid: int, base: Path) -> None:
    """End the server, by force if it does not go by itself, and what it has started. Raises StopFailed."""
    for number, seconds in ((signal.SIGTERM, _TERM_SECONDS), (signal.SIGKILL, _KILL_SECONDS)):
        if not is_server(pid, base):
            break
        os.kill(pid, number)
        until(lambda: not is_server(pid, base), seconds)
    if is_server(pid, base):
        raise StopFailed(f"process {pid} does not end", hint=f"ps -fp {pid}", details={"pid": pid})
    # It led a process group. While members are left, nobody else can have that number.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end_group(process: subprocess.Popen[str]) -> None:
    """End a helper that was started in a session of its own, with what it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_KILL_SECONDS)
            return


def until(done: Callable[[], bool], seconds: float, pause: float = _PAUSE) -> bool:
    """Look until it is done, for so many seconds at most. Returns whether it is."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def _ps(pid: int) -> str:
    environment: Mapping[str, str] = {**os.environ, "LC_ALL": "C"}
    found = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        check=False,
    )
    return found.stdout.decode(errors="replace").strip() + " "
