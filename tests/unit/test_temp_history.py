"""temp --history: what the server remembers, as a plot to a person and as numbers to a machine."""

from __future__ import annotations

import io

import pytest

from octoprint_cli.app.program import Program

PAST = [
    (1795398160, {"tool0": (150.0, 200.0), "bed": (40.0, 60.0), "chamber": (None, None)}),
    (1795398162, {}),  # no printer was connected
    (1795398164, {"tool0": (160.5, None), "bed": (41.0, 60.0)}),
]


@pytest.fixture
def warm(each_server):
    each_server.octoprint.history = list(PAST)
    return each_server


def test_history_json_has_every_sample_with_utc_time(warm):
    data = warm.run_ok("temp", "--history")
    assert data["temperature"] == {"tool0": {"actual": 21.3, "target": 0.0}, "bed": {"actual": 21.1, "target": 0.0}}
    assert data["set"] == {} and list(data) == ["temperature", "set", "history"]
    assert data["history"] == [
        {"time": "2026-11-23T01:42:40Z", "tool0": {"actual": 150.0, "target": 200.0}, "bed": {"actual": 40.0, "target": 60.0}},
        {"time": "2026-11-23T01:42:42Z"},
        {"time": "2026-11-23T01:42:44Z", "tool0": {"actual": 160.5, "target": None}, "bed": {"actual": 41.0, "target": 60.0}},
    ]
    assert warm.sent == []


@pytest.mark.parametrize(("limit", "times"), [((), 3), (("--limit", "2"), 2), (("--limit", "0"), 3), (("--limit", "99"), 3)])
def test_history_limit_is_passed_to_the_server(warm, limit, times):
    assert len(warm.run_ok("temp", "--history", *limit)["history"]) == times
    asked = [request.qs.get("limit") for request in warm.requests if "history" in request.qs]
    assert asked == [[limit[1]] if limit else None]
    assert [request.qs["exclude"] for request in warm.requests if "history" in request.qs] == [["sd,state"]]


def test_temp_without_history_requests_none(warm):
    assert "history" not in warm.run_ok("temp")
    assert [request.qs for request in warm.requests if "history" in request.qs] == []


def test_sample_without_valid_time_is_left_out(server):
    server.octoprint.history = [(None, {"bed": (1.0, 2.0)}), ("soon", {"bed": (1.0, 2.0)}), *PAST[:1]]
    assert [sample["time"] for sample in server.run_ok("temp", "--history")["history"]] == ["2026-11-23T01:42:40Z"]


@pytest.mark.parametrize("name", ["tool01x", "history", "time", "profile", "TOOL0"])
def test_sample_entries_that_are_no_heater_are_left_out(server, name):
    server.octoprint.history = [(1795398160, {"bed": (40.0, 60.0), name: (1.0, 2.0)})]
    (sample,) = server.run_ok("temp", "--history")["history"]
    assert set(sample) == {"time", "bed"}


def test_history_as_plain_text_shows_temperatures_and_plot(warm, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "16")
    shown = warm.run("temp", "--history").stdout.splitlines()
    assert shown[:3] == ["tool0: 21.3 °C (off)", "bed: 21.1 °C (off)", ""]
    assert shown[-1].endswith("minutes ago") and max(map(len, shown)) == 60 and len(shown) == 14
    assert shown[3].startswith("200 °C ┤") and any(row.endswith(" bed") for row in shown[3:])
    assert any(0x2800 < ord(char) < 0x2900 for row in shown for char in row)


def test_plot_height_is_limited(warm, monkeypatch):
    monkeypatch.setenv("LINES", "100")
    assert len(warm.run("temp", "--history").stdout.splitlines()) == 23


def test_ascii_stream_gets_ascii_plot(server):
    server.octoprint.history = list(PAST)
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict", newline="")
    assert Program(io.StringIO(), stdout, io.StringIO(), server.env).run(["temp", "--history"]) == 0
    stdout.flush()
    shown = stdout.buffer.getvalue().decode("ascii")
    assert "* tool0" in shown and "o bed" in shown and "minutes ago" in shown and "tool0: 21.3 C (off)" in shown


def test_empty_history_is_reported_in_words(server):
    shown = server.run("temp", "--history").stdout
    assert "tool0: 21.3 °C (off)" in shown and "no temperatures are known yet" in shown
    assert server.run_ok("temp", "--history")["history"] == []


@pytest.mark.parametrize("name", ["history", "temperature", "temperature.bed"])
def test_history_columns_can_be_chosen(warm, name):
    shown = warm.run("temp", "--history", "-c", name, "-f", "table").stdout
    assert ("minutes ago" in shown) is (name == "history") and ("21.1 °C (off)" in shown) is (name != "history")
    assert list(warm.run_ok("temp", "--history", "-c", name)) == [name.partition(".")[0]]


@pytest.mark.parametrize(
    "options",
    [
        ("--history", "--tool", "200"),
        ("--history", "--bed", "60"),
        ("--history", "--off"),
        ("--limit", "5"),
        ("--limit", "5", "--tool", "200"),
        ("--history", "--limit", "-1"),
        ("--history", "--limit", "many"),
        ("--history", "--limit", "²"),
        ("--history", "--limit", "9" * 5000),
    ],
    ids=lambda options: " ".join(options)[:30],
)
def test_history_with_target_options_is_a_usage_error(each_server, options):
    result = each_server.run_error(4, "USAGE_ERROR", "temp", *options)
    assert result.envelope["error"]["hint"].startswith("octoprint-cli ") and each_server.requests == []


def test_history_without_printer_is_offline(each_server):
    each_server.offline()
    each_server.run_error(1, "PRINTER_OFFLINE", "temp", "--history")
