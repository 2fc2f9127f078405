"""The routes of the fake server, with API key and permissions. This module knows no sockets."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Pattern
from urllib.parse import quote, unquote

from octoprint_cli.testing.octoprint import (
    profiles,
    push_payloads,
    rest_payloads,
    server_plugins,
)
from octoprint_cli.testing.octoprint.fake_octoprint import NOT_FOUND, FakeOctoPrint
from octoprint_cli.testing.octoprint.printer_state import FORBIDDEN, NAME, PERMISSIONS
from octoprint_cli.testing.octoprint.reply import Refused, Reply, page
from octoprint_cli.testing.server import websocket
from octoprint_cli.testing.server.request import Request

_NOBODY = {"groups": ["guests"], "name": None, "permissions": []}
_NO_JSON = "Did not attempt to load JSON data because the request Content-Type was not 'application/json'."
_BAD_JSON = "The browser (or proxy) sent a request that this server could not understand."


class _Call(NamedTuple):
    """A request with the route's path parameters."""

    octoprint: FakeOctoPrint
    request: Request
    #: The path parameters, decoded.
    groups: List[str]

    @property
    def body(self) -> Dict[str, Any]:
        """The JSON object in the body. Raises Refused."""
        if not self.request.headers.get("content-type", "").startswith("application/json"):
            raise Refused(415, _NO_JSON)
        try:
            found = self.request.json
        except ValueError:
            raise Refused(400, _BAD_JSON) from None
        if not isinstance(found, dict):
            raise Refused(400, _BAD_JSON)
        return found

    @property
    def recursive(self) -> bool:
        return self.request.query.get("recursive", "").lower() in ("true", "yes", "y", "1")


class _Route(NamedTuple):
    method: str
    path: Pattern[str]
    #: The permission to check first; empty if there is none, or if it is checked later.
    permission: str
    call: Callable[[_Call], Reply]
    #: Whether it is answered without an API key.
    public: bool = False


_ROUTES: List[_Route] = []


def _on(method: str, path: str, permission: str, call: Callable[[_Call], Reply], public: bool = False) -> None:
    _ROUTES.append(_Route(method, re.compile(path), permission, call, public))


def answer(octoprint: FakeOctoPrint, request: Request, key: str) -> Reply:
    """Carry out a request and return the server's reply. The caller holds the server's lock."""
    method = "GET" if request.method == "HEAD" else request.method
    path, known = request.path, _presented_key(request) == key
    if "//" in path[1:]:
        return page(308, ("Location", re.sub("(?<=.)/+", "/", path)))
    if method != "GET" and not known:
        return Reply(400, {"error": "CSRF validation failed"})
    if (method, path) == ("GET", "/api/currentuser"):
        return _user(octoprint, known)
    for route in _ROUTES:
        found = route.path.fullmatch(path)
        if found and route.method == method:
            return _called(route, _Call(octoprint, request, [unquote(group) for group in found.groups()]), known)
    return _nowhere(path)


def is_known(method: str, path: str) -> bool:
    """Return whether the server has a route for this method and path."""
    asked = "GET" if method == "HEAD" else method
    public = (asked, path) == ("GET", "/api/currentuser")
    return public or any(route.method == asked and route.path.fullmatch(path) for route in _ROUTES)


def _called(route: _Route, call: _Call, known: bool) -> Reply:
    html = call.request.path.startswith("/downloads/")
    if not route.public and (not known or (route.permission and not call.octoprint.may(route.permission))):
        return page(403) if html else Reply(403, {"error": FORBIDDEN})
    try:
        return route.call(call)
    except Refused as refused:
        return page(refused.reply.status) if html else refused.reply


def _nowhere(path: str) -> Reply:
    if any(route.path.fullmatch(path) for route in _ROUTES):
        return Reply(405, {"error": "The method is not allowed for the requested URL."})
    return Reply(404, {"error": NOT_FOUND}) if path.startswith("/api/") else page(404)


def _presented_key(request: Request) -> Optional[str]:
    """Return the API key of a request: the query has priority over the form, and the form over the header."""
    bearer = request.headers.get("authorization", "")
    header = request.headers.get("x-api-key") or (bearer[len("Bearer ") :] if bearer.startswith("Bearer ") else None)
    form = request.form.fields.get("apikey") if request.form else None
    return request.query.get("apikey") or form or header


def _user(octoprint: FakeOctoPrint, known: bool) -> Reply:
    """Answer `GET /api/currentuser`, which accepts any key and says whose it is."""
    if not known:
        return Reply(200, _NOBODY)
    allowed = PERMISSIONS if octoprint.permissions is None else octoprint.permissions
    return Reply(200, {"groups": ["users"], "name": NAME, "permissions": sorted(allowed)})


def _login(call: _Call) -> Reply:
    """Answer `POST /api/login` with a session for the push socket. Only a key can log in, no password. Raises Refused."""
    sent = {**call.request.query, **(call.body if call.request.body else {})}
    if str(sent.get("passive", "")).lower() not in ("true", "yes", "y", "1"):
        both = "user" in sent and "pass" in sent
        raise Refused(403, FORBIDDEN) if both else Refused(400, "Neither user and pass attributes nor passive flag present")
    session = secrets.token_hex(32)
    call.octoprint.sessions[session] = NAME
    return Reply(200, push_payloads.login(call.octoprint, NAME, session))


def _download(call: _Call) -> Reply:
    """Answer the download of a stored file; 1.x supports ranges and ETags."""
    path, is_2 = call.groups[0], call.octoprint.is_2
    stored = call.octoprint.storage.get("local", path)
    if is_2 and ".." in path.split("/"):
        raise Refused(500, "internal error")
    if is_2 and call.request.method == "HEAD":
        raise Refused(405, "not allowed")
    if stored is None:
        raise Refused(404, NOT_FOUND)
    named = f"attachment; filename*=UTF-8''{quote(path.rsplit('/', 1)[-1])}"
    reply = Reply(200, stored.content, "text/plain", (("Content-Disposition", named),))
    return reply if is_2 else _ranged(call.request, reply)


def _ranged(request: Request, reply: Reply) -> Reply:
    tag = f'"{hashlib.sha1(reply.content).hexdigest()}"'
    headers = (*reply.headers, ("ETag", tag), ("Accept-Ranges", "bytes"))
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if wanted is None:
        return reply._replace(headers=headers)
    size, start = len(reply.content), int(wanted.group(1))
    if start >= size:
        return page(416, ("Content-Range", f"bytes */{size}"))
    end = min(size - 1, int(wanted.group(2) or size - 1))
    ranged = (*headers, ("Content-Range", f"bytes {start}-{end}/{size}"))
    return reply._replace(status=206, body=reply.content[start : end + 1], headers=ranged)


_LOCATION = "/api/files/([^/]+)"
_FILE = _LOCATION + "/(.+)"
_CARD = "/api/printer/(?:sd|storage)"

_on("GET", "/", "", lambda call: page(302, ("Location", "/login/?redirect=%2F")), public=True)
_on("GET", "/online.txt", "", lambda call: Reply(200, "online"), public=True)
_on("GET", "/plugin/appkeys/probe", "", lambda call: Reply(204), public=True)
_on("GET", websocket.PATH, "", lambda call: websocket.handshake(call.request), public=True)
_on("POST", "/api/login", "", _login)
_on("GET", "/api/version", "STATUS", lambda call: rest_payloads.version(call.octoprint))
_on("GET", "/api/server", "STATUS", lambda call: Reply(200, {"safemode": None, "version": call.octoprint.version}))
_on("GET", "/api/settings", "SETTINGS_READ", lambda call: Reply(200, {"scripts": {"gcode": call.octoprint.scripts}}))
_on("GET", "/api/connection", "STATUS", lambda call: rest_payloads.connection(call.octoprint))
_on("POST", "/api/connection", "CONNECTION", lambda call: call.octoprint.act_on_connection(call.body))
_on("GET", "/api/printerprofiles", "CONNECTION", lambda call: profiles.listing(call.octoprint))
_on("GET", "/api/plugin/([^/]+)", "", lambda call: server_plugins.get(call.octoprint, call.groups[0]))
_on("POST", "/api/plugin/([^/]+)", "", lambda call: server_plugins.post(call.octoprint, call.groups[0], call.body))
_on("GET", "/api/job", "STATUS", lambda call: rest_payloads.job(call.octoprint))
_on("POST", "/api/job", "", lambda call: call.octoprint.act_on_job(call.body))
_on("GET", "/api/printer", "STATUS", lambda call: rest_payloads.printer(call.octoprint, call.request.query))
_on("GET", "/api/printer/error", "STATUS", lambda call: rest_payloads.error(call.octoprint))
_on("GET", "/api/printer/(tool|bed|chamber)", "STATUS", lambda call: rest_payloads.heaters(call.octoprint, call.groups[0]))
_on("POST", "/api/printer/(tool|bed|chamber)", "CONTROL", lambda call: call.octoprint.set_target(call.groups[0], call.body))
_on("GET", _CARD, "STATUS", lambda call: Reply(200, {"ready": call.octoprint.connected}))
_on("POST", _CARD, "CONTROL", lambda call: call.octoprint.act_on_card(call.body))
_on("POST", "/api/printer/command", "CONTROL", lambda call: call.octoprint.send(call.body))
_on("GET", "/api/files", "FILES_LIST", lambda call: call.octoprint.everything(call.recursive))
_on("POST", "/api/files/test", "FILES_LIST", lambda call: call.octoprint.test_name(call.body))
_on("GET", _LOCATION, "FILES_LIST", lambda call: call.octoprint.listing(call.groups[0], call.recursive))
_on("POST", _LOCATION, "FILES_UPLOAD", lambda call: call.octoprint.upload(call.groups[0], call.request.form))
_on("GET", _FILE, "FILES_LIST", lambda call: call.octoprint.info(call.groups[0], call.groups[1], call.recursive))
_on("POST", _FILE, "", lambda call: call.octoprint.act_on_file(call.groups[0], call.groups[1], call.body))
_on("DELETE", _FILE, "FILES_DELETE", lambda call: call.octoprint.delete(call.groups[0], call.groups[1]))
_on("GET", "/downloads/files/local/(.+)", "FILES_DOWNLOAD", _download)
