"""A sandbox: its folder, what is recorded about it, its state, its server.

    NAME/sandbox.json  the API key, the port, the process id
    NAME/venv/         OctoPrint
    NAME/base/         OctoPrint's base folder
    NAME/server.log    what the server printed since its last start

Must not know cliff, nor octoprint-cli's configuration.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import secrets
import shutil
import socket
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

from octoprint_cli.api import write_private
from octoprint_cli_sandbox import process, server_config
from octoprint_cli_sandbox.errors import SandboxConflict, SandboxError
from octoprint_cli_sandbox.files import Tell, explained, locked, require_posix
from octoprint_cli_sandbox.install import Installation

FIELDS = ("name", "state", "octoprint", "host", "port", "pid", "path", "printer", "python")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LOG_LINES = 15


@dataclasses.dataclass
class Record:
    """What a sandbox remembers between runs."""

    api_key: str
    port: Optional[int] = None
    pid: Optional[int] = None


def valid_name(text: str) -> str:
    """A sandbox's name, which is a folder's and a printer's. ValueError for another text."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is no name: letters, digits, - and _")
    return text


class Sandbox:
    """One sandbox, which need not exist."""

    def __init__(self, home: Path, name: str, note: Tell = lambda text: None) -> None:
        self.name = name
        self.path = folder_of_all(home) / name
        self.base = self.path / "base"
        self.log = self.path / "server.log"
        self.install = Installation(self.path / "venv", note)
        self._record = self.path / "sandbox.json"
        self._note = note

    # -- what is there ----------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        """Whether there is one. A folder of that name without a record is somebody else's."""
        with explained(self._record):
            return self._record.exists()

    @property
    def record(self) -> Record:
        """What it remembers. Raises SandboxError if that cannot be understood."""
        with explained(self._record):
            text = self._record.read_text(encoding="utf-8")
        try:
            return Record(**json.loads(text))
        except (ValueError, TypeError) as error:
            hint = f"mv {self.path} {self.path}.broken"
            raise SandboxError(f"{self._record} cannot be understood: {error}", hint=hint) from error

    @property
    def pid(self) -> Optional[int]:
        """The server's process if it runs. The recorded number alone is not believed."""
        pid = self.record.pid if self.exists else None
        return pid if pid is not None and process.is_server(pid, self.base) else None

    @property
    def host(self) -> Optional[str]:
        """Where the server answers, or will when it is started with the port it had."""
        port = self.record.port if self.exists else None
        return f"http://{process.HOST}:{port}" if port else None

    def describe(self) -> Dict[str, Any]:
        """The sandbox as data: every field always there, null where there is nothing to say."""
        record = self.record if self.exists else None
        pid = self.pid
        state = "absent" if record is None else "stopped" if pid is None else "running"
        return {
            "name": self.name,
            "state": state,
            "octoprint": self.install.octoprint,
            "host": self.host,
            "port": record.port if record else None,
            "pid": pid,
            "path": str(self.path) if record else None,
            "printer": self.name if self.host else None,
            "python": self.install.python_version,
        }

    def log_tail(self) -> List[str]:
        """The last lines that the server printed."""
        with contextlib.suppress(OSError):
            return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
        return []

    # -- what is done with it ---------------------------------------------------------------------

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Inside, no other run changes this sandbox, and trouble with files is a SandboxError."""
        require_posix()
        with explained(self.path):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self._lock, self._note):
                try:
                    yield
                finally:
                    if not self.exists:
                        self._lock.unlink()

    def create(self) -> None:
        """Make the folder and an API key. Raises SandboxConflict if the folder is somebody else's."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        if any(self.path.iterdir()):
            raise SandboxConflict(f"{self.path} is there, but is no sandbox", hint="octoprint-cli sandbox start --name another")
        self.remember(Record(secrets.token_hex(16).upper()))

    def remember(self, record: Record) -> None:
        """Write down what is true now."""
        write_private(self._record, json.dumps(dataclasses.asdict(record)))

    def choose_port(self, wanted: Optional[int]) -> int:
        """The wanted port, else the one it had, else a free one. Raises SandboxConflict if it is taken."""
        if wanted is not None:
            reason = _why_not(wanted)
            if reason:
                raise SandboxConflict(
                    f"port {wanted} cannot be used: {reason}", hint=f"octoprint-cli sandbox start --name {self.name}"
                )
            return wanted
        before = self.record.port if self.exists else None
        return before if before and not _why_not(before) else _free_port()

    def launch(self, port: int) -> Any:
        """Start the server on that port, and write its process down. Returns the process."""
        server_config.write(self.base, str(self.install.octoprint), self.record.api_key)
        started = process.start(self.install.python, self.base, port, self.log, self.path)
        try:
            self.remember(dataclasses.replace(self.record, port=port, pid=started.pid))
        except BaseException:
            started.kill()
            raise
        return started

    def halt(self) -> bool:
        """End the server. Returns whether it ran. Raises StopFailed."""
        pid = self.pid
        if pid is not None:
            process.end(pid, self.base)
        if self.exists and self.record.pid is not None:
            self.remember(dataclasses.replace(self.record, pid=None))
        return pid is not None

    def delete(self) -> None:
        """Delete the folder, with all that is in it. The server must not run; the lock must be held."""
        shutil.rmtree(self.path)

    @property
    def _lock(self) -> Path:
        return self.path.parent / f".{self.name}.lock"


def folder_of_all(home: Path) -> Path:
    """Where the sandboxes are. Absolute: a server has a working folder of its own."""
    return home.absolute() / "sandbox"


def all_of(home: Path) -> List[Sandbox]:
    """Every sandbox that there is, by name."""
    folder = folder_of_all(home)
    with explained(folder):
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    found = [Sandbox(home, name) for name in names if _NAME.fullmatch(name)]
    return [sandbox for sandbox in found if sandbox.exists]


def _why_not(port: int) -> Optional[str]:
    with socket.socket() as probe:
        # Connections of an earlier server that linger do not count, a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((process.HOST, port))
        except OSError as error:
            return error.strerror
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((process.HOST, 0))
        port: int = probe.getsockname()[1]
        return port
