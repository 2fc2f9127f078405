"""`wait` and `--wait` as commands, and the state that they show at the end."""

from __future__ import annotations

import math

import pytest

from octoprint_cli import errors
from octoprint_cli.client.tracking.goals import Goal
from octoprint_cli.client.tracking.waiter import Waiter

from .followed_jobs import PRINTING, print_history
from .scripted_push import ScriptedFeed, client
from .scripted_waits import CANCELLED, feed_of


def final_state(clock, *pieces):
    waiter = Waiter(client(), [Goal("done")])
    with pytest.raises(errors.CliError):
        for _ in waiter.watch(feed_of(clock, *pieces), 30.0):
            pass
    return waiter.final()


def test_final_state_is_polled_once_more(server_with_file, clock):
    server_with_file.job(
        server_with_file.reading("Cancelling", "cube.gcode"),
        server_with_file.reading("Cancelling", "cube.gcode"),
        server_with_file.reading("Operational", "cube.gcode"),
    )
    known = final_state(clock, PRINTING, CANCELLED)
    assert known.job.state == "Operational" and known.ending.outcome == "cancelled" and known.printer is not None


def test_final_state_is_last_known_if_server_is_unreachable(server_with_file, clock):
    server_with_file.on("GET", "/api/job", status_code=503, text="")
    known = final_state(clock, PRINTING, CANCELLED)
    assert known.job.state == "Printing" and known.ending.outcome == "cancelled" and known.printer is None


def test_final_state_is_none_if_nothing_was_received(server_with_file, clock):
    waiter = Waiter(client(), [Goal("done")])
    with pytest.raises(errors.WaitTimeout):
        list(waiter.watch(ScriptedFeed(clock), 5.0))
    assert waiter.final() is None


# -- as commands ----------------------------------------------------------------------------------


def test_wait_works_by_polling_only(server_with_file, clock):
    """As behind a proxy that lets no websocket through."""
    server_with_file.job(
        server_with_file.reading("Printing", "cube.gcode", completion=50.0),
        server_with_file.reading("Printing", "cube.gcode", completion=99.0),
        server_with_file.reading("Operational", "cube.gcode", completion=100.0),
    )
    result = server_with_file.run("wait", "--json")
    assert (result.exit_code, result.data["met"], result.data["last_job"]["outcome"]) == (0, "done", "finished")
    assert result.stderr.count("Warning: ") == 1 and "polled every 2 s" in result.stderr
    assert server_with_file.sent == []


def test_wait_timeout_works_by_polling_only(server_with_file, clock):
    server_with_file.job(server_with_file.reading("Printing", "cube.gcode", completion=50.0))
    result = server_with_file.run_error(4, "WAIT_TIMEOUT", "wait", "--timeout", "60")
    assert 60 <= clock.slept < 61 and result.data["job"]["completion"] == 50.0 and result.data["met"] is None
    assert result.data["seconds"] >= 60


def test_print_wait_runs_to_the_end(each_server, gcode_file, clock):
    server = each_server
    server.accept_upload()
    readings = [server.reading("Printing", "quick.gcode", completion=percent) for percent in (0.5, 50.0)]
    server.accept_post("/api/files/local/quick.gcode", *readings, server.reading("Operational", "quick.gcode", completion=100.0))
    data = server.run_ok("print", str(gcode_file), "--confirm", "--wait")
    assert data["started"] is True and data["met"] == "done" and data["state"] == "Operational"
    assert data["last_job"]["outcome"] == "finished" and data["last_job"]["file"] == "quick.gcode"


def test_failed_print_with_wait_reports_the_start(each_server, gcode_file, clock):
    server = each_server
    server.accept_upload()

    def failed():
        server.falsify("quick.gcode", prints=print_history(0, 1))

    gone = server.reading("Offline after error", error="Thermal Runaway")
    server.accept_post("/api/files/local/quick.gcode", server.reading("Printing", "quick.gcode", completion=0.5), gone, also=failed)
    server.add_file("quick.gcode", gcode_file.read_bytes(), prints=print_history(0, 0))
    result = server.run("print", str(gcode_file), "--confirm", "--wait", "--json")
    assert result.code in ("PRINTER_OFFLINE", "JOB_FAILED") and result.data["started"] is True
    assert result.data["last_job"]["outcome"] == "failed" and result.data["error"] == "Thermal Runaway"


def test_interrupted_print_wait_leaves_the_print_running(server, gcode_file, clock):
    server.accept_upload()
    server.accept_post("/api/files/local/quick.gcode", server.reading("Printing", "quick.gcode", completion=0.5))
    sleep = clock.sleep

    def interrupted(seconds):
        sleep(seconds)
        if clock.slept > 10:
            raise KeyboardInterrupt

    clock.sleep = interrupted
    error = server.run_error(130, "INTERRUPTED", "print", str(gcode_file), "--confirm", "--wait").envelope["error"]
    assert error["message"] == "interrupted; the job goes on: the printer is Printing with quick.gcode"
    assert [path for path, _ in server.sent] == ["/api/files/local", "/api/files/local/quick.gcode"]


def test_temp_wait_runs_until_target_is_reached(each_server, clock):
    server = each_server
    server.accept_targets()
    sleep = clock.sleep

    def warmer(seconds):
        sleep(seconds)
        server.octoprint.heaters["tool0"][0] = min(200.0, 21.3 + clock.slept * 10)

    clock.sleep = warmer
    data = server.run_ok("temp", "--tool", "200", "--wait")
    assert data["met"] == "temp" and data["set"] == {"tool0": 200.0} and data["temperature"]["tool0"]["actual"] >= 198
    assert math.isclose(clock.slept, 18, abs_tol=2.5)
