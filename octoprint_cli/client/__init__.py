"""A client for one OctoPrint server: a noun for each thing that it has.

    with client's nouns: client.job, client.printer, client.files, client.connection, client.server

Importing this imports requests; the application does so only when a command asks for the client.
"""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator, List, Optional

from octoprint_cli.client.connection import Connection
from octoprint_cli.client.files import Files
from octoprint_cli.client.http import Http, Tls
from octoprint_cli.client.job import Jobs
from octoprint_cli.client.printer import Printer
from octoprint_cli.client.server import Server

__all__ = ["Client", "Http", "Tls"]


class Client:
    """One server. Every method of a noun says which endpoint it calls and what it raises."""

    def __init__(self, base_url: str, api_key: Optional[str], *, timeout: float = 30, retries: int = 3, tls: Tls = Tls()) -> None:
        self.http = Http(base_url, api_key, timeout=timeout, retries=retries, tls=tls)
        self.job = Jobs(self.http)
        self.printer = Printer(self.http)
        self.files = Files(self.http)
        self.connection = Connection(self.http)
        self.server = Server(self.http)

    @contextlib.contextmanager
    def rehearsal(self) -> Iterator[List[Dict[str, Any]]]:
        """Inside, only reads are sent; the list fills with the requests that would have been."""
        with self.http.rehearsal() as planned:
            yield planned
