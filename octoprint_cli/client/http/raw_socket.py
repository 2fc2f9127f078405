"""Open a raw socket to the server, for the websocket: with the TLS settings of requests, and a time limit."""

from __future__ import annotations

import contextlib
import socket
import ssl
from pathlib import Path
from typing import Iterator

from requests import certs

from octoprint_cli.client.http.server_address import ServerAddress, Tls
from octoprint_cli.client.http.transport import CONNECT_TIMEOUT, InFlightRequest


@contextlib.contextmanager
def open_socket(address: ServerAddress, seconds: float) -> Iterator[socket.socket]:
    """Connect a socket to the server, and shut it down if the `with` block takes longer than `seconds`.

    The socket stays open after the block, unless there was an error. Raises OSError. No proxy from the environment is used.
    """
    with InFlightRequest(seconds) as exchange:
        sock = socket.create_connection((address.host, address.port), min(seconds, CONNECT_TIMEOUT))
        try:
            exchange.connected(sock)
            if address.is_https:
                sock = _context(address.tls).wrap_socket(sock, server_hostname=address.host)
            yield sock
        except BaseException:
            sock.close()
            raise


def _context(tls: Tls) -> ssl.SSLContext:
    """Return the TLS context that `requests` makes of these settings."""
    bundle = tls.verify if isinstance(tls.verify, str) else certs.where()  # type: ignore[attr-defined]
    folder = Path(bundle).is_dir()
    context = ssl.create_default_context(cafile=None if folder else bundle, capath=bundle if folder else None)
    if tls.verify is False:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if tls.client_cert:
        context.load_cert_chain(tls.client_cert, tls.client_key)
    return context
