"""`PrinterState`: the attributes of the fake printer, and the permissions of the API key. This module knows no HTTP.

Requests are carried out in `job` and `controls`: a method for a request takes its JSON body and returns a `Reply`, or raises
`Refused`.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Set, Tuple

from octoprint_cli.testing.octoprint.event_log import EventLog
from octoprint_cli.testing.octoprint.reply import Refused
from octoprint_cli.testing.octoprint.storage import Storage

#: All permissions that a key can have.
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
#: States in which a connected printer is idle.
_IDLE = ("Operational", "Transferring file to SD", "Transferring file to printer")
SENDING = "Sending file to SD"
#: The duration of every print, in seconds.
SECONDS = 60.0
#: The target of the hotend during every print, in degrees Celsius.
HOT = 200.0
#: The user that the API key belongs to.
NAME = "bob"
_SHAPE = {"custom_box": False, "formFactor": "rectangular", "origin": "lowerleft"}


def new_profile(name: str = "Default", model: str = "Generic RepRap Printer") -> Dict[str, Any]:
    """Return the printer profile that every server has at first; change what a test is about."""
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
    """The printer, its job and the key's permissions. A test sets the attributes, requests change them."""

    def __init__(self, version: str = "1.11.8") -> None:
        super().__init__(version)
        self.storage = Storage(version)
        #: Why the printer is offline after an error. Shown by 1.x only.
        self.error: Optional[str] = None
        #: The firmware's error that has closed the connection. Shown by 1.x only.
        self.reported: Optional[str] = None
        #: Flags of `/api/printer` that differ from those of the state.
        self.flags: Dict[str, bool] = {}
        #: The printer profiles by id, the id of the default one, and the id of the one in use.
        self.profiles: Dict[str, Dict[str, Any]] = {"_default": new_profile()}
        self.default_profile = self.profile = "_default"
        #: The installed server plugins by id: the JSON that one answers, or a `ServerPlugin`.
        self.plugins: Dict[str, Any] = {}
        #: The temperature offsets in degrees Celsius by heater.
        self.offsets: Dict[str, float] = {}
        self.port = "VIRTUAL"
        #: The location (`local`, `sdcard`) and path of the selected file.
        self.selected: Optional[Tuple[str, str]] = None
        #: The progress in percent of the file; None if no job has begun.
        self.completion: Optional[float] = None
        #: Seconds that the job has taken, and those that the server expects it to take still; shown once it has begun.
        self.print_time: int = 60
        self.print_time_left: Optional[int] = 420
        #: The files that were started, in that order, such as `local/cube.gcode`.
        self.started: List[str] = []
        #: The G-code lines that were sent.
        self.commands: List[str] = []
        #: The firmware's reply to a line, or to all lines with a code (`M115`), its `ok` included; `[]` is silence.
        self.replies: Dict[str, List[str]] = {}
        #: Verbs that are accepted and then not carried out: start, cancel, pause, resume, restart, connect, disconnect,
        #: target, select, upload, delete, command, and `print` for an upload that should start.
        self.ignored_verbs: Set[str] = set()
        #: The server's G-code scripts by name, such as beforePrintResumed; of the settings these are all.
        self.scripts: Dict[str, str] = {}
        #: The permissions of the key; None for all.
        self.permissions: Optional[Set[str]] = None

    # -- questions --------------------------------------------------------------------------------

    @property
    def stubborn(self) -> Set[str]:
        """The earlier name of `ignored_verbs`."""
        return self.ignored_verbs

    @stubborn.setter
    def stubborn(self, verbs: Set[str]) -> None:
        self.ignored_verbs = verbs

    @property
    def busy(self) -> bool:
        """Whether the printer is busy with a job or a transfer to the SD card."""
        return self.connected and self.state not in _IDLE

    def may(self, permission: str) -> bool:
        """Return whether the key has the permission."""
        return self.permissions is None or bool({permission, "ADMIN"} & self.permissions)

    def require(self, permission: str) -> None:
        """Raise Refused (403) if the key lacks the permission."""
        if not self.may(permission):
            raise Refused(403, FORBIDDEN)

    def require_operational(self) -> None:
        """Raise Refused (409) if no printer is connected."""
        if not self.connected:
            raise Refused(409, NOT_OPERATIONAL)

    def does(self, verb: str) -> bool:
        """Return whether a verb is carried out once it was accepted."""
        return verb not in self.ignored_verbs

    # -- parts of event payloads ------------------------------------------------------------------

    def _file(self) -> Dict[str, Any]:
        """Return the selected file as events describe it."""
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
