"""connect, disconnect: the connection between the server and the printer."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, Dict, Optional

from octoprint_cli.api import (
    Guarded,
    ShowOne,
    add_longest_wait,
    connected,
    errors,
    fields,
)

if TYPE_CHECKING:
    from octoprint_cli.api import Client, ConnectionState

#: A firmware takes seconds to boot; OctoPrint itself tries for about half a minute.
DEFAULT_WAIT = 30.0

_LINK = fields.record(
    connected=fields.switch(),
    changed=fields.switch("false if it was so before; null if not known").or_null,
    state=fields.text("the server's own word"),
    port=fields.text().or_null,
    baudrate=fields.whole().or_null,
    profile=fields.text("the printer profile's id").or_null,
)


class Connect(Guarded, ShowOne):
    """connect the server to the printer

    Success means that the printer answers. If it is connected already, in the way that was asked for, that is a success with
    "changed": false.
    """

    destructive = None
    would = "Would connect the server to the printer."
    result = _LINK
    template = (
        "{changed=false}The printer was connected already[, on {port}][ at {baudrate} baud].",
        "<green>Connected</> the printer[ on {port}][ at {baudrate} baud][, with the profile {profile}].",
    )
    examples = (
        ("octoprint-cli connect", "connect as the server's settings say"),
        ("octoprint-cli connect --port AUTO --baudrate 115200", "find the port, at this baud rate"),
        ("octoprint-cli connect --dry-run", "show the request that would be sent"),
    )
    effects = ("moves",)  # many firmwares restart when they are connected to
    error_codes = ("NOT_FOUND", "PRINTER_OFFLINE")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--port", help="serial port, or AUTO (default: as set in the server)")
        parser.add_argument("--baudrate", type=int, help="baud rate; 0 detects it (default: as set in the server)")
        parser.add_argument("--profile", metavar="ID", help="id of the printer profile (default: as set in the server)")
        add_longest_wait(parser, f"maximum wait (default: {DEFAULT_WAIT:g}); if given, also wait for the port to appear")
        return parser

    def check(self, parsed_args: Namespace) -> ConnectionState:
        link = self.client.connection.current()
        if link.phase.connected and not _as_asked(link, parsed_args):
            _require_no_job(self.client, "reconnecting would kill the job")
        return link

    def perform(self, parsed_args: Namespace, plan: ConnectionState) -> Dict[str, Any]:
        link = plan
        if link.phase.connected and _as_asked(link, parsed_args):
            return _shown(link, changed=False)
        wait = parsed_args.wait or DEFAULT_WAIT
        if parsed_args.port:
            link = self.client.connection.wait_for_port(parsed_args.port, parsed_args.wait or 0)
        _require_one_of("--profile", parsed_args.profile, link.profiles)
        _require_one_of("--baudrate", parsed_args.baudrate, [0, *link.baudrates])
        if link.phase.connected:  # or the old connection would be taken for the new one
            self.client.connection.disconnect()
        wanted = (parsed_args.port, parsed_args.baudrate, parsed_args.profile)
        return _shown(connected(self, wait, *wanted), changed=True)


class Disconnect(Guarded, ShowOne):
    """disconnect the server from the printer

    The command is refused during a job (PRINTER_BUSY), unless --confirm is given. If no printer is connected, that is a
    success with "changed": false.
    """

    destructive = "kills the job if there is one"
    would = "Would disconnect the printer."
    result = _LINK
    template = (
        "{changed=false}No printer was connected.",
        "{changed=null}The printer is disconnected; whether it was so before is not known.",
        "<green>Disconnected</> the printer.",
    )
    examples = (
        ("octoprint-cli disconnect", "disconnect an idle printer"),
        ("octoprint-cli disconnect --confirm", "disconnect in any case, which ends a print"),
    )
    effects = ("stops",)
    error_codes = ("STATE_NOT_REACHED",)

    def consent(self, parsed_args: Namespace) -> Optional[str]:
        return None  # needed only during a job, which `check` finds out

    def check(self, parsed_args: Namespace) -> None:
        if not parsed_args.confirm:
            _require_no_job(self.client, "disconnecting would kill the job", hint=self.app.again("--confirm"))

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        link = self.client.connection.glance() if parsed_args.confirm else self.client.connection.current()
        if link is not None and not link.phase.connected:
            return _shown(link, changed=False)
        return _shown(self.client.connection.disconnect(), changed=None if link is None else True)


def _shown(link: ConnectionState, changed: Optional[bool]) -> Dict[str, Any]:
    return {
        "connected": link.phase.connected,
        "changed": changed,
        "state": link.state,
        "port": link.port,
        "baudrate": link.baudrate,
        "profile": link.profile,
    }


def _as_asked(link: ConnectionState, parsed_args: Namespace) -> bool:
    wanted = ((parsed_args.port, link.port), (parsed_args.baudrate, link.baudrate), (parsed_args.profile, link.profile))
    return all(value in (None, "AUTO", 0, found) for value, found in wanted)


def _require_one_of(option: str, value: Any, known: Any) -> None:
    if value is not None and value not in known:
        raise errors.NotFound(
            f"the server has no {option} {value}; it has {', '.join(map(str, known))}",
            hint="octoprint-cli connect",
            details={"known": list(known)},
        )


def _require_no_job(client: Client, why: str, hint: str = "octoprint-cli cancel --confirm") -> None:
    job = client.job.current()
    if not job.phase.at_rest:
        raise job.busy(why, hint)
