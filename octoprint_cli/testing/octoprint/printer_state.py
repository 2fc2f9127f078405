"""The fake printer: its attributes, and what the key may do with it. Must not know HTTP.

What is done with it stands in `job` and `controls`: a method named for a request takes its JSON body and returns a `Reply`, or
raises `Refused`.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Set, Tuple

from octoprint_cli.testing.octoprint.event_log import EventLog
from octoprint_cli.testing.octoprint.reply import Refused
from octoprint_cli.testing.octoprint.storage import Storage

#: All that a key can be allowed.
PERMISSIONS = frozenset(
    "ADMIN STATUS CONNECTION WEBCAM SYSTEM FILES_LIST FILES_UPLOAD FILES_DOWNLOAD FILES_DELETE FILES_SELECT PRINT GCODE_VIEWER "
    "MONITOR_TERMINAL CONTROL SLICE TIMELAPSE_LIST TIMELAPSE_DOWNLOAD TIMELAPSE_DELETE TIMELAPSE_MANAGE_UNRENDERED "
    "TIMELAPSE_ADMIN SETTINGS_READ SETTINGS".split()
)
FORBIDDEN = (
    "You don't have the permission to access the requested resource. It is either read-protected or not readable by the server."
)
NOT_OPERATIONAL = "Printer is not operational"
PORTS = ["/dev/ttyS0", "VIRTUAL"]
BAUDRATES = [250000, 230400, 115200, 57600, 38400, 19200, 9600]
#: States with a printer that does nothing.
_IDLE = ("Operational", "Transferring file to SD", "Transferring file to printer")
SENDING = "Sending file to SD"
#: How long every print took, in seconds, until its end or up to now.
SECONDS = 60.0
#: Whose key the server takes.
NAME = "bob"
_SHAPE = {"custom_box": False, "formFactor": "rectangular", "origin": "lowerleft"}


def new_profile(name: str = "Default", model: str = "Generic RepRap Printer") -> Dict[str, Any]:
    """A printer profile as every server begins with; change what a test is about."""
    return {
        "axes": {axis: {"inverted": False, "speed": 6000 if axis in "xy" else 200} for axis in "xyze"},
        "color": "default",
        "extruder": {
            "count": 1,
            "defaultExtrusionLength": 5,
            "nozzleDiameter": 0.4,
            "offsets": [[0.0, 0.0]],
            "sharedNozzle": False,
        },
        "heatedBed": True,
        "heatedChamber": False,
        "model": model,
        "name": name,
        "volume": {**dict.fromkeys(("width", "depth", "height"), 200.0), **_SHAPE},
    }


class PrinterState(EventLog):
    """The printer, its job and the key's permissions, as they are. A test sets the attributes, requests change them."""

    def __init__(self, version: str = "1.11.8") -> None:
        super().__init__(version)
        self.storage = Storage(version)
        #: Why it is offline after an error. Shown by 1.x only.
        self.error: Optional[str] = None
        #: The firmware's own error, which has closed the connection. Shown by 1.x only.
        self.reported: Optional[str] = None
        #: Flags of `/api/printer` that differ from what the state says.
        self.flags: Dict[str, bool] = {}
        #: The printer profiles by id, the default one's id, and the id of the one that was connected with.
        self.profiles: Dict[str, Dict[str, Any]] = {"_default": new_profile()}
        self.default_profile = self.profile = "_default"
        #: What server plugins answer, by id: JSON, or a `ServerPlugin`. Without an entry a plugin is not installed.
        self.plugins: Dict[str, Any] = {}
        self.port = "VIRTUAL"
        #: Location (`local`, `sdcard`) and path of the selected file.
        self.selected: Optional[Tuple[str, str]] = None
        #: Percent of the file, None without a job that has begun.
        self.completion: Optional[float] = None
        #: Seconds that the job has taken, and those that the server expects it to take still; shown once it has begun.
        self.print_time: int = 60
        self.print_time_left: Optional[int] = 420
        #: What was printed, in order of the starts: `local/cube.gcode`.
        self.started: List[str] = []
        #: G-code that was sent, a line each.
        self.commands: List[str] = []
        #: What the firmware answers to a line, or to all that begin with a code (`M115`), its `ok` included; nothing for `[]`.
        self.replies: Dict[str, List[str]] = {}
        #: Verbs that are answered as accepted and then not carried out: start, cancel, pause, resume, restart, connect,
        #: disconnect, target, select, upload, delete, command; `print` for an upload that should start.
        self.ignored_verbs: Set[str] = set()
        #: What the key may do; None for everything.
        self.permissions: Optional[Set[str]] = None

    # -- what it is about -------------------------------------------------------------------------

    @property
    def stubborn(self) -> Set[str]:
        """The earlier name of `ignored_verbs`."""
        return self.ignored_verbs

    @stubborn.setter
    def stubborn(self, verbs: Set[str]) -> None:
        self.ignored_verbs = verbs

    @property
    def busy(self) -> bool:
        """Whether a job, or a transfer to the SD card, has the printer in its hands."""
        return self.connected and self.state not in _IDLE

    def may(self, permission: str) -> bool:
        """Whether the key has the permission."""
        return self.permissions is None or bool({permission, "ADMIN"} & self.permissions)

    def require(self, permission: str) -> None:
        """Raises Refused (403) for a key that lacks it."""
        if not self.may(permission):
            raise Refused(403, FORBIDDEN)

    def require_operational(self) -> None:
        """Raises Refused (409) without a printer."""
        if not self.connected:
            raise Refused(409, NOT_OPERATIONAL)

    def does(self, verb: str) -> bool:
        """Whether a verb that was accepted is carried out."""
        return verb not in self.ignored_verbs

    # -- what events say of the job ---------------------------------------------------------------

    def _file(self) -> Dict[str, Any]:
        """The file that events of a job name."""
        location, path = self.selected or ("local", "")
        stored = self.storage.get(location, path)
        name = {"name": path.rsplit("/", 1)[-1], "path": path, "origin": self.storage.origin(location)}
        return {**self._connector(), **name, "size": stored.size if stored else None}

    def _connector(self) -> Dict[str, Any]:
        return {"connector": "serial"} if self.is_2 else {}

    def _owner(self) -> Dict[str, Any]:
        return {} if self.is_2 else {"owner": NAME}

    def _user(self) -> Dict[str, Any]:
        return {**self._owner(), "user": NAME}

    def _progress(self) -> Dict[str, Any]:
        completion = self.completion or 0.0
        return {"fileposition": int((self._file()["size"] or 0) * completion / 100), "progress": int(completion)}
