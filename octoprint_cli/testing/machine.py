"""The fake printer and its job: a tiny state machine that does at once what it is told. Must not know HTTP.

A method named for a request takes its JSON body and returns a `Reply`, or raises `Refused`.
"""

from __future__ import annotations

import re
import threading
from typing import Any, Dict, List, Optional, Set, Tuple

from octoprint_cli.testing.replies import Refused, Reply, done
from octoprint_cli.testing.storage import Storage

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
#: The beginnings of the states in which no printer answers.
_OFF_LINE = ("Offline", "Error", "Connecting", "Opening", "Detecting")
#: States with a printer that does nothing.
_IDLE = ("Operational", "Transferring file to SD", "Transferring file to printer")
SENDING = "Sending file to SD"
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


class Machine:
    """The printer, its job and the key's permissions. A test sets the attributes, requests change them."""

    def __init__(self, version: str = "1.11.8") -> None:
        #: Held while anything is changed or answered; hold it to change two things at once.
        self.lock = threading.RLock()
        self.version = version
        self.is_2 = version.startswith("2")
        self.storage = Storage(version)
        #: The server's own word, such as `Operational`, `Printing`, `Paused`, `Offline after error`.
        self.state = "Operational"
        #: Why it is offline after an error. Shown by 1.x only.
        self.error: Optional[str] = None
        #: Flags of `/api/printer` that differ from what the state says.
        self.flags: Dict[str, bool] = {}
        #: The printer profiles by id, the default one's id, and the id of the one that was connected with.
        self.profiles: Dict[str, Dict[str, Any]] = {"_default": new_profile()}
        self.default_profile = self.profile = "_default"
        #: What bundled plugins answer, by id; without an entry a plugin is not installed.
        self.plugins: Dict[str, Any] = {}
        #: By name: actual and target, in degrees Celsius.
        self.heaters: Dict[str, List[Any]] = {"tool0": [21.3, 0.0], "bed": [21.1, 0.0]}
        #: Earlier temperatures as the server keeps them, the newest last: a time in seconds since 1970, and actual
        #: and target of each heater as in `heaters`; no heater for a moment without a printer.
        self.history: List[Tuple[int, Dict[str, List[Any]]]] = []
        self.port = "VIRTUAL"
        #: Location (`local`, `sdcard`) and path of the selected file.
        self.selected: Optional[Tuple[str, str]] = None
        #: Percent of the file, None without a job that has begun.
        self.completion: Optional[float] = None
        #: What was printed, in order of the starts: `local/cube.gcode`.
        self.started: List[str] = []
        #: G-code that was sent, a line each.
        self.commands: List[str] = []
        #: Verbs that are answered as accepted and then not carried out: start, cancel, pause, resume, restart, connect,
        #: disconnect, target, select, upload, delete, command; `print` for an upload that should start.
        self.stubborn: Set[str] = set()
        #: What the key may do; None for everything.
        self.permissions: Optional[Set[str]] = None

    # -- what it is about -------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether a printer answers."""
        return not self.state.startswith(_OFF_LINE)

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
        return verb not in self.stubborn

    # -- the job ----------------------------------------------------------------------------------

    def act_on_job(self, body: Dict[str, Any]) -> Reply:
        """`POST /api/job`: start, cancel, pause (with action), restart."""
        self.require_operational()
        verbs = {"start": self._start, "cancel": self._cancel, "pause": self._pause, "restart": self._restart}
        if body.get("command") not in verbs:
            raise Refused(400, "command is invalid")
        self.require("PRINT")
        return done(verbs[str(body["command"])](body))

    def begin(self) -> bool:
        """Start the selected file; False if there is none, or if the server does not do as it says."""
        if self.selected is None or not self.does("start"):
            return False
        self.state, self.completion = "Printing from SD" if self.selected[0] == "sdcard" else "Printing", 0.1
        self.started.append("/".join(self.selected))
        return True

    def end(self, success: bool) -> None:
        """The job has ended; the file stays selected."""
        if self.state == SENDING:
            self.selected = None
        if self.selected:
            self.storage.now += 1
            self.storage.remember_print(*self.selected, success=success, seconds=60.0)
        self.state, self.completion = "Operational", 100.0 if success else None

    def _start(self, body: Dict[str, Any]) -> bool:
        if self.busy:
            raise Refused(409, "Printer already has an active print job, did you mean 'restart'?")
        return self.begin()

    def _require_job(self, verb: str) -> None:
        if not self.busy:
            raise Refused(409, f"Printer is neither printing nor paused, '{verb}' command cannot be performed")

    def _cancel(self, body: Dict[str, Any]) -> bool:
        self._require_job("cancel")
        if self.does("cancel"):
            self.end(success=False)
        return self.does("cancel")

    def _pause(self, body: Dict[str, Any]) -> bool:
        action, paused = body.get("action", "toggle"), self.state == "Paused"
        if action not in ("pause", "resume", "toggle"):
            raise Refused(400, "Unknown action")
        self._require_job("pause")
        if action == "toggle":  # 2.0 counts a paused printer as printing, and pauses it again
            action = "resume" if paused and not self.is_2 else "pause"
        if paused == (action == "pause") or not self.does(action):
            return False
        card = self.selected is not None and self.selected[0] == "sdcard"
        self.state = "Paused" if action == "pause" else "Printing from SD" if card else "Printing"
        return True

    def _restart(self, body: Dict[str, Any]) -> bool:
        if self.state != "Paused":
            raise Refused(409, "Printer does not have an active print job or is not paused")
        return not self.is_2 and self.does("restart") and self.begin()

    # -- the connection ---------------------------------------------------------------------------

    def act_on_connection(self, body: Dict[str, Any]) -> Reply:
        """`POST /api/connection`: connect, disconnect (a job is killed by it)."""
        verb = body.get("command")
        if verb not in ("connect", "disconnect", "fake_ack"):
            raise Refused(400, "command is invalid")
        self._check_connection(body)
        if verb == "fake_ack" or not self.does(verb) or (verb == "disconnect" and not self.connected):
            return done(acted=False)
        if verb == "connect" and not self.connected:  # a printer that is there keeps its profile, on 1.11.8 and 2.0.0rc7
            self.profile = body.get("printerProfile") or self.default_profile
        self.break_off("Operational" if verb == "connect" else "Offline")
        self.port = self.port if body.get("port") in (None, "AUTO") else body["port"]
        return done()

    def break_off(self, state: str, error: Optional[str] = None) -> None:
        """The connection ends or begins anew; a job that was under way is gone."""
        if self.busy:
            self.end(success=False)
            self.selected = None
        self.state, self.error = state, error

    def _check_connection(self, body: Dict[str, Any]) -> None:
        allowed: Dict[str, List[Any]] = {
            "port": [None, "AUTO", *PORTS],
            "baudrate": [None, 0, *BAUDRATES],
            "printerProfile": [None, *self.profiles],
        }
        for name, values in allowed.items():
            if body.get(name) not in values:
                raise Refused(400, f"{name} is invalid")

    # -- heaters and G-code -----------------------------------------------------------------------

    def set_target(self, heater: str, body: Dict[str, Any]) -> Reply:
        """`POST /api/printer/tool|bed|chamber`: target."""
        self.require_operational()
        if body.get("command") != "target":
            raise Refused(400, "command is invalid")
        if heater != "tool" and heater not in self.heaters:
            raise Refused(409, f"Printer does not have a heated {heater}")
        wanted = "targets" if heater == "tool" else "target"
        if wanted not in body:
            raise Refused(400, "Mandatory parameters missing")
        targets = body["targets"] if heater == "tool" else {heater: body["target"]}
        for name, target in targets.items():
            self._check_target(heater, name, target)
        for name, target in targets.items() if self.does("target") else ():
            self.heaters[name if name in self.heaters else "tool0"][1] = target
        return done(bool(targets) and self.does("target"))

    @staticmethod
    def _check_target(heater: str, name: str, target: Any) -> None:
        word = "targets" if heater == "tool" else "target"
        if heater == "tool" and not re.fullmatch(r"tool\d*", name):
            raise Refused(400, "targets contains invalid tool")
        if not isinstance(target, (int, float)):
            raise Refused(400, f"{word} contains invalid value" if heater == "tool" else f"{word} is invalid")
        if target < 0:
            raise Refused(500, "The server encountered an internal error")

    def send(self, body: Dict[str, Any]) -> Reply:
        """`POST /api/printer/command`: command or commands."""
        self.require_operational()
        if "command" in body and "commands" in body:
            raise Refused(400, "'command' and 'commands' are mutually exclusive")
        if "command" not in body and "commands" not in body:
            raise Refused(400, "Need one of 'command', 'commands' or 'script'")
        commands = [body["command"]] if "command" in body else body["commands"]
        if not isinstance(commands, list):
            raise Refused(400, "commands is invalid")
        if self.does("command"):
            self.commands += commands
            if "M112" in commands:
                self.break_off("Offline after error", "Closing serial port due to emergency stop M112.")
        return done(bool(commands) and self.does("command"))

    def act_on_card(self, body: Dict[str, Any]) -> Reply:
        """`POST /api/printer/sd`: init, refresh, release; none of them changes anything here."""
        if body.get("command") not in ("init", "refresh", "release"):
            raise Refused(400, "command is invalid")
        if not self.connected or self.busy:
            raise Refused(409, "Printer is not operational or currently busy")
        return done(acted=False)
