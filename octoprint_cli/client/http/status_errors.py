"""Translate an HTTP answer that is not a success into an error, by its status and text.

The tables cover OctoPrint's own refusals and those of proxies in front of it. Must not know requests or a URL path.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Type, Union
from urllib.parse import urljoin

from octoprint_cli import errors
from octoprint_cli.errors import CliError
from octoprint_cli.errors.foreign_words import in_one_sentence
from octoprint_cli.output.redact import mask_url

_LOOK = "octoprint-cli config show"
#: Characters of the server's own words that are passed on.
_LONGEST = 500

#: The text with which 1.11 and 2.0 refuse a bad or missing key, except for GET and HEAD.
_CSRF = "CSRF validation failed"


class Answer(NamedTuple):
    """The part of an HTTP answer that decides what it means."""

    act: bool  # the request would change something
    url: str  # without a password
    path: str  # the end of the URL, which this client has added to the host
    status: int
    content_type: str
    text: str
    headers: Mapping[str, str] = {}


class KeyRefused(errors.AuthError):
    """The API key is missing or wrong; the caller adds where the key came from."""


class NotFoundInHtml(errors.UnexpectedResponse):
    """A page says that there is nothing: no OctoPrint stands there, or one before 1.8. The caller asks for the version."""


class NoSuchEndpoint(errors.NotFound):
    """A server that is not OctoPrint itself lacks the endpoint; the caller adds what the server calls itself."""


class Refusal(NamedTuple):
    """A row of a table that maps a status, and a pattern in the text, to an error."""

    status: int
    pattern: str  # compiled on use: most runs need none
    error: Type[CliError]
    lead: str = "the server refused"
    hint: Optional[str] = None

    def fits(self, answer: Answer, text: str) -> bool:
        """Whether the answer matches this row."""
        return self.status == answer.status and re.search(self.pattern, text, re.IGNORECASE) is not None


_NOT_READY = "the server is not ready: OctoPrint may be starting"
_NO_KEY = "the server refuses the API key"
_TOO_LARGE = "the server, or a proxy in front of it, refuses a file of this size"

#: OctoPrint's refusals, by what it says in `error`.
_REFUSALS: List[Refusal] = [
    Refusal(400, _CSRF, KeyRefused, _NO_KEY),
    Refusal(401, "", KeyRefused, _NO_KEY),
    Refusal(403, "invalid api key", KeyRefused, _NO_KEY),  # before 1.11
    Refusal(403, "cannot overwrite", errors.PermissionDenied, "the API key lacks a permission: FILES_DELETE, to replace a file"),
    Refusal(403, "", errors.PermissionDenied),
    Refusal(404, "", errors.NotFound),
    Refusal(409, "not operational or currently", errors.PrinterBusy),
    Refusal(409, "not operational", errors.PrinterOffline, "the printer is not connected to OctoPrint"),
    Refusal(409, "being printed|currently in use", errors.FileInUse),
    Refusal(409, "already exists|does already exist", errors.FileExists),
    Refusal(409, "neither printing nor paused|does not have an active|'pause' command cannot", errors.NoActiveJob),
    Refusal(409, "does not have a heated", errors.NotFound),
    Refusal(409, "", errors.PrinterBusy),
    Refusal(413, "", errors.FileTooLarge, _TOO_LARGE, f"{_LOOK}  # raise the limit of the proxy in front of OctoPrint"),
    Refusal(415, "", errors.FileInvalid),
    Refusal(429, "", errors.ServerError, "the server was asked too often"),
    Refusal(501, "", errors.ServerStarting, _NOT_READY),
    Refusal(502, "", errors.ServerStarting, _NOT_READY),
    Refusal(503, "", errors.ServerStarting, _NOT_READY),
    Refusal(504, "", errors.ServerStarting, _NOT_READY),
]

#: Refusals in HTML, by a proxy or another server in front of OctoPrint.
_IN_FRONT: List[Refusal] = [
    Refusal(
        400,
        "plain HTTP request was sent to HTTPS",
        errors.TlsError,
        "this port expects HTTPS",
        f"{_LOOK}  # write https:// in the host",
    ),
    Refusal(
        400,
        "SSL certificate",
        errors.TlsError,
        "the proxy in front of OctoPrint demands a client certificate",
        f"{_LOOK}  # set client_cert",
    ),
    Refusal(
        403,
        "",
        errors.UnexpectedResponse,
        "something in front of OctoPrint, such as a proxy, refuses the request",
        f"{_LOOK}  # is it the host of an OctoPrint?",
    ),
    Refusal(
        404,
        "",
        NotFoundInHtml,
        "there is no OctoPrint at this address",
        f"{_LOOK}  # is a path such as /octoprint missing from the host, or one too many?",
    ),
    Refusal(
        409,
        "",
        errors.UnexpectedResponse,
        "something in front of OctoPrint, such as a proxy, refuses the request",
        f"{_LOOK}  # what stands in front of the server?",
    ),
]

#: The one failure that says that nothing was done: the server that stands in for OctoPrint while it boots knows no POST.
_NOT_IMPLEMENTED = 501


#: Refusals that come before a request is passed on, whoever writes them: malformed (also OctoPrint's web server, of a file name
#: that it cannot read), too large, too often.
_NOT_PASSED_ON = frozenset({400, 413, 429})


def is_strange(answer: Answer) -> bool:
    """Whether a refusal is not OctoPrint's own, so that it does not say what OctoPrint did with the request."""
    return answer.status < 500 and answer.status not in _NOT_PASSED_ON and _words_of(answer) is None


def refusal(answer: Answer, needs: Optional[str] = None) -> CliError:
    """Return the error that a non-success answer stands for. `needs` names the permission that the request takes."""
    if 300 <= answer.status < 400:
        return _redirected(answer)
    if answer.act and answer.status >= 500 and answer.status != _NOT_IMPLEMENTED:
        return _lost(answer)
    if answer.status == 401 and "WWW-Authenticate" in answer.headers:
        return _challenged(answer)
    text = _words_of(answer)
    if answer.status == 404 and _is_of_another_server(answer):
        return _error(NoSuchEndpoint, _sentence("the server refused", answer, text), answer)
    if text is None and not answer.path.startswith("/downloads/"):  # OctoPrint's own are HTML there
        for row in _IN_FRONT:
            if row.fits(answer, answer.text):
                return _error(row.error, f"{row.lead}: {answer.url} (HTTP {answer.status})", answer, row.hint)
    if answer.status == 409 and not answer.act and "not operational" not in (text or "").lower():
        return _failed(answer, text)  # OctoPrint's other conflicts are those of a request with what the printer does
    for row in _REFUSALS:
        if row.fits(answer, text or ""):
            return _said(row, answer, text, needs)
    return _failed(answer, text)


def _said(row: Refusal, answer: Answer, text: Optional[str], needs: Optional[str]) -> CliError:
    if row.error is KeyRefused:
        return _error(row.error, row.lead, answer)
    if row.error is errors.PermissionDenied:
        lacking = row.lead if "permission" in row.lead else "the API key lacks a permission" + (f": {needs}" if needs else "")
        return _error(row.error, f"{lacking} (HTTP {answer.status})", answer)
    return _error(row.error, _sentence(row.lead, answer, text), answer, row.hint)


def _error(kind: Type[CliError], message: str, answer: Answer, hint: Optional[str] = None) -> CliError:
    return kind(message, hint=hint, details=_details(answer))


def _failed(answer: Answer, text: Optional[str]) -> CliError:
    broken = answer.status >= 500
    return errors.ServerError(
        _sentence("the server failed" if broken else "the server refused the request", answer, text),
        details=_details(answer),
        retryable=broken,
    )


def _sentence(lead: str, answer: Answer, text: Optional[str]) -> str:
    first = in_one_sentence((text or "").split(". ")[0])  # werkzeug's own texts are paragraphs
    return f"{lead}: {first}" if first else f"{lead} (HTTP {answer.status})"


def _details(answer: Answer) -> Dict[str, Any]:
    """Return the status, and what the server says where a message quotes only its beginning."""
    words = _words_of(answer) or ""
    whole = words == in_one_sentence(words.split(". ")[0])
    return {"http_status": answer.status, **({} if whole else {"said": words})}


def _text_of(answer: Answer) -> Optional[str]:
    """Return the text of `{"error": ...}`, or None if the answer is no JSON.

    Other servers with OctoPrint's API have an object or a list in `error`, or none; only the message in it is for the user.
    """
    body = _body_of(answer)
    if body is None:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    found = error if error is not None else body if isinstance(body, dict) else ""
    while isinstance(found, (dict, list)):
        found = _message_in(found)
    return "" if found is None else str(found)[:_LONGEST]


def _body_of(answer: Answer) -> Any:
    """Return the JSON of an answer; None for no JSON."""
    try:
        return json.loads(answer.text)
    except (ValueError, RecursionError):
        return None


def _message_in(error: Union[Dict[str, Any], List[Any]]) -> Any:
    """Return the message in an error's object, or the first of a list of errors."""
    if isinstance(error, list):
        return error[0] if error else None
    return next((error[name] for name in ("message", "title", "detail", "reason") if error.get(name)), None)


def _is_of_another_server(answer: Answer) -> bool:
    """Whether the error is an object, as Moonraker and other servers with OctoPrint's API write it."""
    body = _body_of(answer)
    return isinstance(body, dict) and not isinstance(body.get("error"), str)


def _words_of(answer: Answer) -> Optional[str]:
    """Return what the server, or a server plugin, says about the failure; None if something in front of it answers."""
    return answer.text.strip()[:_LONGEST] if _text_of(answer) is None and _is_a_plugins(answer) else _text_of(answer)


def _is_a_plugins(answer: Answer) -> bool:
    """Whether the answer is a server plugin's own refusal, which is plain text: neither JSON nor HTML."""
    return answer.path.startswith("/api/plugin/") and "<" not in answer.text and bool(answer.text.strip())


def _redirected(answer: Answer) -> CliError:
    target = _target(answer)
    moved = target.split("?")[0]
    same = moved == answer.url.split("?")[0]  # a cookie check, say
    base = moved[: -len(answer.path)] if moved.endswith(answer.path) and not same else None
    return errors.UnexpectedResponse(
        f"the server redirects to {target}; redirects are not followed, the key stays here",
        hint=f"octoprint-cli --host {base} status" if base else f"{_LOOK}  # a login page in front of it, or another path?",
        details={"http_status": answer.status, "location": target},
    )


def _target(answer: Answer) -> str:
    location = answer.headers.get("Location")
    try:
        return mask_url(urljoin(answer.url, location)) if location else "another address"
    except ValueError:
        return "an invalid address"


def _challenged(answer: Answer) -> CliError:
    challenge = answer.headers["WWW-Authenticate"]
    details = {"http_status": answer.status}
    if "basic" not in challenge.lower():
        scheme = challenge.split(" ")[0][:40]
        return errors.AuthError(
            f"a proxy in front of OctoPrint wants {scheme} authentication, which octoprint-cli does not support",
            hint="octoprint-cli config show  # let the proxy accept Basic authentication, or set a host behind it",
            details=details,
        )
    had_some = "@" in answer.url.split("/")[2]
    wants = "refuses the user and the password in the host" if had_some else "wants a user and a password"
    return errors.AuthError(
        f"a proxy in front of OctoPrint {wants} ({challenge[:80]})",
        hint="octoprint-cli config show  # write them in the host, before an @: USER:PASSWORD@octopi.local",
        details=details,
    )


def _lost(answer: Answer) -> CliError:
    """Return the error for a request that may have been carried out, whatever the answer of the server, or a gateway, says.

    OctoPrint says 500 to requests that it did carry out, too, and a gateway gives up before the server does.
    """
    words = _words_of(answer)
    if words or answer.status == 500:
        outcome = _sentence(f"the server failed with HTTP {answer.status}" if words else "the server failed", answer, words)
    else:
        outcome = f"the answer was lost (a gateway answered HTTP {answer.status})"
    return errors.OutcomeUnknown.lost(
        outcome,
        hint="octoprint-cli status",
        details=_details(answer),
    )
