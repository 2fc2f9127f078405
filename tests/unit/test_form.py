"""form: the body of an upload is this file and no other, its length and its hash are true, and no thread outlives it."""

from __future__ import annotations

import hashlib
import os
import pathlib
import tempfile
from typing import Dict, List, Tuple

import pytest
from hypothesis import given, settings, strategies as st
from requests_toolbelt.multipart.decoder import MultipartDecoder

from octoprint_cli.client.http.multipart import FileForm

from .forms import CONTENT, a_file, no_thread_is_left, read_by, small_chunks  # noqa: F401


def parts(form: FileForm, body: bytes) -> List[Tuple[str, bytes]]:
    """What another library reads in the body: each part's Content-Disposition and its content."""
    decoded = MultipartDecoder(body, form.content_type).parts
    return [(part.headers[b"Content-Disposition"].decode("utf-8"), part.content) for part in decoded]


# -- the body -----------------------------------------------------------------------------------------


def test_upload_body_matches_browser_form_data(path: pathlib.Path) -> None:
    with FileForm(path, "quick.gcode", {"path": "a/b", "select": "true"}) as form:
        boundary = form.content_type[len("multipart/form-data; boundary=") :]
        expected = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="path"\r\n\r\na/b\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="select"\r\n\r\ntrue\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="quick.gcode"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode() + CONTENT
        assert form.read() == expected + f"\r\n--{boundary}--\r\n".encode()


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("quick.gcode", "quick.gcode"),
        ("prüfung ☃ 日本.gcode", "prüfung ☃ 日本.gcode"),
        ('a "b"\r\nX-Evil: 1.gcode', "a %22b%22%0D%0AX-Evil: 1.gcode"),
        ("50%22; name=x.gcode", "50%22; name=x.gcode"),
        ("back\\slash.gcode", "back\\slash.gcode"),
    ],
)
@pytest.mark.parametrize("fields", [{}, {"path": "ü/b"}, {"path": "a", "select": "true"}], ids=str)
def test_form_body_is_parsed_by_another_library(path: pathlib.Path, name: str, spelled: str, fields: Dict[str, str]) -> None:
    with FileForm(path, name, fields) as form:
        found = parts(form, form.read())
    assert found[:-1] == [(f'form-data; name="{field}"', value.encode()) for field, value in fields.items()]
    assert found[-1] == (f'form-data; name="file"; filename="{spelled}"', CONTENT)


def test_each_form_has_its_own_boundary(path: pathlib.Path) -> None:
    with FileForm(path, "a", {}) as one, FileForm(path, "a", {}) as other:
        assert one.content_type != other.content_type


def test_an_empty_file_is_a_form_with_an_empty_part(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "empty.gcode"
    path.touch()
    with FileForm(path, path.name, {}) as form:
        assert parts(form, form.read())[0][1] == b""
        assert (form.size, form.sent, form.sha1, form.complete) == (0, 0, hashlib.sha1().hexdigest(), True)


@pytest.mark.parametrize("amount", [1, 7, 999, 1000, 1001, 16384, 10**9])
def test_body_length_matches_announced_length_for_any_read_size(path: pathlib.Path, amount: int) -> None:
    with FileForm(path, path.name, {"path": "a"}) as form:
        body = read_by(form, amount)
        assert len(body) == form.len and parts(form, body)[-1][1] == CONTENT
        assert (form.size, form.sent, form.complete) == (len(CONTENT), len(CONTENT), True)
        assert form.read() == form.read(amount) == b""


@settings(deadline=None, database=None, max_examples=60)
@given(
    content=st.binary(max_size=5000),
    name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    fields=st.dictionaries(st.sampled_from(["path", "select", "print"]), st.text(st.characters(codec="utf-8"), max_size=20)),
    amounts=st.lists(st.integers(min_value=0, max_value=2000), max_size=20),
)
def test_any_reads_give_the_announced_length_and_the_true_hash(
    content: bytes, name: str, fields: Dict[str, str], amounts: List[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "file"
        path.write_bytes(content)
        with FileForm(path, name, fields) as form:
            chunks = [form.read(amount) for amount in amounts]
            assert all(len(chunk) <= amount for chunk, amount in zip(chunks, amounts))
            body = b"".join(chunks) + form.read()
            assert (len(body), form.complete, form.sha1) == (form.len, True, hashlib.sha1(content).hexdigest())
            head, tail = body.index(b"octet-stream\r\n\r\n") + 16, len(form.content_type.partition("=")[2]) + 8
            assert body[head:-tail] == content


def test_a_length_beyond_two_gibibytes_is_announced(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "large.gcode"
    path.touch()
    os.truncate(path, 5 * 2**30)  # a hole, it takes no space
    with FileForm(path, path.name, {}) as form:
        assert form.size == 5 * 2**30 < form.len
        form.read(16384)
        assert len(form.read(2**40)) == 1000  # and a large read takes no more memory than any other


def test_form_is_truthy_and_cannot_be_rewound(path: pathlib.Path) -> None:
    """requests drops a body that is false; one with `tell` and `seek` might be sent again from its middle."""
    with FileForm(path, path.name, {}) as form:
        assert form
        assert not any(hasattr(form, name) for name in ("__len__", "__iter__", "fileno", "tell", "seek"))


# -- hash and progress --------------------------------------------------------------------------------


def test_hash_covers_bytes_sent_so_far(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        assert form.sha1 == hashlib.sha1(b"").hexdigest()
        while form.sent < 3000:
            form.read(700)
        assert form.sha1 == hashlib.sha1(CONTENT[: form.sent]).hexdigest()
        assert not form.complete
        form.read()
    assert form.sha1 == hashlib.sha1(CONTENT).hexdigest()


def test_digest_queue_holds_few_chunks(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        while form.read(10):
            assert len(form._digest._waiting) <= 2


def test_progress_is_monotonic_and_ends_at_file_size(path: pathlib.Path) -> None:
    progress: List[Tuple[int, int]] = []
    with FileForm(path, path.name, {}, lambda *numbers: progress.append(numbers)) as form:
        read_by(form, 700)
    assert progress == sorted(set(progress)) and progress[-1] == (len(CONTENT), len(CONTENT))
    assert {total for _, total in progress} == {len(CONTENT)}


def test_form_is_complete_only_with_last_byte(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        for _ in range(form.len - 1):
            assert form.read(1)
        assert not form.complete
        assert form.read(1) == b"\n" and form.complete
