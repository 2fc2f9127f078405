"""A command that streams, a plugin's too: a line for each thing as it happens, the envelope as the last one."""

from __future__ import annotations

import json

import pytest
import yaml

from octoprint_cli import errors
from octoprint_cli.api import Bytes, Stream
from octoprint_cli.testing import run

THINGS = [{"seq": 1, "size": Bytes(2048)}, {"seq": 2, "size": Bytes(None), "text": "a\x1b[31m\u202e\nb"}]


@pytest.fixture
def tick(extra_plugins, home):
    """Runs a command that tells these things, and ends with data or an error."""

    def add(*things, ends=None):
        class Tick(Stream):
            """tick once in a while"""

            def take_action(self, parsed_args):
                yield from things
                if isinstance(ends, BaseException):
                    raise ends
                return ends

        extra_plugins.add("commands", "tick", lambda: Tick)
        return lambda *words: run("tick", *words, env={"OCTOPRINT_CLI_HOME": str(home)})

    return add


def test_json_stream_is_lines_ending_with_envelope(tick):
    result = tick(*THINGS, ends={"met": "done"})("--json")
    assert result.exit_code == 0 and result.stdout.isascii()
    first, second, last = map(json.loads, result.stdout.splitlines())
    assert first == {"seq": 1, "size": 2048} and second == {"seq": 2, "size": None, "text": "a\x1b[31m\u202e\nb"}
    assert last == {"status": "success", "data": {"met": "done"}}


def test_yaml_stream_is_documents(tick):
    documents = list(yaml.safe_load_all(tick(*THINGS, ends={"met": "done"})("-f", "yaml").stdout))
    assert [document.get("seq") for document in documents] == [1, 2, None] and documents[-1]["status"] == "success"


@pytest.mark.parametrize("words", [["--json"], ["-f", "yaml"]])
def test_stream_error_is_last_document_with_its_data(tick, words):
    result = tick(THINGS[0], ends=errors.JobCancelled("cube.gcode was cancelled", data={"met": None}))(*words)
    documents = (
        list(yaml.safe_load_all(result.stdout)) if "yaml" in words else [json.loads(line) for line in result.stdout.splitlines()]
    )
    assert result.exit_code == 4 and documents[0]["seq"] == 1 and len(documents) == 2
    assert (
        documents[1]["status"] == "error"
        and documents[1]["error"]["code"] == "JOB_CANCELLED"
        and documents[1]["data"] == {"met": None}
    )


def test_plain_text_stream_is_escaped_lines_without_envelope(tick):
    result = tick(*THINGS, ends={"met": "done"})()
    assert result.stdout.splitlines()[1].endswith("a\\x1b[31m\\u202e\\nb") and len(result.stdout.splitlines()) == 2


def test_value_and_shell_streams_have_no_envelope(tick):
    run_it = tick(THINGS[0], ends={"met": "done"})
    assert run_it("-f", "value").stdout == "1\n2048\n"
    assert run_it("-f", "shell").stdout == "seq=1\nsize=2048\n"


def test_empty_stream_is_a_success(tick):
    assert json.loads(tick()("--json").stdout) == {"status": "success", "data": {}}


def test_bug_in_stream_command_is_reported_in_last_line(tick):
    result = tick(THINGS[0], ends=ZeroDivisionError("division by zero"))("--json")
    last = json.loads(result.stdout.splitlines()[-1])
    assert last["error"]["code"] == "PLUGIN_ERROR" and len(result.stdout.splitlines()) == 2


def test_keyboard_interrupt_ends_stream_with_error_line(tick):
    result = tick(THINGS[0], ends=KeyboardInterrupt())("--json")
    assert result.exit_code == 130
    assert [json.loads(line).get("status") for line in result.stdout.splitlines()] == [None, "error"]


def test_each_stream_line_is_flushed_at_once(extra_plugins, home):
    """Whoever reads a pipe hears of it at once, and not when a buffer is full."""
    import io

    from octoprint_cli.app.program import Program

    class Stdout(io.StringIO):
        flushed = 0

        def flush(self):
            self.flushed = len(self.getvalue().splitlines())

    stdout, seen = Stdout(), []

    class Tick(Stream):
        """tick once in a while"""

        def take_action(self, parsed_args):
            for number in range(3):
                yield {"seq": number}
                seen.append(stdout.flushed)
            return {}

    extra_plugins.add("commands", "tick", lambda: Tick)
    Program(io.StringIO(), stdout, io.StringIO(), {"OCTOPRINT_CLI_HOME": str(home)}).run(["tick", "--json"])
    assert seen == [1, 2, 3]


def test_closed_reader_ends_stream(extra_plugins, home):
    import io

    from octoprint_cli.app.program import Program

    class Gone(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    class Tick(Stream):
        """tick once in a while"""

        def take_action(self, parsed_args):
            while True:
                yield {"seq": 1}

    extra_plugins.add("commands", "tick", lambda: Tick)
    assert Program(io.StringIO(), Gone(), io.StringIO(), {"OCTOPRINT_CLI_HOME": str(home)}).run(["tick", "--json"]) == 141


def test_stream_columns_are_chosen_per_item(tick):
    run_it = tick(*THINGS, ends={"met": "done"})
    chosen = [json.loads(line) for line in run_it("--json", "-c", "text", "-c", "seq").stdout.splitlines()]
    assert chosen[:2] == [{"seq": 1}, {"text": THINGS[1]["text"], "seq": 2}]
    assert run_it("-c", "seq").stdout == "1\n2\n"


@pytest.mark.parametrize("name", ["told", "event_text"])
def test_event_text_can_be_overridden_by_its_old_name(name):
    kind = type("Tick", (Stream,), {"__doc__": "tick", name: lambda self, item: "tick"})
    assert kind.told is kind.event_text and kind.event_text(None, {}) == "tick"
