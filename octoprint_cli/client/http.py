"""HTTP to one OctoPrint: the session, timeouts, retries, size caps, and requests' errors made ours.

The only importer of requests. Must not know the configuration or what a path means.
"""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple, Type, Union

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from octoprint_cli import errors
from octoprint_cli.client.refusals import Answer, refusal

#: No answer of the API is anywhere near as large; what is larger is not read.
MAX_BYTES = 10 * 1024 * 1024
#: Connecting on a network that a printer stands in takes milliseconds; a dead host should not cost 30 s.
CONNECT_TIMEOUT = 5.0
#: Answers any key with 200 and whose it is.
_WHO_AM_I = "/api/currentuser"
#: urllib3's name for a connection that was never made: nothing was sent.
_NEVER_CONNECTED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


class Tls(NamedTuple):
    """How to trust the server and who to be: a CA bundle's path, False for no check, a client certificate."""

    verify: Union[bool, str] = True
    client_cert: Optional[str] = None


def retry_policy(total: int) -> Retry:
    """A connection that was never made is tried again for any method, all else for GET alone."""
    return Retry(
        total=total,
        redirect=0,
        allowed_methods=frozenset({"GET"}),
        status_forcelist=(429, 502, 503, 504),
        backoff_factor=0.2,
        raise_on_status=False,
        raise_on_redirect=False,
    )


class Http:
    """Requests to one server, each bounded in time and size, none ever redirected.

    While `rehearsing`, only GET goes out; everything else is written down in `planned`.
    """

    def __init__(self, base_url: str, api_key: Optional[str], *, timeout: float = 30, retries: int = 3, tls: Tls = Tls()) -> None:
        self.base_url = base_url
        self.timeout = timeout
        self.rehearsing = False
        self.acted = False  # whether anything but a read was sent
        self.planned: List[Dict[str, Any]] = []
        self._session = requests.Session()
        # A proxy from the environment would see the key, and .netrc would add an Authorization header.
        self._session.trust_env = False
        self._session.verify = tls.verify
        self._session.cert = tls.client_cert
        if api_key:
            self._session.headers["X-Api-Key"] = api_key
        self._adapter = HTTPAdapter(max_retries=retry_policy(retries))
        self._session.mount("http://", self._adapter)
        self._session.mount("https://", self._adapter)

    def get(self, path: str, *, needs: Optional[str] = None, **params: Any) -> Any:
        """The JSON that a GET answers. `needs` is the permission to name when it is refused."""
        return self._json(self._send("GET", path, needs=needs, params=params))

    def post(self, path: str, body: Mapping[str, Any], *, needs: Optional[str] = None) -> Any:
        """Sends a JSON command, once. Returns the JSON answered, or None for an empty answer."""
        if self._rehearsed("POST", path, json=dict(body)):
            return None
        return self._json(self._send("POST", path, needs=needs, json=body))

    def post_form(self, path: str, form: Any, *, plan: Mapping[str, Any], needs: Optional[str] = None) -> Any:
        """Sends a streamed multipart form, once. `plan` says what it holds, for a rehearsal."""
        if self._rehearsed("POST", path, form=dict(plan)):
            return None
        return self._json(self._send("POST", path, needs=needs, data=form, headers={"Content-Type": form.content_type}))

    @contextlib.contextmanager
    def rehearsal(self) -> Iterator[List[Dict[str, Any]]]:
        """Inside, nothing that changes anything is sent; the list fills with what would have been."""
        self.rehearsing, self.planned = True, []
        try:
            yield self.planned
        finally:
            self.rehearsing = False

    def _rehearsed(self, method: str, path: str, **what: Any) -> bool:
        if self.rehearsing:
            self.planned.append({"method": method, "path": path, **what})
        return self.rehearsing

    def _send(self, method: str, path: str, *, needs: Optional[str], **how: Any) -> Tuple[requests.Response, str]:
        url = self.base_url + path
        if method != "GET":
            # On a connection of its own: the server may have closed the kept one (1.8 often has), and then
            # nobody could tell whether the act arrived. A GET is simply made again.
            self._adapter.poolmanager.clear()
            self.acted = True
        try:
            with self._session.request(
                method,
                url,
                timeout=(min(CONNECT_TIMEOUT, self.timeout), self.timeout),
                allow_redirects=False,
                stream=True,
                **how,
            ) as response:
                self._session.cookies.clear()  # a session cookie would win over the key (CSRF)
                text = self._read(response, method)
        except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError) as failed:
            raise translate(failed, method, url) from failed
        if not 200 <= response.status_code < 300:
            raise self._explained(refusal(_answer(method, response, text), needs), path)
        return response, text

    def _read(self, response: requests.Response, method: str) -> str:
        deadline = time.monotonic() + self.timeout
        body = bytearray()
        for chunk in response.iter_content(65536):
            body += chunk
            if len(body) > MAX_BYTES:
                raise _unread(errors.UnexpectedResponse, method, f"the answer is larger than {MAX_BYTES} bytes")
            if time.monotonic() > deadline:
                raise _unread(errors.TimedOut, method, f"the server did not finish its answer within {self.timeout:g} s")
        return body.decode("utf-8", "replace")

    def _json(self, received: Tuple[requests.Response, str]) -> Any:
        response, text = received
        if response.status_code == 204 or not text.strip():
            return None
        try:
            return json.loads(text)
        except ValueError as error:
            kind = response.headers.get("Content-Type", "unknown type").split(";")[0]
            raise errors.UnexpectedResponse(
                f"{response.url} answered {kind}, not JSON: a login page or another server stands there",
                hint="octoprint-cli config show (look at the host)",
            ) from error

    def _explained(self, error: errors.CliError, path: str) -> errors.CliError:
        """A 403 to a GET is a bad key or a missing permission; `/api/currentuser` tells which."""
        if isinstance(error, errors.AuthError) and "X-Api-Key" not in self._session.headers:
            return errors.AuthError(f"no API key is configured for {self.base_url}")
        if not isinstance(error, errors.PermissionDenied) or path == _WHO_AM_I:
            return error
        with contextlib.suppress(errors.CliError):
            user = self._json(self._send("GET", _WHO_AM_I, needs=None))
            if isinstance(user, dict) and user.get("name") is None:
                return self._explained(errors.AuthError("the server refuses the API key: it is missing or wrong"), path)
        return error


def _answer(method: str, response: requests.Response, text: str) -> Answer:
    kind = response.headers.get("Content-Type", "")
    return Answer(method, response.url, response.status_code, kind, text, response.headers.get("Location"))


def _unread(kind: Type[errors.CliError], method: str, message: str) -> errors.CliError:
    """An answer that was not read to its end: of anything but a GET, the outcome is unknown."""
    return kind(message) if method == "GET" else errors.OutcomeUnknown(f"{message}: the request may have been carried out")


def translate(error: Exception, method: str, url: str) -> errors.CliError:
    """What requests raised, as our error. After the first byte of anything but a GET: outcome unknown."""
    cause = _root(error)
    if isinstance(error, requests.exceptions.SSLError):
        return errors.TlsError(f"TLS to {url} failed: {cause}")
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError)):
        return errors.ConfigError(f"the host or the key cannot be used: {cause}")
    if isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(cause, _NEVER_CONNECTED):
        return errors.ConnectionFailed(f"no connection to {url}: {_reason(cause)}")
    if method != "GET":
        return errors.OutcomeUnknown(
            f"the connection broke after the request went out ({_reason(cause)}): it may have been carried out"
        )
    if isinstance(error, requests.exceptions.Timeout) or isinstance(cause, urllib3.exceptions.ReadTimeoutError):
        return errors.TimedOut(f"{url} did not answer in time", hint="octoprint-cli --timeout 60 status")
    return errors.ServerStarting(f"the connection to {url} broke ({_reason(cause)}): OctoPrint may be starting")


def _root(error: BaseException) -> BaseException:
    """The innermost error: requests wraps urllib3's, which wraps its own, which wraps the socket's."""
    while True:
        inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        if not isinstance(inner, Exception):
            return error
        error = inner


def _reason(cause: BaseException) -> str:
    text = str(cause)
    for marker in ("] ", ": "):  # urllib3 puts the connection object's repr in front
        if marker in text:
            text = text.rsplit(marker, 1)[-1]
    return text.strip("')\"") or type(cause).__name__
