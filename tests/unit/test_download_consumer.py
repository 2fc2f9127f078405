"""An error of whoever takes a download's bytes reaches the caller unchanged, and no bytes are delivered twice."""

from __future__ import annotations

import errno
import io
from typing import Iterator, List

import pytest
import requests
import requests_mock

from octoprint_cli import errors
from octoprint_cli.client.http.http_client import Http
from octoprint_cli.client.http.server_address import ServerAddress

URL = "http://octopi.test"
PATH = "/downloads/files/local/cube.gcode"


class BreaksOff(io.BytesIO):
    """A body whose connection is reset after the first piece."""

    def read(self, *sizes: int) -> bytes:
        found = super().read(*sizes)
        if not found:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        return found


@pytest.fixture
def mocked() -> Iterator[requests_mock.Mocker]:
    with requests_mock.Mocker() as mocker:
        yield mocker


@pytest.mark.parametrize("raised", [OSError(errno.ENOSPC, "No space left on device"), UnicodeError("x"), requests.Timeout("x")])
def test_consumer_error_reaches_caller_unchanged(raised: Exception, mocked: requests_mock.Mocker) -> None:
    mocked.get(URL + PATH, content=b"G28\n" * 1000)

    def take(chunk: bytes) -> None:
        raise raised

    with pytest.raises(type(raised)) as caught:
        Http(ServerAddress(URL, "key")).fetch(PATH, take, limit=100_000)
    assert caught.value is raised
    assert mocked.call_count == 1


def test_a_broken_download_is_not_repeated_once_bytes_were_delivered(mocked: requests_mock.Mocker) -> None:
    mocked.get(URL + PATH, body=BreaksOff(b"G28\n" * 5000))
    pieces: List[bytes] = []
    with pytest.raises(errors.ServerStarting, match="broke"):
        Http(ServerAddress(URL, "key")).fetch(PATH, pieces.append, limit=100_000)
    assert b"".join(pieces) == b"G28\n" * 4096
    assert mocked.call_count == 1
