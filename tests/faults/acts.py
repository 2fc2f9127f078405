"""Every command line that acts: the request that is its act, what the act brings about, and what can go wrong with it."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple

from octoprint_cli.testing import Exchange, FakeOctoPrint, Fault, FaultServer, Reply
from octoprint_cli.testing.server import faults

from .ring import CONTENT

Scene = Callable[[FakeOctoPrint], Any]
Truth = Callable[[FakeOctoPrint], bool]


class Act(NamedTuple):
    """A command line whose act is a POST to `path`; `{file}` is a G-code file, `{card}` the server's name of its SD card."""

    argv: str
    path: str
    #: Whether the act has had its effect.
    effect: Truth
    #: The code if the act never happened and its answer was lost.
    undone: str
    scene: Scene = lambda octoprint: None
    #: Whether the server shows the effect, so that the program can find it out.
    shown: bool = True


def printing(octoprint: FakeOctoPrint) -> None:
    octoprint.printing()


def paused(octoprint: FakeOctoPrint) -> None:
    octoprint.printing(state="Paused")


def offline(octoprint: FakeOctoPrint) -> None:
    octoprint.state = "Offline"


def older(octoprint: FakeOctoPrint) -> None:
    octoprint.store("cube.gcode", b"G28 ; older\n")


def stocked(octoprint: FakeOctoPrint) -> None:
    octoprint.store("cube.gcode", CONTENT.encode())


def carded(octoprint: FakeOctoPrint) -> None:
    octoprint.store("cube.gco", CONTENT.encode(), location="sdcard")


def hot(octoprint: FakeOctoPrint) -> None:
    octoprint.heaters.update(tool0=[200.0, 210.0], bed=[60.0, 60.0])


def warm(octoprint: FakeOctoPrint) -> None:
    """So warm that a target of 200 is reached at once."""
    octoprint.heaters["tool0"] = [200.0, 0.0]


def brief(octoprint: FakeOctoPrint) -> None:
    """Each job ends well, as soon as it has begun."""
    stocked(octoprint)
    begin = octoprint.begin

    def begin_and_finish() -> bool:
        begun = begin()
        octoprint.finish()
        return begun

    octoprint.begin = begin_and_finish  # type: ignore[method-assign]


def has(path: str, location: str = "local") -> Truth:
    """Whether the server holds the file that was sent."""

    def holds(octoprint: FakeOctoPrint) -> bool:
        stored = octoprint.stored(path, location)
        return stored is not None and stored.content == CONTENT.encode()

    return holds


def started(path: str) -> Truth:
    return lambda octoprint: octoprint.started == [path]


def is_in(state: str) -> Truth:
    return lambda octoprint: octoprint.state == state


def target(heater: str, degrees: float) -> Truth:
    return lambda octoprint: octoprint.heaters[heater][1] == degrees


def selected(location: str, path: str) -> Truth:
    return lambda octoprint: octoprint.selected == (location, path)


CARD = "--location sdcard"
LINES: Dict[str, Act] = {
    "upload": Act("upload {file}", "/api/files/local", has("cube.gcode"), "CONNECTION_ERROR"),
    "replace": Act("upload {file}", "/api/files/local", has("cube.gcode"), "CONNECTION_ERROR", older),
    "select": Act("upload {file} --select", "/api/files/local/cube.gcode", selected("local", "cube.gcode"), "NOT_STARTED"),
    "upload_card": Act(f"upload {{file}} {CARD}", "/api/files/{card}", has("cube.gco", "sdcard"), "NOT_FOUND"),
    "print_upload": Act("print {file} --confirm", "/api/files/local", started("local/cube.gcode"), "CONNECTION_ERROR"),
    "print": Act("print {file} --confirm", "/api/files/local/cube.gcode", started("local/cube.gcode"), "NOT_STARTED"),
    "stored": Act(
        "print --stored cube.gcode --confirm", "/api/files/local/cube.gcode", started("local/cube.gcode"), "NOT_STARTED", stocked
    ),
    "print_wait": Act(
        "print --stored cube.gcode --confirm --wait",
        "/api/files/local/cube.gcode",
        started("local/cube.gcode"),
        "NOT_STARTED",
        brief,
    ),
    "card_select": Act(
        f"print --stored cube.gco {CARD} --confirm", "/api/files/{card}/cube.gco", started("sdcard/cube.gco"), "NOT_STARTED", carded
    ),
    "card_start": Act(f"print --stored cube.gco {CARD} --confirm", "/api/job", started("sdcard/cube.gco"), "NOT_STARTED", carded),
    "print_card": Act(f"print {{file}} {CARD} --confirm", "/api/job", started("sdcard/cube.gco"), "NOT_STARTED"),
    "cancel": Act("cancel --confirm", "/api/job", is_in("Operational"), "STILL_CANCELLING", printing),
    "pause": Act("pause", "/api/job", is_in("Paused"), "STATE_NOT_REACHED", printing),
    "resume": Act("resume", "/api/job", is_in("Printing"), "STATE_NOT_REACHED", paused),
    "tool": Act("temp --tool 200", "/api/printer/tool", target("tool0", 200), "STATE_NOT_REACHED"),
    "bed": Act("temp --bed 60", "/api/printer/bed", target("bed", 60), "STATE_NOT_REACHED"),
    "warm": Act("temp --tool 200 --wait", "/api/printer/tool", target("tool0", 200), "STATE_NOT_REACHED", warm),
    "off": Act("temp --off", "/api/printer/tool", target("tool0", 0), "STATE_NOT_REACHED", hot),
    "gcode": Act("gcode G28", "/api/printer/command", lambda one: one.commands == ["G28"], "OUTCOME_UNKNOWN", shown=False),
    "reply": Act(
        "gcode M115 --reply", "/api/printer/command", lambda one: one.commands == ["M115"], "OUTCOME_UNKNOWN", shown=False
    ),
    "estop": Act("gcode M112", "/api/printer/command", lambda one: one.commands == ["M112"], "OUTCOME_UNKNOWN", shown=False),
    "connect": Act("connect", "/api/connection", is_in("Operational"), "PRINTER_OFFLINE", offline),
    "disconnect": Act("disconnect", "/api/connection", is_in("Offline"), "STATE_NOT_REACHED"),
}

ELSEWHERE = "http://octoprint.invalid/login?next=%2Fapi"

#: The act is done, and its answer is lost or spoilt.
DONE: Dict[str, Fault] = {
    "cut_after": faults.cut_after,
    "reset_after": faults.reset_after,
    "hang_after": faults.hang_after,
    "gateway_502": faults.gateway_after(502),
    "gateway_504": faults.gateway_after(504),
    "truncated": faults.truncated,
    "overlong": faults.overlong,
    "drip_header": faults.drip(0.02, header=True),
    "drip_body": faults.drip(0.02, size=2000),
}
#: Spoil an answer that has a body, and leave the others as they are.
BODIES = ("overlong", "drip_body")
#: The act is not done, and no answer says so.
LOST: Dict[str, Fault] = {
    "cut_before": faults.cut_before,
    "reset_before": faults.reset_before,
    "hang": faults.hang,
    "html_502": faults.html(502),
    "html_504": faults.html(504),
    "bomb": faults.bomb(),
    "nested": faults.bomb("nested"),
    "not_json": faults.not_json,
}
#: The act is refused: with which answer, as what error.
REFUSED: Dict[str, Refusal] = {}


class Refusal(NamedTuple):
    """An answer that says no, and the error that it is."""

    fault: Fault
    code: str


def _said(status: int, text: str) -> Fault:
    return faults.answer(status, {"error": text})


def failed_after(exchange: Exchange) -> None:
    """Carry out the request, and answer as OctoPrint does after a bug."""
    exchange.perform()
    exchange.reply(Reply(500, {"error": "The server encountered an internal error"}))


def answered_after(reply: Fault) -> Fault:
    """Carry out the request, and answer with what is not OctoPrint's own."""

    def fault(exchange: Exchange) -> None:
        exchange.perform()
        reply(exchange)

    return fault


#: What only something in front of OctoPrint answers: that does not say whether it has passed the request on.
IN_FRONT: Dict[str, Fault] = {
    "login_page": faults.html(200),
    "unauthorized": faults.html(401),
    "nowhere": faults.html(404),
    "redirect": faults.redirect(ELSEWHERE),
}
DONE.update({f"{name}_after": answered_after(fault) for name, fault in IN_FRONT.items()})
LOST.update(IN_FRONT)
# What a server or a gateway answers with a failure, it may have done, or not.
DONE.update(failed_500=failed_after, **{f"gateway_{status}": faults.gateway_after(status) for status in (500, 503, 520, 524)})
LOST.update(
    failed=_said(500, "The server encountered an internal error"),
    html_503=faults.html(503),
    html_524=faults.html(524),
    come_again=faults.retry_after(503, 1),
)
REFUSED.update(
    booting=Refusal(faults.html(501), "SERVER_STARTING"),
    too_often=Refusal(faults.retry_after(429, 1), "SERVER_ERROR"),
    permission=Refusal(_said(403, "You don't have the permission to access the requested resource."), "PERMISSION_DENIED"),
    bad_key=Refusal(_said(400, "CSRF validation failed"), "AUTH_ERROR"),
    conflict=Refusal(_said(418, "short and stout"), "SERVER_ERROR"),
)

__all__ = ["BODIES", "DONE", "ELSEWHERE", "IN_FRONT", "LINES", "LOST", "REFUSED", "Act", "Refusal", "path_of", "sent"]


def path_of(line: Act, server: FaultServer) -> str:
    """The path of its act, on this server."""
    return line.path.format(card=server.octoprint.storage.card)


def sent(line: Act, server: FaultServer) -> List[str]:
    """The requests of its act that arrived."""
    return [str(request) for request in server.changes() if request.path == path_of(line, server)]
