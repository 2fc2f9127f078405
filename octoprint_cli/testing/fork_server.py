"""Runs of the program as processes, each forked from one that has imported the program already: no start of Python each.

As a script, `fork_server.py SOCKET MODULE ...` is that process: single-threaded, with nothing open but its socket. For each
connection it forks a run, and reports the run's process id and later its exit code. The child becomes what the installed script
would be: its own arguments, environment, working folder, standard streams and signals. When the connection is closed first, the
run is killed. `fork_server.py --run SOCKET ARGUMENT ...` is such a connection, with streams of its own, in the place of the
installed script: it passes signals on to the run. This module knows no pytest, nor what the program does.
"""

from __future__ import annotations

import array
import contextlib
import json
import os
import select
import signal
import socket
import sys
from typing import Any, Dict, List, Mapping, NoReturn, Optional, Sequence

#: What is imported beforehand: packages with their modules.
PROGRAM = [f"octoprint_cli.{name}" for name in "app client client.http client.push client.resources client.tracking".split()]
PROGRAM += [f"octoprint_cli.{name}" for name in "commands.job framework output output.terminal plugins preflight".split()]
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class ForkServer:
    """The process that forks. It ends when this one does, or with `close`. `folder` must have a short path."""

    def __init__(self, folder: str, environ: Mapping[str, str], modules: Sequence[str] = PROGRAM) -> None:
        import subprocess

        self.socket = os.path.join(folder, "forks")  # noqa: PTH118 - the launcher has no time for pathlib
        command = [sys.executable, __file__, self.socket, *modules]
        self._process = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self._process.stdout.readline()  # it listens

    def start(self, line: Sequence[str], environ: Mapping[str, str], cwd: str, constants: Mapping[str, Any]) -> ForkedProcess:
        """Start a run with these arguments, the first of which is the program's path, and with other constants in its modules.

        stdin is empty.
        """
        (stdout, out), (stderr, err) = os.pipe(), os.pipe()
        stdin = os.open(os.devnull, os.O_RDONLY)
        link = _connect(self.socket, [stdin, out, err], line, environ, cwd, constants)
        for fd in (stdin, out, err):
            os.close(fd)
        return ForkedProcess(line, link, stdout, stderr)

    def launcher(self, folder: str) -> str:
        """Write a script that takes the place of the installed one. Returns its path."""
        path = os.path.join(folder, "octoprint-cli")  # noqa: PTH118
        with open(path, "w", encoding="utf-8") as script:  # noqa: PTH123
            script.write(f'#!/bin/sh\nexec "{sys.executable}" -IS "{__file__}" --run "{self.socket}" "$0" "$@"\n')
        os.chmod(path, 0o755)  # noqa: PTH101
        return path

    def close(self) -> None:
        """End the process that forks, and every run."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()


class ForkedProcess:
    """A run, with the part of `subprocess.Popen` that tests need."""

    def __init__(self, line: Sequence[str], link: socket.socket, stdout: int, stderr: int) -> None:
        self.line, self._link = line, link
        self.stdout = os.fdopen(stdout, encoding="utf-8", errors="replace")
        self.stderr = os.fdopen(stderr, encoding="utf-8", errors="replace")
        self.pid = _read_number(link)
        self.returncode: Optional[int] = None

    def poll(self) -> Optional[int]:
        """Return the exit code, or minus the signal, of a run that has ended; else None."""
        if self.returncode is None and select.select([self._link], [], [], 0)[0]:
            self.returncode = _read_number(self._link)
        return self.returncode

    def wait(self, timeout: Optional[float] = None) -> int:
        """Wait for the end, and return the exit code. Raises subprocess.TimeoutExpired."""
        if self.returncode is None and not select.select([self._link], [], [], timeout)[0]:
            raise self._expired(timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the run has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, timeout: float) -> Any:
        """Read both streams to their ends, wait, and return what was read. Raises subprocess.TimeoutExpired."""
        import threading
        import time

        texts: Dict[str, str] = {}
        readers = [threading.Thread(target=self._read, args=(name, texts), daemon=True) for name in ("stdout", "stderr")]
        deadline = time.monotonic() + timeout
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(max(deadline - time.monotonic(), 0))
        if any(reader.is_alive() for reader in readers):
            raise self._expired(timeout)
        self.wait(max(deadline - time.monotonic(), 1))
        return texts["stdout"], texts["stderr"]

    def end(self) -> None:
        """Kill what still runs, and close everything."""
        self.send_signal(signal.SIGKILL)
        self.wait(30)
        for stream in (self.stdout, self.stderr, self._link):
            stream.close()

    def _read(self, name: str, texts: Dict[str, str]) -> None:
        stream = getattr(self, name)
        texts[name] = "" if stream.closed else stream.read()
        stream.close()

    def _expired(self, seconds: float) -> Exception:
        from subprocess import TimeoutExpired

        return TimeoutExpired(self.line, seconds)


def _connect(
    path: str, fds: List[int], line: Sequence[str], environ: Mapping[str, str], cwd: str, constants: Mapping[str, Any]
) -> socket.socket:
    link = socket.socket(socket.AF_UNIX)
    link.connect(path)
    request = {"line": line, "environ": dict(environ), "cwd": cwd, "constants": constants}
    text = json.dumps(request).encode() + b"\n"
    sent = link.sendmsg([text], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
    link.sendall(text[sent:])
    return link


def _read_number(link: socket.socket) -> int:
    """Read what is reported of a run: its process id, and later its exit code."""
    text = b""
    while not text.endswith(b"\n"):
        read = link.recv(1)
        assert read, "the process that forks has ended"
        text += read
    return int(text)


def _run(path: str, line: List[str]) -> int:
    """Be a run: with its streams, and with signals passed on to it. Returns its exit code; ends by the signal that ended it."""
    link = _connect(path, [0, 1, 2], line, os.environ, os.getcwd(), {})  # noqa: PTH109
    pid = _read_number(link)
    for number in _PASSED_ON:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda number, _: os.kill(pid, number))
    for fd in (0, 1, 2):
        os.close(fd)
    code = _read_number(link)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


# -- the process that forks -------------------------------------------------------------------------


class _Forks:
    """Forks a run for each connection, and reports how each has ended."""

    def __init__(self, path: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(16)
        self._running: Dict[int, socket.socket] = {}  # by process id
        self._woken, self._wake = os.pipe()
        for fd in (self._woken, self._wake):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(self._wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> Any:
        """Fork a run for each connection. Returns its request in each run, and None when the tests have ended."""
        while True:
            links = {link: pid for pid, link in self._running.items()}
            waited_for: List[Any] = [0, self._listener, self._woken, *links]
            ready, _, _ = select.select(waited_for, [], [])
            for link in links:
                if link in ready and not link.recv(1):
                    self._kill(links[link])
            if self._woken in ready:
                os.read(self._woken, 1 << 10)
                self._reap()
            if self._listener in ready:
                request = self._fork()
                if request is not None:
                    return request
            if 0 in ready and not os.read(0, 1):
                for pid in list(self._running):
                    self._kill(pid)
                return None

    def _fork(self) -> Any:
        link, _ = self._listener.accept()
        request, fds = _receive(link)
        pid = os.fork()
        if pid == 0:
            for open_one in (link, self._listener, *self._running.values()):
                open_one.close()
            for fd in (self._woken, self._wake):
                os.close(fd)
            return request, fds
        for fd in fds:
            os.close(fd)
        self._running[pid] = link
        _report(link, pid)
        return None

    def _kill(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._running.pop(pid).close()

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, how = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                link = self._running.pop(pid, None)
                if link is not None:
                    _report(link, -os.WTERMSIG(how) if os.WIFSIGNALED(how) else os.WEXITSTATUS(how))
                    link.close()


def _receive(link: socket.socket) -> Any:
    fds = array.array("i")
    text = b""
    while not text.endswith(b"\n"):
        data, ancillary, _, _ = link.recvmsg(1 << 16, socket.CMSG_SPACE(3 * fds.itemsize))
        for _, _, content in ancillary:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
        text += data
    return json.loads(text), list(fds)


def _report(link: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):  # nobody may read it any more
        link.sendall(b"%d\n" % number)


def _become(request: Dict[str, Any], fds: List[int]) -> None:
    """Make this process the run that was requested."""
    import importlib

    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
        os.close(fd)
    sys.stdin = open(0, encoding=sys.stdin.encoding, closefd=False)  # noqa: SIM115 - for the rest of the run
    sys.stdout = open(1, "w", encoding=sys.stdout.encoding, closefd=False)  # noqa: SIM115
    errors = open(2, "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = errors
    os.environ.clear()
    os.environ.update(request["environ"])
    os.chdir(request["cwd"])
    sys.argv = request["line"]
    sys.path[:0] = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and path not in sys.path]
    for module, constants in request["constants"].items():
        vars(importlib.import_module(module)).update(constants)


def _preload(names: Sequence[str]) -> None:
    """Import these modules, and of packages their modules."""
    import importlib
    import pkgutil

    for name in names:
        for module in pkgutil.iter_modules(getattr(importlib.import_module(name), "__path__", []), f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def _main() -> NoReturn:
    del sys.path[0]  # the folder of this file
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which end this process
    _preload(sys.argv[2:])
    import gc

    from octoprint_cli.app.main import main

    forks = _Forks(sys.argv[1])
    os.write(1, b"ready\n")
    gc.collect()
    gc.freeze()
    request = forks.serve()
    if request is None:
        sys.exit(0)
    _become(*request)
    sys.exit(main())


if __name__ == "__main__":
    if sys.argv[1] == "--run":
        sys.exit(_run(sys.argv[2], sys.argv[3:]))
    _main()
