"""Start runs of the program as processes, each forked from one that has imported the program already: no start of Python each.

As a script it is that process: single-threaded, with nothing open but its link to the tests. It forks a run for each request,
and reports its process id and later its exit code. The child becomes what the installed script would be: its own arguments,
environment, working folder, standard streams and signals.

Must not import anything of the tests, nor know what the program does.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any, Dict, List, Mapping, Optional, Tuple

#: A description of the run, and the open files that it writes to and that its end is reported to.
Request = Tuple[Dict[str, Any], List[int]]
#: The packages that the forking process imports beforehand: what a run does not need costs time.
PRELOADED = [f"octoprint_cli.{name}" for name in "app client client.http client.push client.resources client.tracking".split()]
PRELOADED += [f"octoprint_cli.{name}" for name in "commands.job framework output output.terminal plugins preflight".split()]


class ForkServer:
    """The process that forks. It ends when this one does, or with `close`."""

    def __init__(self, environ: Dict[str, str]) -> None:
        self._link, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
            )

    def start(
        self, line: List[str], environ: Dict[str, str], cwd: str, constants: Mapping[str, Mapping[str, Any]]
    ) -> ForkedProcess:
        """Start the program with these arguments, the first of which is its path, and with other constants in its modules."""
        pipes = [os.pipe() for _ in range(3)]
        request = {"line": line, "environ": environ, "cwd": cwd, "constants": constants}
        ours, theirs = [pipe[0] for pipe in pipes], [pipe[1] for pipe in pipes]
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", theirs))]
        text = json.dumps(request).encode() + b"\n"
        sent = self._link.sendmsg([text], ancillary)
        self._link.sendall(text[sent:])
        for fd in theirs:
            os.close(fd)
        return ForkedProcess(line, *ours)

    def close(self) -> None:
        self._link.close()
        self._process.wait()


class ForkedProcess:
    """A run, with the part of `subprocess.Popen` that the tests need. stdin is empty."""

    def __init__(self, line: List[str], stdout: int, stderr: int, status: int) -> None:
        self.line = line
        self.stdout = os.fdopen(stdout, encoding="utf-8", errors="replace")
        self.stderr = os.fdopen(stderr, encoding="utf-8", errors="replace")
        self._status = os.fdopen(status, "rb", buffering=0)
        self.pid = int(self._report())
        self.returncode: Optional[int] = None

    def _report(self) -> bytes:
        """Read what is reported of the run: its process id, and later its exit code."""
        line = b""
        while not line.endswith(b"\n"):
            read = self._status.read(1)
            assert read, f"the process that forks has ended, and with it {self.line}"
            line += read
        return line

    def poll(self) -> Optional[int]:
        """Return the exit code, or minus the signal, of a run that has ended; else None."""
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self.returncode = int(self._report())
        return self.returncode

    def wait(self, timeout: Optional[float] = None) -> int:
        if self.returncode is None and not select.select([self._status], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self.line, timeout or 0)
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float) -> Tuple[str, str]:
        """Read both streams to their ends, wait, and return what was read. Raises subprocess.TimeoutExpired."""
        read: Dict[str, str] = {}
        readers = [threading.Thread(target=self._read, args=(name, read), daemon=True) for name in ("stdout", "stderr")]
        deadline = time.monotonic() + timeout
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(max(deadline - time.monotonic(), 0))
        if any(reader.is_alive() for reader in readers):
            raise subprocess.TimeoutExpired(self.line, timeout)
        self.wait(max(deadline - time.monotonic(), 1))
        return read["stdout"], read["stderr"]

    def _read(self, name: str, read: Dict[str, str]) -> None:
        stream = getattr(self, name)
        read[name] = "" if stream.closed else stream.read()
        stream.close()

    def end(self) -> None:
        """Kill what still runs, and close everything."""
        if self.returncode is None:
            with contextlib.suppress(AssertionError):
                self.send_signal(signal.SIGCONT)
                self.kill()
                self.wait(30)
        for stream in (self.stdout, self.stderr, self._status):
            stream.close()


# -- the process that forks -------------------------------------------------------------------------


def _preload() -> None:
    """Import what the runs of the tests want."""
    for name in PRELOADED:
        package = importlib.import_module(name)
        for module in pkgutil.iter_modules(package.__path__, f"{name}."):
            importlib.import_module(module.name)


def _receive(link: socket.socket) -> Optional[Request]:
    """Return the next request and its open files; None when the tests have ended."""
    fds = array.array("i")
    text = b""
    while not text.endswith(b"\n"):
        data, ancillary, _, _ = link.recvmsg(1 << 16, socket.CMSG_SPACE(3 * fds.itemsize))
        for _, _, content in ancillary:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
        if not data:
            return None
        text += data
    return json.loads(text), list(fds)


class Forks:
    """Forks a run for each request, and reports how each run has ended."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._running: Dict[int, int] = {}  # where to report, by process id
        self._woken, wake = os.pipe()
        for fd in (self._woken, wake):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> Request:
        """Fork a run for each request. Returns in each run; ends the process when the tests have ended."""
        while True:
            ready, _, _ = select.select([self._link, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 1 << 10)
                self._reap()
            request = _receive(self._link) if self._link in ready else None
            if request is None:
                if self._link in ready:
                    sys.exit(0)
                continue
            pid = os.fork()
            if pid == 0:
                self._link.close()
                for fd in (*self._running.values(), request[1].pop()):
                    os.close(fd)
                return request
            self._begun(pid, request[1])

    def _begun(self, pid: int, fds: List[int]) -> None:
        *streams, self._running[pid] = fds
        for fd in streams:
            os.close(fd)
        _report(self._running[pid], pid)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, how = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                status = self._running.pop(pid)
                _report(status, -os.WTERMSIG(how) if os.WIFSIGNALED(how) else os.WEXITSTATUS(how))
                os.close(status)


def _report(fd: int, number: int) -> None:
    with contextlib.suppress(OSError):  # nobody may read it any more
        os.write(fd, b"%d\n" % number)


def _become(request: Dict[str, Any], fds: List[int]) -> None:
    """Make this process the run that was requested."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, fd in zip((1, 2), fds):
        os.dup2(fd, number)
        os.close(fd)
    sys.stdout = open(1, "w", encoding=sys.stdout.encoding, closefd=False)  # noqa: SIM115 - for the rest of the run
    sys.stderr = open(2, "w", encoding=sys.stderr.encoding, errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(request["environ"])
    os.chdir(request["cwd"])
    sys.argv = request["line"]
    for module, constants in request["constants"].items():
        vars(importlib.import_module(module)).update(constants)


def main() -> int:
    link = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(link.fileno(), False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which end this process
    del sys.path[0]  # the folder of this file
    _preload()
    from octoprint_cli.app.main import main as program

    gc.collect()
    gc.freeze()
    _become(*Forks(link).serve())
    return program()


if __name__ == "__main__":
    sys.exit(main())
