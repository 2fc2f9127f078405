"""HTTP requests to one OctoPrint: limited in time and size, never redirected, and sent once if they change something."""

from __future__ import annotations

import contextlib
import copy
import json
import re
import socket
import time
from typing import Any, Callable, ContextManager, Dict, Iterator, List, Mapping, Optional, Tuple, Union

import requests

from octoprint_cli import errors
from octoprint_cli.client.http import retry as policy
from octoprint_cli.client.http.caches import past_caches, stored_answer
from octoprint_cli.client.http.raw_socket import open_socket
from octoprint_cli.client.http.request import MAX_BYTES, ApiRequest, Consumer, StreamedBody
from octoprint_cli.client.http.server_address import ServerAddress
from octoprint_cli.client.http.status_errors import Answer, KeyRefused, NoSuchEndpoint, NotFoundInHtml, is_strange, refusal
from octoprint_cli.client.http.transport import (
    CONNECT_TIMEOUT,
    InFlightRequest,
    Transport,
    session,
)
from octoprint_cli.client.http.transport_errors import BROKEN, never_made, translate
from octoprint_cli.output.redact import mask_url

#: Compressed bytes taken at once: unpacked they are a thousand times as many at worst.
_STEP = 8192
#: The resource that answers 200 to any API key, and says whose key it is.
_WHO_AM_I = "/api/currentuser"
#: The resource that every server with OctoPrint's API has, and that says what it is.
_VERSION = "/api/version"
#: How long to look whether OctoPrint is there, after something else has answered.
STRANGE_SECONDS = 3.0
_MAJOR_MINOR = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})")


class Http:
    """Sends requests to one server.

    While `rehearsing` (a dry run), only reads are sent; everything else is recorded in `planned`.
    """

    def __init__(self, address: ServerAddress, *, timeout: float = 30, retries: int = 3) -> None:
        self.address = address
        self.timeout = timeout
        self.rehearsing = False
        self.acted = False  # whether anything but a read went out, or may have
        self.planned: List[Dict[str, Any]] = []
        self._retries = policy.Retries(retries, timeout)
        self.on_secret: Callable[[str], None] = lambda secret: None  # receives what must not be shown, such as a session
        # Called before each request, and often while the push socket is silent: raises what ends a run, such as Ctrl-C.
        self.check: Callable[[], None] = lambda: None
        self._ignores_queries = True  # until an address with a query turns out to be another one for this server
        self._wire = Transport(address.zone)
        self._session = session(self._wire, address)

    def fresh_copy(self) -> Http:
        """Return an `Http` that shares the connection, but no record of requests. Only one of the two may be used at a time."""
        other = copy.copy(self)
        other.rehearsing, other.acted, other.planned = False, False, []
        return other

    def get(self, path: str, *, needs: Optional[str] = None, limit: int = MAX_BYTES, fresh: bool = False, **params: Any) -> Any:
        """Send a GET and return its JSON. `needs` is the permission to name when the server refuses.

        `fresh` asks past a cache in front of OctoPrint. Raises UnexpectedResponse for an answer that comes from one nevertheless.
        """
        return _json(self._send(ApiRequest("GET", path, False, needs, {"params": params}, limit=limit, fresh=fresh)))

    def ask(self, path: str, body: Mapping[str, Any], *, needs: Optional[str] = None) -> Any:
        """Send a POST that only reads and return its JSON; it is also sent in dry runs, and retried like a GET."""
        return _json(self._send(ApiRequest("POST", path, False, needs, {"json": body})))

    def fetch(self, path: str, take: Callable[[bytes], None], *, needs: Optional[str] = None, limit: int) -> None:
        """Pass the bytes that a GET answers to `take`. The request is not retried once `take` has received some."""
        self._send(ApiRequest("GET", path, False, needs, limit=limit, take=Consumer(take), fresh=True))

    def post(self, path: str, body: Mapping[str, Any], *, needs: Optional[str] = None) -> Any:
        """Send a JSON command once, and return the JSON answered, or None for an empty answer.

        Raises OutcomeUnknown if the command was sent, and its answer was lost or is not OctoPrint's own.
        """
        if self._rehearsed("POST", path, json=dict(body)):
            return None
        return self._json_of_act(self._send(ApiRequest("POST", path, True, needs, {"json": body})))

    def post_form(self, path: str, form: StreamedBody, *, plan: Mapping[str, Any], needs: Optional[str] = None) -> Any:
        """Send a streamed multipart form once. `plan` describes the form in a dry run. Raises what `post` raises."""
        if self._rehearsed("POST", path, form=dict(plan)):
            return None
        how = {"data": form.body, "headers": {"Content-Type": form.body.content_type}}
        return self._json_of_act(self._send(ApiRequest("POST", path, True, needs, how, form)))

    def open_socket(self, seconds: float) -> ContextManager[socket.socket]:
        """Open a raw socket to the server, for a websocket. Raises OSError."""
        return open_socket(self.address, seconds)

    @contextlib.contextmanager
    def rehearsal(self) -> Iterator[List[Dict[str, Any]]]:
        """Start a dry run: requests that change something are not sent, but collected in the list."""
        self.rehearsing, self.planned = True, []
        try:
            yield self.planned
        finally:
            self.rehearsing = False

    @contextlib.contextmanager
    def hurried(self, seconds: float) -> Iterator[None]:
        """Limit each request in the `with` block to `seconds`, with one retry, because 1.8 closes kept connections."""
        before, seconds = (self.timeout, self._retries), min(seconds, self.timeout)
        self.timeout, self._retries = seconds, policy.Retries(1, seconds)
        try:
            yield
        finally:
            self.timeout, self._retries = before

    def _rehearsed(self, method: str, path: str, **what: Any) -> bool:
        if self.rehearsing:
            self.planned.append({"method": method, "path": path, **what})
        return self.rehearsing

    # -- trying -----------------------------------------------------------------------------------

    def _send(self, call: ApiRequest) -> Answer:
        begun, done = time.monotonic(), 0
        while True:
            exchange = self._exchange(call, time.monotonic() - begun)
            tried = self._try(call, exchange)
            if isinstance(tried, Answer):
                return tried
            error, failure = tried
            if call.fresh and self._ignores_queries and isinstance(error, (NotFoundInHtml, NoSuchEndpoint)):
                self._ignores_queries = False  # PrusaLink's firmware finds no address with a query
                continue
            done += 1
            pause = self._retries.pause(done, time.monotonic() - begun, call.act, failure)
            if pause is None:
                raise self._after_strange_answer(error) if call.act and failure.strange else self._explained(error, call.path)
            policy.sleep(pause)

    def _exchange(self, call: ApiRequest, spent: float) -> InFlightRequest:
        form = call.form
        if form is not None:
            return InFlightRequest(form.stall, lambda: form.patience if form.body.complete else form.stall)
        if call.take is not None:
            return InFlightRequest(self.timeout, lambda: self.timeout)
        return InFlightRequest(max(self.timeout - spent, 0.1))

    def _try(self, call: ApiRequest, exchange: InFlightRequest) -> Union[Answer, Tuple[errors.CliError, policy.Failure]]:
        """Send the request once, and return its answer, or its error with what decides about a retry."""
        self.check()
        before = self.acted
        if call.act:
            # On a new connection: the server may have closed the kept one (1.8 often has), and then it would be
            # unknown whether the act arrived. A read is simply made again.
            self._wire.forget_connections()
            self.acted = True
        try:
            with exchange:
                answer = self._once(call, exchange)
        except BROKEN as failed:
            if call.take is not None and failed is call.take.error:  # a full disk is no trouble of the connection
                raise
            error = translate(failed, call.act, self.address.url + call.path, exchange)
            unmade = never_made(failed, exchange)
            self.acted = before if unmade else self.acted
            transient = isinstance(error, (errors.ConnectionFailed, errors.ServerStarting))
            return error, policy.Failure(never_made=unmade and transient, broken=transient and not _begun(call))
        if 200 <= answer.status < 300:
            return answer
        return refusal(answer, call.needs), policy.Failure(status=answer.status, headers=answer.headers, strange=is_strange(answer))

    def _once(self, call: ApiRequest, exchange: InFlightRequest) -> Answer:
        self._wire.exchange = exchange
        limits = (min(CONNECT_TIMEOUT, self.timeout), call.form.patience if call.form else self.timeout)
        url = self.address.request_url + call.path
        how = past_caches(call.how) if call.fresh and self._ignores_queries else call.how
        with self._session.request(call.method, url, timeout=limits, allow_redirects=False, stream=True, **how) as response:
            ok = 200 <= response.status_code < 300
            if ok and call.fresh:
                _require_current(response)
            text = _read(response, exchange, call._replace(take=call.take if ok else None))
        if exchange.expired:  # an answer without a length ends with the connection
            raise requests.Timeout
        kind = response.headers.get("Content-Type", "")
        return Answer(call.act, mask_url(url), call.path, response.status_code, kind, text, response.headers)

    # -- what an answer means ---------------------------------------------------------------------

    def _json_of_act(self, answer: Answer) -> Any:
        try:
            return _json(answer)
        except errors.UnexpectedResponse as error:
            raise self._after_strange_answer(error) from error

    def _after_strange_answer(self, error: errors.CliError) -> errors.CliError:
        """Return OutcomeUnknown for an act that something in front of OctoPrint has answered, since that may have passed it on.

        If OctoPrint itself cannot be read either, `error` stands: nothing gets through to it.
        """
        if not self._is_octoprint():
            return self._explained(error, "")
        status = (error.details or {}).get("http_status", 200)
        outcome = f"something in front of OctoPrint answered, with HTTP {status}"
        return errors.OutcomeUnknown.lost(
            outcome, hint="octoprint-cli status", details={**(error.details or {}), "answer": error.message}
        )

    def _is_octoprint(self) -> bool:
        """Whether OctoPrint itself answers a read."""
        with contextlib.suppress(errors.CliError), self.hurried(STRANGE_SECONDS):
            return isinstance(self.get(_WHO_AM_I), dict)
        return False

    # -- whose key it is --------------------------------------------------------------------------

    def _explained(self, error: errors.CliError, path: str) -> errors.CliError:
        """Return the error to raise: for a 403, ask `/api/currentuser` whether the key is bad or lacks a permission."""
        if isinstance(error, errors.PermissionDenied) and path != _WHO_AM_I and self._is_unknown_key():
            error = KeyRefused("", details=error.details)
        if isinstance(error, (NotFoundInHtml, NoSuchEndpoint)) and path not in (_VERSION, _WHO_AM_I):
            return self._missing(error, path)
        if isinstance(error, KeyRefused):
            return errors.AuthError(self._key_refused(), details=error.details)
        return error

    def _missing(self, error: errors.CliError, path: str) -> errors.CliError:
        """Return the error for a 404 that no current OctoPrint answers: with what the server calls itself, if it has the API."""
        with contextlib.suppress(errors.CliError):
            about = self.get(_VERSION)
            named = about.get("text") if isinstance(about, dict) else None
            current = isinstance(error, NotFoundInHtml) and isinstance(about, dict) and _answers_in_json(about.get("server"))
            if isinstance(named, str) and isinstance(about.get("api"), str) and not current:
                return errors.NotFound(f"this server ({named[:80]}) has no such endpoint or file: {path}", details=error.details)
        return error

    def _is_unknown_key(self) -> bool:
        with contextlib.suppress(errors.CliError):
            user = self.get(_WHO_AM_I)
            return isinstance(user, dict) and user.get("name") is None
        return False

    def _key_refused(self) -> str:
        if not self.address.api_key:
            return f"no API key is configured for {mask_url(self.address.url)}"
        origin = f" (from {self.address.key_origin})" if self.address.key_origin else ""
        return f"the server refuses the API key{origin}: it is wrong, or has been revoked"


def _answers_in_json(version: Any) -> bool:
    """Whether an OctoPrint of this version answers 404 as JSON, so that a page comes from a proxy in front of it."""
    found = _MAJOR_MINOR.match(version) if isinstance(version, str) else None
    return found is not None and (int(found.group(1)), int(found.group(2))) >= (1, 8)


def _begun(call: ApiRequest) -> bool:
    """Whether a consumer has received bytes, which forbids a retry because it would receive them again."""
    return call.take is not None and call.take.begun


def _read(response: requests.Response, exchange: InFlightRequest, call: ApiRequest) -> str:
    """Read the body in small steps, and stop at the limit, whatever size the answer claims or unpacks to."""
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "deflate"):
        raise _unread(call.act, f"the answer has the encoding {encoding[:40]!r}, which was not requested")
    body, taken = bytearray(), 0
    for chunk in response.iter_content(_STEP):
        exchange.progressed()
        taken += len(chunk)
        if taken > call.limit:
            raise _unread(call.act, f"the answer is larger than {call.limit} bytes")
        if call.take is not None:
            call.take(chunk)
        else:
            body += chunk
    return body.decode("utf-8", "replace")


def _require_current(response: requests.Response) -> None:
    """Raise UnexpectedResponse for an answer that a cache has kept, since the printer has gone on since."""
    stored = stored_answer(response.headers)
    if stored:
        raise errors.UnexpectedResponse(
            f"a cache in front of OctoPrint gave an old answer ({stored})",
            hint="octoprint-cli config show  # set a host that no cache stands before, or let it store nothing of /api",
            details={"cache": stored},
        )


def _unread(act: bool, message: str) -> errors.CliError:
    """Return the error for an answer that was not read to its end; after an act the outcome is unknown."""
    return errors.OutcomeUnknown.lost(message) if act else errors.UnexpectedResponse(message)


def _json(answer: Answer) -> Any:
    if answer.status == 204 or not answer.text.strip():
        return None
    try:
        return json.loads(answer.text)
    except (ValueError, RecursionError) as error:
        kind = answer.content_type.split(";")[0] or "something"
        if answer.act and kind == "application/json":  # damaged in transit: the act was most likely carried out
            raise errors.OutcomeUnknown.lost("the answer was lost (it is broken JSON)") from error
        raise errors.UnexpectedResponse(
            f"{answer.url} answered {kind}, not JSON: it may be a login page or another server",
            hint="octoprint-cli config show  # check the host",
        ) from error
