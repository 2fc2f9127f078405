"""What an HTTP answer that is not a success means: a status and a text in, an error out.

Knows OctoPrint's own refusals and those of proxies in front of it. Must not know requests or a URL path.
"""

from __future__ import annotations

import json
import re
from typing import List, NamedTuple, Optional, Pattern, Type

from octoprint_cli import errors
from octoprint_cli.errors import CliError

#: 1.11 and 2.0 answer a bad or missing key so to everything but GET and HEAD.
_CSRF = "CSRF validation failed"


class Answer(NamedTuple):
    """The part of an HTTP answer that decides what it means."""

    method: str
    url: str
    status: int
    content_type: str
    text: str
    location: Optional[str] = None


class Refusal(NamedTuple):
    """A row of the table: this status with this in the text is that error."""

    status: int
    pattern: Pattern[str]
    error: Type[CliError]
    hint: Optional[str] = None


def _row(status: int, pattern: str, error: Type[CliError], hint: Optional[str] = None) -> Refusal:
    return Refusal(status, re.compile(pattern, re.IGNORECASE), error, hint)


_REFUSALS: List[Refusal] = [
    _row(400, _CSRF, errors.AuthError),
    _row(401, "", errors.AuthError),
    _row(403, "invalid api key", errors.AuthError),  # before 1.11
    _row(403, "", errors.PermissionDenied),
    _row(404, "", errors.NotFound),
    _row(409, "not operational or currently", errors.PrinterBusy),
    _row(409, "not operational", errors.PrinterOffline),
    _row(409, "being printed|currently in use", errors.FileInUse),
    _row(409, "already exists|does already exist", errors.FileExists),
    _row(409, "neither printing nor paused|does not have an active|'pause' command cannot", errors.NoActiveJob),
    _row(409, "does not have a heated", errors.NotFound),
    _row(409, "", errors.PrinterBusy),
    _row(413, "", errors.FileTooLarge, "raise the limit of the proxy in front of OctoPrint"),
    _row(415, "", errors.FileInvalid),
    _row(429, "", errors.ServerError),
    _row(501, "", errors.ServerStarting),  # OctoPrint's stand-in while it boots knows no POST
    _row(502, "", errors.ServerStarting),
    _row(503, "", errors.ServerStarting),
    _row(504, "", errors.ServerStarting),
]


def refusal(answer: Answer, needs: Optional[str] = None) -> CliError:
    """The error that a non-success answer stands for. `needs` names the permission the request takes."""
    if 300 <= answer.status < 400:
        return _redirected(answer)
    if answer.method != "GET" and answer.status in (502, 504):
        return _lost(answer)
    text = _text_of(answer)
    if answer.status == 404 and text is None:
        return errors.UnexpectedResponse(
            f"there is no OctoPrint at {answer.url} (HTTP 404, not JSON)",
            hint="octoprint-cli config show (is a path such as /octoprint missing from the host, or one too many?)",
        )
    for row in _REFUSALS:
        if row.status == answer.status and row.pattern.search(text or ""):
            return _said(row, answer, text, needs)
    if answer.status >= 500:
        return errors.ServerError(
            _sentence("the server failed", answer, text),
            details={"http_status": answer.status},
            retryable=answer.method == "GET",  # OctoPrint says 500 to acts that it did carry out, too
        )
    return errors.ServerError(
        _sentence("the server refused the request", answer, text),
        details={"http_status": answer.status},
        retryable=False,
    )


def _said(row: Refusal, answer: Answer, text: Optional[str], needs: Optional[str]) -> CliError:
    lead = {
        errors.AuthError: "the server refuses the API key: it is missing or wrong",
        errors.PermissionDenied: "the API key lacks a permission" + (f": {needs}" if needs else ""),
        errors.ServerStarting: "the server is not ready: OctoPrint may be starting",
        errors.PrinterOffline: "the printer is not connected to OctoPrint",
        errors.FileTooLarge: "the server, or a proxy in front of it, refuses a file of this size",
    }.get(row.error, "the server refused")
    shown = None if row.error in (errors.AuthError, errors.PermissionDenied) else text
    return row.error(_sentence(lead, answer, shown), hint=row.hint, details={"http_status": answer.status})


def _sentence(lead: str, answer: Answer, text: Optional[str]) -> str:
    return f"{lead}: {text}" if text else f"{lead} (HTTP {answer.status})"


def _text_of(answer: Answer) -> Optional[str]:
    """The text of `{"error": ...}`, or None if the answer is not OctoPrint's JSON."""
    try:
        body = json.loads(answer.text)
    except ValueError:
        return None
    text = body.get("error") if isinstance(body, dict) else None
    return str(text)[:500] if text is not None else ""


def _redirected(answer: Answer) -> CliError:
    return errors.UnexpectedResponse(
        f"the server redirects to {answer.location or 'another address'}; redirects are not followed, the key stays here",
        hint="if that address is your OctoPrint, use it: octoprint-cli --host ADDRESS status",
        details={"http_status": answer.status, "location": answer.location},
    )


def _lost(answer: Answer) -> CliError:
    return errors.OutcomeUnknown(
        f"a gateway answered HTTP {answer.status}: the request may have been carried out",
        hint="octoprint-cli status",
        details={"http_status": answer.status},
    )
