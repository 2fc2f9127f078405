"""A sandbox: its folder, its record, its state and its server.

    NAME/sandbox.json  the API key, the port, the process id
    NAME/venv/         OctoPrint
    NAME/base/         OctoPrint's base folder
    NAME/server.log    the server's output since its last start

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
from octoprint_cli_sandbox.files import Notify, locked, require_posix, translate_os_errors
from octoprint_cli_sandbox.installation import Installation

FIELDS = ("name", "state", "octoprint", "host", "port", "pid", "path", "printer", "python")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LOG_LINES = 15


@dataclasses.dataclass
class Record:
    """The data of a sandbox that is stored between runs."""

    api_key: str
    port: Optional[int] = None
    pid: Optional[int] = None


def parse_name(text: str) -> str:
    """Parse a sandbox's name, which also names its folder and its printer. Raises ValueError for unsuitable text."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not a valid name: use letters, digits, - and _")
    return text


class Sandbox:
    """One sandbox, which may not exist yet."""

    def __init__(self, home: Path, name: str, note: Notify = lambda text: None) -> None:
        self.name = name
        self.path = sandboxes_folder(home) / name
        self.base = self.path / "base"
        self.log = self.path / "server.log"
        self.installation = Installation(self.path / "venv", note)
        self._record = self.path / "sandbox.json"
        self._note = note

    @property
    def exists(self) -> bool:
        """Whether the sandbox exists. A folder of that name without a record is not a sandbox."""
        with translate_os_errors(self._record):
            return self._record.exists()

    @property
    def record(self) -> Record:
        """The stored data. Raises SandboxError if it cannot be parsed."""
        with translate_os_errors(self._record):
            text = self._record.read_text(encoding="utf-8")
        try:
            return Record(**json.loads(text))
        except (ValueError, TypeError) as error:
            hint = f"mv {self.path} {self.path}.broken"
            raise SandboxError(f"{self._record} cannot be parsed: {error}", hint=hint) from error

    @property
    def pid(self) -> Optional[int]:
        """The id of the server's process if it is running. The recorded number is verified, as the system may have reused it."""
        pid = self.record.pid if self.exists else None
        return pid if pid is not None and process.is_server(pid, self.base) else None

    @property
    def host(self) -> Optional[str]:
        """The server's URL; that of the last run if it is stopped."""
        port = self.record.port if self.exists else None
        return f"http://{process.HOST}:{port}" if port else None

    def describe(self) -> Dict[str, Any]:
        """Return the sandbox as data: all FIELDS, with None for those that have no value."""
        record = self.record if self.exists else None
        pid = self.pid
        state = "absent" if record is None else "stopped" if pid is None else "running"
        return {
            "name": self.name,
            "state": state,
            "octoprint": self.installation.octoprint,
            "host": self.host,
            "port": record.port if record else None,
            "pid": pid,
            "path": str(self.path) if record else None,
            "printer": self.name if self.host else None,
            "python": self.installation.python_version,
        }

    def log_tail(self) -> List[str]:
        """Return the last lines of the server's output."""
        with contextlib.suppress(OSError):
            return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
        return []

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other runs from changing this sandbox inside the block, in which file errors become a SandboxError."""
        require_posix()
        with translate_os_errors(self.path):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self._lock, self._note):
                try:
                    yield
                finally:
                    if not self.exists:
                        self._lock.unlink()

    def create(self) -> None:
        """Create the folder and an API key. Raises SandboxConflict for a folder that holds other files."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        if any(self.path.iterdir()):
            raise SandboxConflict(f"{self.path} exists, but is not a sandbox", hint="octoprint-cli sandbox start --name another")
        self.save_record(Record(secrets.token_hex(16).upper()))

    def save_record(self, record: Record) -> None:
        """Store the data for the next run."""
        write_private(self._record, json.dumps(dataclasses.asdict(record)))

    def choose_port(self, requested: Optional[int]) -> int:
        """Return the requested port, else the last one, else a free one. Raises SandboxConflict if the requested one is taken."""
        if requested is None:
            last = self.record.port if self.exists else None
            return last if last and not _bind_error(last) else _free_port()
        reason = _bind_error(requested)
        if reason:
            hint = f"octoprint-cli sandbox start --name {self.name}"
            raise SandboxConflict(f"port {requested} cannot be used: {reason}", hint=hint)
        return requested

    def start_server(self, port: int) -> Any:
        """Start the server on that port and record its process id. Returns the process."""
        server_config.write(self.base, str(self.installation.octoprint), self.record.api_key)
        started = process.start(self.installation.python, self.base, port, self.log, self.path)
        try:
            self.save_record(dataclasses.replace(self.record, port=port, pid=started.pid))
        except BaseException:
            started.kill()
            raise
        return started

    def stop_server(self) -> bool:
        """End the server. Returns whether it was running. Raises StopFailed."""
        pid = self.pid
        if pid is not None:
            process.terminate(pid, self.base)
        if self.exists and self.record.pid is not None:
            self.save_record(dataclasses.replace(self.record, pid=None))
        return pid is not None

    def delete(self) -> None:
        """Delete the folder with everything in it. The server must be stopped, and the lock held."""
        shutil.rmtree(self.path)

    @property
    def _lock(self) -> Path:
        return self.path.parent / f".{self.name}.lock"


def sandboxes_folder(home: Path) -> Path:
    """Return the folder of all sandboxes, as an absolute path: a server has another working folder."""
    return home.absolute() / "sandbox"


def list_sandboxes(home: Path) -> List[Sandbox]:
    """Return every sandbox that exists, sorted by name."""
    folder = sandboxes_folder(home)
    with translate_os_errors(folder):
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    found = [Sandbox(home, name) for name in names if _NAME.fullmatch(name)]
    return [sandbox for sandbox in found if sandbox.exists]


def _bind_error(port: int) -> Optional[str]:
    """Return why a server cannot listen on this port, or None."""
    with socket.socket() as probe:
        # With this option, lingering connections of an earlier server do not block the port; another listener does.
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
