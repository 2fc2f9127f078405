"""form: a file that changes or cannot be read is not sent to its end, and nothing is left behind, whatever happens."""

from __future__ import annotations

import hashlib
import os
import pathlib
from typing import Any

import pytest

from octoprint_cli import errors
from octoprint_cli.client.http.multipart import FileForm

from .forms import CONTENT, a_file, no_thread_is_left, read_by, small_chunks, workers  # noqa: F401


def later(path: pathlib.Path) -> None:
    """Move the modification time on, whatever the file system's clock ticks in."""
    found = path.stat()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns + 10**9))


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


def test_replaced_symlink_counts_as_changed_file(path: pathlib.Path) -> None:
    link, other = path.with_name("link.gcode"), path.with_name("other.gcode")
    link.symlink_to(path)
    other.write_bytes(CONTENT)
    with FileForm(link, link.name, {}) as form:
        form.read(1000)
        link.unlink()
        link.symlink_to(other)
        with pytest.raises(errors.FileChanged):
            form.read()


def test_file_truncated_after_check_is_refused(path: pathlib.Path, monkeypatch: Any) -> None:
    with FileForm(path, path.name, {}) as form:
        monkeypatch.setattr(form._source, "require_unchanged", lambda: None)
        os.truncate(path, 5000)
        with pytest.raises(errors.FileChanged, match="shorter"):
            form.read()
        assert (form.sent, form.complete) == (5000, False)


def test_changed_permissions_or_hard_links_are_no_change(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        form.read(1000)
        path.chmod(0o600)
        os.link(path, path.with_name("backup"))
        form.read()
        assert form.complete


# -- a file that cannot be read -----------------------------------------------------------------------


def test_missing_file_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(errors.FileNotFound, match=r"there is no file .*none\.gcode") as caught:
        FileForm(tmp_path / "none.gcode", "none.gcode", {})
    assert caught.value.hint == f"ls {tmp_path}"


def test_folder_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(errors.FileInvalid, match="is a folder, not a file"):
        FileForm(tmp_path, "x", {})


@pytest.mark.timeout(60)
def test_pipe_or_device_is_refused_without_blocking(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "pipe.gcode")
    for path in (tmp_path / "pipe.gcode", pathlib.Path(os.devnull)):
        with pytest.raises(errors.FileInvalid, match="a pipe or a device"):
            FileForm(path, "x", {})


def test_unreadable_file_is_refused(path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_read_error_during_upload_is_file_unreadable(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        form._source._file = Broken(form._source._file)  # type: ignore[assignment]
        with pytest.raises(errors.FileUnreadable, match="Input/output error"):
            form.read()
        assert (form.sent, form.complete) == (1000, False)


def test_file_name_that_is_not_utf8_is_refused(path: pathlib.Path) -> None:
    with pytest.raises(errors.FileInvalid, match="not valid UTF-8"):
        FileForm(path, os.fsdecode(b"gr\xfcn.gcode"), {})


# -- its end ------------------------------------------------------------------------------------------


def test_unread_form_starts_no_thread(path: pathlib.Path) -> None:
    with FileForm(path, path.name, {}) as form:
        assert form.read(10) and workers() == []


@pytest.mark.parametrize("trouble", [None, OSError, KeyboardInterrupt, errors.Terminated])
def test_worker_and_file_are_closed_after_any_exception(path: pathlib.Path, trouble: Any) -> None:
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


def test_exception_in_progress_callback_closes_file(path: pathlib.Path) -> None:
    def stop(sent: int, size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), FileForm(path, path.name, {}, stop) as form:
        form.read()
    assert not form.complete and form._source._file.closed
