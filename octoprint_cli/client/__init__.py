"""A client for one OctoPrint server: a noun for each thing that it has.

    with client's nouns: client.job, client.printer, client.files, client.connection, client.server

Importing this imports requests; the application does so only when a command asks for the client.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

from octoprint_cli.client.connection import Connection
from octoprint_cli.client.files import Files, Sent
from octoprint_cli.client.http import Http, Tls
from octoprint_cli.client.job import Job, Jobs
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

    def store(self, file: Path, location: str = "local", folder: str = "") -> Sent:
        """Upload a file and wait until it is really there: an SD card is behind a slow serial line.

        Raises what `files.upload`, `job.wait_for_transfer` and `files.wait_until_listed` raise.
        """
        if location == "local":
            return self.files.upload(file, location, folder)
        before = self.files.list(location)
        sent = self.files.upload(file, location, folder)
        self.job.wait_for_transfer()
        return sent._replace(stored=self.files.wait_until_listed(sent.stored, before))

    def start(self, path: str, location: str = "local") -> Job:
        """Print a file that is on the server, and return the job that shows it printing.

        Raises what `files.select` and `job.confirm_started` raise.
        """
        if location == "local":
            self.files.select(path, location, start=True)
        else:
            # A start with nothing selected is a 204, and the firmware opens the file in its own time.
            self.files.select(path, location)
            self.job.confirm_selected(path, location)
            self.job.start()
        return self.job.confirm_started(path, location)

    @contextlib.contextmanager
    def rehearsal(self) -> Iterator[List[Dict[str, Any]]]:
        """Inside, only reads are sent; the list fills with the requests that would have been."""
        with self.http.rehearsal() as planned:
            yield planned
