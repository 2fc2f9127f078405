"""form: the body of an upload is this file and no other, its length and its hash are true, and no thread outlives it."""

from __future__ import annotations

import hashlib
import os
import pathlib
import tempfile
import threading
from typing import Any, Dict, Iterator, List, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests_toolbelt.multipart.decoder import MultipartDecoder

from octoprint_cli import errors
from octoprint_cli.client import form as module
from octoprint_cli.client.form import FileForm

CONTENT = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small file has many."""
    monkeypatch.setattr(module, "CHUNK", 1000)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert workers() == []


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    file = tmp_path / "quick.gcode"
    file.write_bytes(CONTENT)
    return file


def workers() -> List[str]:
    return [thread.name for thread in threading.enumerate() if "sha1" in thread.name]


def parts(form: FileForm, body: bytes) -> List[Tuple[str, bytes]]:
    """What another library reads in the body: each part's Content-Disposition and its content."""
    decoded = MultipartDecoder(body, form.content_type).parts
    return [(part.headers[b"Content-Disposition"].decode("utf-8"), part.content) for part in decoded]


def read_by(form: FileForm, amount: int) -> bytes:
    return b"".join(iter(lambda: form.read(amount), b""))


def later(path: pathlib.Path) -> None:
    """Move the modification time on, whatever the file system's clock ticks in."""
    found = path.stat()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns + 10**9))


# -- the body -----------------------------------------------------------------------------------------


def test_the_body_is_byte_for_byte_what_browsers_send(path: pathlib.Path) -> None:
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
def test_another_library_reads_the_fields_and_then_the_file(
    path: pathlib.Path, name: str, spelled: str, fields: Dict[str, str]
) -> None:
    with FileForm(path, name, fields) as form:
        found = parts(form, form.read())
    assert found[:-1] == [(f'form-data; name="{field}"', value.encode()) for field, value in fields.items()]
    assert found[-1] == (f'form-data; name="file"; filename="{spelled}"', CONTENT)


def test_no_two_forms_have_the_same_boundary(path: pathlib.Path) -> None:
    with FileForm(path, "a", {}) as one, FileForm(path, "a", {}) as other:
        assert one.content_type != other.content_type


def test_an_empty_file_is_a_form_with_an_empty_part(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "empty.gcode"
    path.touch()
    with FileForm(path, path.name, {}) as form:
        assert parts(form, form.read())[0][1] == b""
        assert (form.size, form.sent, form.sha1, form.complete) == (0, 0, hashlib.sha1().hexdigest(), True)


@pytest.mark.parametrize("amount", [1, 7, 999, 1000, 1001, 16384, 10**9])
def test_the_length_is_the_announced_one_however_it_is_read(path: pathlib.Path, amount: int) -> None:
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


def test_it_stands_for_true_and_cannot_be_rewound(path: pathlib.Path) -> None:
    """requests drops a body that is false; one with `tell` and `seek` might be sent again from its middle."""
    with FileForm(path, path.name, {}) as form:
        assert form
        assert not any(hasattr(form, name) for name in ("__len__", "__iter__", "fileno", "tell", "seek"))


# -- hash and progress --------------------------------------------------------------------------------


def test_the_hash_is_of_what_was_given_out_so_far(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        assert form.sha1 == hashlib.sha1(b"").hexdigest()
        while form.sent < 3000:
            form.read(700)
        assert form.sha1 == hashlib.sha1(CONTENT[: form.sent]).hexdigest()
        assert not form.complete
        form.read()
    assert form.sha1 == hashlib.sha1(CONTENT).hexdigest()


def test_no_more_than_a_few_chunks_wait_for_the_worker(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        while form.read(10):
            assert len(form._digest._waiting) <= 2


def test_progress_only_grows_and_ends_at_the_size(path: pathlib.Path) -> None:
    told: List[Tuple[int, int]] = []
    with FileForm(path, path.name, {}, lambda *numbers: told.append(numbers)) as form:
        read_by(form, 700)
    assert told == sorted(set(told)) and told[-1] == (len(CONTENT), len(CONTENT))
    assert {total for _, total in told} == {len(CONTENT)}


def test_complete_is_true_with_the_last_byte_and_not_before(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        for _ in range(form.len - 1):
            assert form.read(1)
        assert not form.complete
        assert form.read(1) == b"\n" and form.complete


# -- a file that changes ------------------------------------------------------------------------------


def shrink(path: pathlib.Path) -> None:
    os.truncate(path, 5000)


def grow(path: pathlib.Path) -> None:
    with path.open("ab") as file:
        file.write(b"G28")


def rewrite(path: pathlib.Path) -> None:
    with path.open("r+b") as file:
        file.write(b"other")
    later(path)


def replace(path: pathlib.Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(CONTENT)
    found = path.stat()
    os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))  # the same but for which file it is
    other.replace(path)


def swap_for_a_folder(path: pathlib.Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES = [shrink, grow, later, rewrite, replace, pathlib.Path.unlink, swap_for_a_folder]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("given_out", [0, 1, 5000, len(CONTENT)])
def test_a_file_that_changed_is_never_sent_to_its_end(path: pathlib.Path, change: Any, given_out: int) -> None:
    with FileForm(path, path.name, {}) as form:
        body = b""
        while form.sent < given_out:
            body += form.read(1000)
        change(path)
        with pytest.raises(errors.FileChanged, match=r"quick\.gcode changed"):
            read_by(form, 1000)
        with pytest.raises(errors.FileChanged):  # and not the second time, either
            read_by(form, 1000)
        assert not form.complete
        assert form._after.strip() not in body


def test_a_file_behind_a_link_is_replaced_with_the_link(path: pathlib.Path) -> None:
    link, other = path.with_name("link.gcode"), path.with_name("other.gcode")
    link.symlink_to(path)
    other.write_bytes(CONTENT)
    with FileForm(link, link.name, {}) as form:
        form.read(1000)
        link.unlink()
        link.symlink_to(other)
        with pytest.raises(errors.FileChanged):
            form.read()


def test_a_file_cut_off_between_the_look_and_the_read_gives_nothing_more(path: pathlib.Path, monkeypatch: Any) -> None:
    with FileForm(path, path.name, {}) as form:
        monkeypatch.setattr(form._source, "require_unchanged", lambda: None)
        os.truncate(path, 5000)
        with pytest.raises(errors.FileChanged, match="shorter"):
            form.read()
        assert (form.sent, form.complete) == (5000, False)


def test_what_leaves_the_bytes_alone_is_no_change(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        form.read(1000)
        path.chmod(0o600)
        os.link(path, path.with_name("backup"))
        form.read()
        assert form.complete


# -- a file that cannot be read -----------------------------------------------------------------------


def test_a_file_that_is_not_there(tmp_path: pathlib.Path) -> None:
    with pytest.raises(errors.FileNotFound, match=r"there is no file .*none\.gcode") as caught:
        FileForm(tmp_path / "none.gcode", "none.gcode", {})
    assert caught.value.hint == f"ls {tmp_path}"


def test_a_folder(tmp_path: pathlib.Path) -> None:
    with pytest.raises(errors.FileInvalid, match="is a folder, not a file"):
        FileForm(tmp_path, "x", {})


@pytest.mark.timeout(10)
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "pipe.gcode")
    for path in (tmp_path / "pipe.gcode", pathlib.Path(os.devnull)):
        with pytest.raises(errors.FileInvalid, match="a pipe or a device"):
            FileForm(path, "x", {})


def test_a_file_that_may_not_be_read(path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any, *how: Any, **more: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pathlib.Path, "open", refuse)
    with pytest.raises(errors.FileUnreadable, match="cannot be read: Permission denied") as caught:
        FileForm(path, path.name, {})
    assert caught.value.hint == f"ls -l {path}"


class Broken:
    """A file on a disk that fails from the second chunk on."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._reads = 0

    def read(self, amount: int) -> Any:
        self._reads += 1
        if self._reads > 1:
            raise OSError(5, "Input/output error")
        return self._file.read(amount)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_a_disk_that_fails_on_the_way(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        form._source._file = Broken(form._source._file)  # type: ignore[assignment]
        with pytest.raises(errors.FileUnreadable, match="Input/output error"):
            form.read()
        assert (form.sent, form.complete) == (1000, False)


def test_a_name_that_is_no_text(path: pathlib.Path) -> None:
    with pytest.raises(errors.FileInvalid, match="not valid UTF-8"):
        FileForm(path, os.fsdecode(b"gr\xfcn.gcode"), {})


# -- its end ------------------------------------------------------------------------------------------


def test_a_form_that_nobody_reads_starts_no_thread(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        assert form.read(10) and workers() == []


@pytest.mark.parametrize("trouble", [None, OSError, KeyboardInterrupt, errors.Terminated])
def test_worker_and_file_end_with_it_whatever_happens(path: pathlib.Path, trouble: Any) -> None:
    try:
        with FileForm(path, path.name, {}) as form:
            form.read(100), form.read(100), form.read(100)
            assert len(workers()) == 1
            if trouble:
                raise trouble
    except (OSError, KeyboardInterrupt, errors.Terminated):
        pass
    assert workers() == [] and form._source._file.closed
    assert form.sha1 == hashlib.sha1(CONTENT[: form.sent]).hexdigest()


def test_trouble_while_telling_the_progress_ends_it_too(path: pathlib.Path) -> None:
    def stop(sent: int, size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), FileForm(path, path.name, {}, stop) as form:
        form.read()
    assert not form.complete and form._source._file.closed
