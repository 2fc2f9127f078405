"""How each error code is reached: a command line, what is wrong, and the code that it ends with.

Codes whose scenario needs a plugin installed or a bug put in are in `ELSEWHERE`, with the test that has them.
"""

from __future__ import annotations

from typing import Callable, Dict, List, NamedTuple

from octoprint_cli.testing import Exchange, Fault, FaultServer
from octoprint_cli.testing.server.faults import (
    answer,
    cut_before,
    hang,
    html,
    raw,
    redirect,
    truncated,
)

from .program import Program

World = Callable[[Program, FaultServer], None]


class Scenario(NamedTuple):
    """`world` sets it up; `{file}` and the like are as in `table`; it ends with `code`."""

    name: str
    code: str
    argv: str
    world: World = lambda program, server: None


def fault(method: str, path: str, what: Fault) -> World:
    """A route that fails, and no retries to wait for."""

    def world(program: Program, server: FaultServer) -> None:
        program.configure("retries: 0\n")
        server.fail(method, path, what)

    return world


def octoprint(**attributes: object) -> World:
    """A server in a state."""

    def world(program: Program, server: FaultServer) -> None:
        for name, value in attributes.items():
            setattr(server.octoprint, name, value)

    return world


def printing(*ignored_verbs: str, state: str = "Printing", file: str = "cube.gcode") -> World:
    """A job under way, of other bytes than ours, and verbs that the server accepts without doing them."""

    def world(program: Program, server: FaultServer) -> None:
        server.octoprint.store(file, b"G28 ; another\n")
        server.octoprint.printing(file, state)
        server.octoprint.ignored_verbs.update(ignored_verbs)

    return world


def ended(how: str, *why: str) -> World:
    """A job was under way, and has come to this end: `fail`, `cancel`."""

    def world(program: Program, server: FaultServer) -> None:
        server.octoprint.printing("cube.gcode")
        getattr(server.octoprint, how)(*why)

    return world


def forgotten(program: Program, server: FaultServer) -> None:
    """A job is under way, and after a first look the server knows nothing of it: it has restarted."""

    def restarted(exchange: Exchange) -> None:
        with server.octoprint.lock:
            server.octoprint.deselect()
            server.octoprint.state = "Operational"
        exchange.reply(exchange.perform())

    server.octoprint.printing("cube.gcode")
    server.fail("GET", "/api/job", restarted, times=1, after=1)


def configured(text: str) -> World:
    """A configuration file."""
    return lambda program, server: program.configure(text) and None


def without_server(program: Program, server: FaultServer) -> None:
    """No host is configured."""
    del program.env["OCTOPRINT_HOST"]


def server_down(program: Program, server: FaultServer) -> None:
    """Nobody listens."""
    program.configure("retries: 0\n")
    with FaultServer() as other:
        program.env["OCTOPRINT_HOST"] = other.url


def speaks_no_tls(program: Program, server: FaultServer) -> None:
    """https where http is spoken."""
    program.configure("retries: 0\n")
    program.env["OCTOPRINT_HOST"] = server.url.replace("http:", "https:")


def refuses(status: int, text: str, method: str = "POST", path: str = "/api/files/local") -> World:
    """The server says no in its own words."""
    return fault(method, path, answer(status, {"error": text}))


#: What the plugin health_check of a server with a full disk answers.
SICK = {"health_check": {"health": {"filesystem_storage": {"context": {"uploads": 97.0}, "result": "issue", "hash": "ac7c"}}}}

SCENARIOS: List[Scenario] = [
    Scenario("nobody_listens", "CONNECTION_ERROR", "status", server_down),
    Scenario("no_answer", "TIMEOUT", "--timeout 0.2 status", fault("GET", "/api/job", hang)),
    Scenario("no_tls", "TLS_ERROR", "status", speaks_no_tls),
    Scenario("booting", "SERVER_STARTING", "status", fault("GET", "/api/job", raw(b"Not found"))),
    Scenario("gateway", "SERVER_STARTING", "status", fault("GET", "/api/job", answer(503, "busy", "text/html"))),
    Scenario("no_answer_to_a_read", "SERVER_STARTING", "status", fault("GET", "/api/job", cut_before)),
    Scenario("cut_short", "SERVER_STARTING", "status", fault("GET", "/api/job", truncated)),
    Scenario("not_connected", "PRINTER_OFFLINE", "status", octoprint(state="Offline")),
    Scenario("after_error", "PRINTER_OFFLINE", "status", octoprint(state="Offline after error", error="SerialTimeoutException: ")),
    Scenario("halted", "PRINTER_HALTED", "status", octoprint(state="Offline after error", error="Thermal Runaway")),
    Scenario("print_while_offline", "PRINTER_OFFLINE", "print {file} --confirm", octoprint(state="Offline")),
    Scenario("error_flag", "PRINTER_ERROR", "preflight {file}", octoprint(flags={"error": True})),
    Scenario("no_such_file", "FILE_NOT_FOUND", "upload {missing}"),
    Scenario("below_a_file", "FILE_UNREADABLE", "upload {file}/cube.gcode"),
    Scenario("folder", "FILE_INVALID", "upload {folder}"),
    Scenario("folder_before_printing", "FILE_INVALID", "preflight {folder}"),
    Scenario("nothing_to_print", "FILE_INVALID", "print {still} --confirm"),
    Scenario("cold_hotend", "FILE_INVALID", "print {cold} --confirm"),
    Scenario("command_to_look_at", "FILE_INVALID", "print {risky} --confirm --strict"),
    Scenario("cut_off", "FILE_INCOMPLETE", "print {cut} --confirm"),
    Scenario("unfilled_placeholder", "FILE_DAMAGED", "print {unfilled} --confirm"),
    Scenario("off_the_bed", "OUTSIDE_VOLUME", "print {wide} --confirm"),
    Scenario("a_second_tool", "WRONG_PRINTER", "preflight {two_tools}"),
    Scenario("sick_server", "SERVER_WARNING", "print {file} --confirm --strict", octoprint(plugins=SICK)),
    Scenario("type_refused", "FILE_INVALID", "upload {file}", refuses(415, "Could not upload file, invalid type")),
    Scenario("name_taken", "FILE_EXISTS", "upload {file}", refuses(409, "File already exists and noOverwrite was set")),
    Scenario("proxy_limit", "FILE_TOO_LARGE", "upload {file}", fault("POST", "/api/files/local", html(413))),
    Scenario("disk_full", "NO_SPACE", "preflight {file}", octoprint(free=3)),
    Scenario("other_bytes", "UPLOAD_CORRUPT", "upload {file}", octoprint(corrupts_uploads=True)),
    Scenario("second_print", "PRINTER_BUSY", "print {file} --confirm", printing()),
    Scenario("motion", "PRINTER_BUSY", "gcode G28", printing()),
    Scenario("kill_the_job", "PRINTER_BUSY", "disconnect", printing()),
    Scenario("the_running_file", "FILE_IN_USE", "upload {file}", printing()),
    Scenario("never_stops", "STILL_CANCELLING", "cancel --confirm", printing("cancel")),
    Scenario("wrong_key_read", "AUTH_ERROR", "files --api-key wrong-key"),
    Scenario("wrong_key_write", "AUTH_ERROR", "gcode G4 --api-key wrong-key"),
    Scenario("wrong_key_init", "AUTH_ERROR", "init --api-key wrong-key"),
    Scenario("permission_read", "PERMISSION_DENIED", "files", refuses(403, "no", "GET", "/api/files")),
    Scenario("permission_write", "PERMISSION_DENIED", "gcode G4", refuses(403, "no", path="/api/printer/command")),
    Scenario("server_bug", "SERVER_ERROR", "status", refuses(500, "broken", "GET", "/api/job")),
    Scenario("server_bug_on_write", "OUTCOME_UNKNOWN", "gcode G4", refuses(500, "broken", path="/api/printer/command")),
    Scenario("too_often", "SERVER_ERROR", "status", refuses(429, "too many", "GET", "/api/job")),
    Scenario("unknown_refusal", "SERVER_ERROR", "gcode G4", refuses(418, "teapot", path="/api/printer/command")),
    Scenario("login_page", "UNEXPECTED_RESPONSE", "status", fault("GET", "/api/job", html())),
    Scenario("redirect", "UNEXPECTED_RESPONSE", "gcode G4", fault("*", "/api/*", redirect("http://127.0.0.1:1/"))),
    Scenario("no_object", "UNEXPECTED_RESPONSE", "status", fault("GET", "/api/job", answer(200, [1]))),
    Scenario("elsewhere", "UNEXPECTED_RESPONSE", "status", fault("GET", "/api/job", html(404))),
    Scenario("upload_that_is_not_there", "UPLOAD_CORRUPT", "upload {file}", fault("POST", "/api/files/local", answer(201, {}))),
    Scenario("lost_answer", "OUTCOME_UNKNOWN", "gcode G4", fault("POST", "/api/printer/command", cut_before)),
    Scenario("gateway_on_write", "OUTCOME_UNKNOWN", "gcode G4", fault("POST", "/api/printer/command", html(502))),
    Scenario("target_not_taken", "STATE_NOT_REACHED", "temp --tool 200", octoprint(ignored_verbs={"target"})),
    Scenario("unknown_command", "USAGE_ERROR", "nonsense"),
    Scenario("unknown_check", "USAGE_ERROR", "preflight {file} --ignore nonsense"),
    Scenario("targets_and_off", "USAGE_ERROR", "temp --off --bed 60"),
    Scenario("targets_and_history", "USAGE_ERROR", "temp --history --bed 60"),
    Scenario("no_host", "CONFIG_ERROR", "status", without_server),
    Scenario("broken_file", "CONFIG_ERROR", "status", configured("host: [\n")),
    Scenario("no_such_printer", "CONFIG_ERROR", "--printer nobody status"),
    Scenario("key_in_the_way", "CONFIG_EXISTS", "init", configured("api_key: another-key\n")),
    Scenario("no_consent", "CONFIRMATION_REQUIRED", "cancel", printing()),
    Scenario("no_consent_for_gcode", "CONFIRMATION_REQUIRED", "gcode M502"),
    Scenario("too_hot", "LIMIT_EXCEEDED", "temp --tool 301"),
    Scenario("too_hot_by_file", "LIMIT_EXCEEDED", "preflight {hot}"),
    Scenario("too_hot_by_gcode", "LIMIT_EXCEEDED", "gcode M140S200"),
    Scenario("no_number", "INVALID_VALUE", "temp --tool warm"),
    Scenario("no_gcode", "INVALID_VALUE", "gcode ;"),
    Scenario("nothing_to_cancel", "NO_ACTIVE_JOB", "cancel --confirm"),
    Scenario("start_ignored", "NOT_STARTED", "print {file} --confirm", octoprint(ignored_verbs={"select"})),
    Scenario("pause_ignored", "STATE_NOT_REACHED", "pause", printing("pause")),
    Scenario("not_in_time", "WAIT_TIMEOUT", "wait --for paused --timeout 0.2", printing()),
    Scenario("not_warm_in_time", "WAIT_TIMEOUT", "temp --tool 200 --wait --wait-timeout 0.2"),
    Scenario("not_printed_in_time", "WAIT_TIMEOUT", "print {file} --confirm --wait --wait-timeout 0.2"),
    Scenario("the_last_job_failed", "JOB_FAILED", "wait", ended("fail", "Thermal Runaway")),
    Scenario("the_last_job_was_cancelled", "JOB_CANCELLED", "wait", ended("cancel")),
    Scenario("the_job_is_forgotten", "JOB_LOST", "wait", forgotten),
    Scenario("a_pause_is_unwanted", "JOB_PAUSED", "wait --fail-on paused", printing(state="Paused")),
    Scenario("no_websockets", "PUSH_UNAVAILABLE", "gcode M115 --reply", fault("GET", "/sockjs/websocket", html(404))),
    Scenario("no_acknowledgement", "NO_REPLY", "gcode M115 --reply --reply-timeout 0.2", octoprint(replies={"M115": []})),
    Scenario(
        "the_firmware_says_no",
        "FIRMWARE_REFUSED",
        "gcode G28 --reply",
        octoprint(replies={"G28": ["echo:Unknown command: G28", "ok"]}),
    ),
    Scenario("nothing_to_wait_for", "NO_ACTIVE_JOB", "wait"),
    Scenario("nothing_is_heated", "STATE_NOT_REACHED", "wait --for temp"),
    Scenario("unknown_goal", "USAGE_ERROR", "wait --for lunch"),
    Scenario("unknown_type", "USAGE_ERROR", "watch --events lunch"),
    Scenario("reply_of_the_server", "INVALID_VALUE", "gcode @pause --reply"),
    Scenario("disconnect_ignored", "STATE_NOT_REACHED", "disconnect", octoprint(ignored_verbs={"disconnect"})),
    Scenario("no_chamber", "NOT_FOUND", "temp --chamber 40"),
    Scenario("no_port", "NOT_FOUND", "connect --port COM7", octoprint(state="Offline")),
    Scenario("connect_ignored", "PRINTER_OFFLINE", "connect --wait 0.2", octoprint(state="Offline", ignored_verbs={"connect"})),
]

ELSEWHERE: Dict[str, str] = {
    "INTERRUPTED": "test_exit_codes.py",
    "TERMINATED": "test_exit_codes.py",
    "FILE_CHANGED": "test_error_codes.py",
    "FILE_UNWRITABLE": "test_tutorial.py",
    "INTERNAL_ERROR": "test_bugs.py",
    "OUTPUT_ERROR": "test_exit_codes.py",
    "PLUGIN_ERROR": "test_broken_plugins.py",
    "PLUGIN_RULES": "test_plugin_rules.py",
    "PREFLIGHT_FAILED": "test_plugin_commands.py",  # the built-in checks all have a more precise code
}
