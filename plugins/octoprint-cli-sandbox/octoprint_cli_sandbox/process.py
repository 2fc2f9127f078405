"""Processes: start, recognise and end the server, and run short helper programs. Must not know what a sandbox is.

A process id alone proves nothing: after a reboot it may belong to an unrelated process. What identifies the server is its
command line, which names the sandbox's own base folder.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Optional, Sequence

from octoprint_cli_sandbox.errors import StopFailed

HOST = "127.0.0.1"
#: OctoPrint takes about two seconds to end, longer on a busy machine.
_TERM_SECONDS, _KILL_SECONDS, _POLL_SECONDS = 20.0, 5.0, 0.1


def server_arguments(base: Path) -> List[str]:
    """Return the arguments that distinguish the server of a base folder from any other process."""
    return ["-m", "octoprint", "--basedir", str(base), "serve"]


def start(python: Path, base: Path, port: int, log: Path, home: Path) -> subprocess.Popen[bytes]:
    """Start the server so that it outlives this process: in its own session, without a terminal, with a log file."""
    command = [str(python), *server_arguments(base), "--host", HOST, "--port", str(port)]
    if os.geteuid() == 0:
        command.append("--iknowwhatimdoing")  # OctoPrint refuses to run as root otherwise
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",  # `-m` puts the working folder first on sys.path, and uploaded files must not be there
            # A home of its own: whatever the server writes outside the base folder lands there, never in the user's ~/.octoprint.
            env={**clean_environment(), "HOME": str(home)},
            start_new_session=True,
        )


def clean_environment() -> Dict[str, str]:
    """Return the environment without variables that affect another Python, and without those of octoprint-cli.

    OctoPrint reads OCTOPRINT_HOST and OCTOPRINT_PORT itself, with another meaning.
    """
    prefixes = ("OCTOPRINT_", "PYTHON", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


def capture(command: Sequence[str], environment: Mapping[str, str], timeout: Optional[float] = None) -> str:
    """Run a helper program and return what it prints on stdout. Raises OSError and subprocess.SubprocessError."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        timeout=timeout,
        check=True,
    )
    return os.fsdecode(done.stdout)


def is_server(pid: int, base: Path) -> bool:
    """Return whether this process is the server of that base folder, and alive."""
    expected = server_arguments(base)
    if not Path("/proc/self/cmdline").exists():
        return f" {' '.join(expected)} " in _command_line(pid)
    try:
        words = os.fsdecode((Path("/proc") / str(pid) / "cmdline").read_bytes()).split("\0")  # empty for a zombie
    except OSError:
        return False
    return words[1 : len(expected) + 1] == expected


def terminate(pid: int, base: Path) -> None:
    """End the server, by force if it ignores SIGTERM, and every process it has started. Raises StopFailed."""
    for number, seconds in ((signal.SIGTERM, _TERM_SECONDS), (signal.SIGKILL, _KILL_SECONDS)):
        if not is_server(pid, base):
            break
        os.kill(pid, number)
        wait_until(lambda: not is_server(pid, base), seconds)
    if is_server(pid, base):
        raise StopFailed(f"process {pid} does not end", hint=f"ps -fp {pid}", details={"pid": pid})
    # The server led a process group. While the group has members, no new process can get that number.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def terminate_group(process: subprocess.Popen[str]) -> None:
    """End a helper that was started in a session of its own, and every process it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_KILL_SECONDS)
            return


def wait_until(done: Callable[[], bool], seconds: float, interval: float = _POLL_SECONDS) -> bool:
    """Poll until `done()` is true or the time is over. Returns whether it became true."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(interval)
    return True


def _command_line(pid: int) -> str:
    """Return the command line of a process as ps shows it, followed by a space."""
    try:
        shown = capture(["ps", "-ww", "-o", "command=", "-p", str(pid)], {**os.environ, "LC_ALL": "C"})
    except subprocess.CalledProcessError:  # there is no such process
        shown = ""
    return f"{shown.strip()} "
