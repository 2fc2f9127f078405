"""The kit's OctoPrint, its printer, job, keys and permissions, in both dialects, through real requests."""

from __future__ import annotations

from typing import Any, ClassVar, Dict, List

import pytest

from octoprint_cli.testing import PERMISSIONS, FakeOctoPrint, FaultServer, Refused, Reply, ServerPlugin
from octoprint_cli.testing.octoprint.printer_state import new_profile
from octoprint_cli.testing.octoprint.server_plugins import PLUGINS

from .kit import NAME, acts, ask, get, post, state, upload


def flags(server: FaultServer) -> Any:
    return {name for name, on in get(server, "/api/printer")["state"]["flags"].items() if on}


def start(server: FaultServer, path: str = NAME) -> None:
    post(server, f"/api/files/local/{path}", command="select", print=True)


# -- the job ----------------------------------------------------------------------------------------


def test_job_runs_from_start_to_finish(each: FaultServer) -> None:
    start(each)
    assert state(each) == "Printing"
    assert flags(each) == {"operational", "printing", "sdReady"}
    each.octoprint.finish()
    job = get(each, "/api/job")
    assert (job["state"], job["progress"]["completion"], job["progress"]["printTimeLeft"]) == ("Operational", 100.0, 0)
    assert (job["progress"]["filepos"], job["job"]["file"]["path"]) == (10, NAME)
    prints = get(each, f"/api/files/local/{NAME}")["prints"]
    assert (prints["success"], prints["failure"], prints["last"]["success"]) == (1, 0, True)
    assert prints["last"]["date"] > 1795333787
    assert each.octoprint.started == [f"local/{NAME}"]
    assert acts(each) == [f"POST /api/files/local/{NAME}"]


def test_a_cancelled_job_counts_as_a_failure(each: FaultServer) -> None:
    start(each)
    post(each, "/api/job", command="cancel")
    job = get(each, "/api/job")
    assert (job["state"], job["job"]["file"]["path"]) == ("Operational", NAME)
    assert set(job["progress"].values()) == {None}
    prints = get(each, f"/api/files/local/{NAME}")["prints"]
    assert (prints["success"], prints["failure"], prints["last"]["success"]) == (0, 1, False)
    assert "printTime" not in prints["last"]


def test_start_without_selected_file_is_accepted_but_ignored(each: FaultServer) -> None:
    post(each, "/api/job", command="start")
    assert state(each) == "Operational"
    assert each.acts == []


@pytest.mark.parametrize("verb", ["cancel", "pause", "restart"])
def test_job_commands_without_job_are_refused(verb: str, each: FaultServer) -> None:
    post(each, "/api/job", 409, command=verb)


def test_pause_and_resume_change_the_state(each: FaultServer) -> None:
    start(each)
    post(each, "/api/job", command="pause", action="pause")
    assert state(each) == "Paused"
    assert ("printing" in flags(each)) is each.octoprint.is_2
    assert "paused" in flags(each)
    post(each, "/api/job", command="pause", action="resume")
    assert state(each) == "Printing"
    post(each, "/api/job", 400, command="pause", action="dance")


def test_toggle_and_restart_do_nothing_in_octoprint_2(one: FaultServer, two: FaultServer) -> None:
    for verb in ("pause", "restart"):
        for server in (one, two):
            server.octoprint.printing(NAME, state="Paused")
            post(server, "/api/job", command=verb)
        assert (state(one), state(two)) == ("Printing", "Paused")
    assert (len(one.acts), len(two.acts)) == (2, 0)


def test_requests_refused_while_printing(each: FaultServer) -> None:
    each.octoprint.printing(NAME)
    assert "already printing" in post(each, f"/api/files/local/{NAME}", 409, command="select").text
    assert "restart" in post(each, "/api/job", 409, command="start").text
    assert "being printed" in upload(each, NAME).text
    assert "in use" in ask(each, "DELETE", f"/api/files/local/{NAME}").text
    assert each.acts == []
    post(each, "/api/connection", command="disconnect")  # kills the job without asking
    assert get(each, "/api/job")["job"]["file"]["path"] is None


def test_requests_without_connected_printer(each: FaultServer) -> None:
    each.octoprint.state = "Offline"
    assert ask(each, "GET", "/api/printer").status_code == 409
    assert state(each) == "Offline"
    assert "not operational" in post(each, "/api/job", 409, command="bogus").text
    assert "already printing" in post(each, f"/api/files/local/{NAME}", 409, command="select").text
    assert post(each, "/api/printer/command", 409, command="G28").json()
    current = get(each, "/api/connection")["current"]
    assert (current["state"], current["printerProfile"]) == (("Offline", None) if each.octoprint.is_2 else ("Closed", "_default"))
    post(each, "/api/connection", 400, command="connect", port="COM7")
    post(each, "/api/connection", 400, command="connect", baudrate="115200")
    post(each, "/api/connection", command="connect", port="/dev/ttyS0", baudrate=115200)
    assert get(each, "/api/connection")["current"]["port"] == "/dev/ttyS0"


def test_error_is_kept_by_octoprint_1_and_lost_by_octoprint_2(one: FaultServer, two: FaultServer) -> None:
    for server in (one, two):
        assert get(server, "/api/job").get("error", "absent") == (None if server is two else "absent")
        server.octoprint.printing(NAME)
        server.octoprint.fail("Thermal Runaway")
        job = get(server, "/api/job")
        assert (job["state"], job["job"]["file"]["path"]) == ("Offline after error", None)
        assert job["error"] == (None if server is two else "Thermal Runaway")


@pytest.mark.parametrize("verb", ["cancel", "pause", "command", "target", "disconnect", "delete"])
def test_a_stubborn_server_accepts_and_does_nothing(verb: str, each: FaultServer) -> None:
    each.octoprint.printing("other.gcode")
    each.octoprint.ignored_verbs.add(verb)
    asked: Dict[str, Any] = {
        "cancel": ("POST", "/api/job", {"command": "cancel"}),
        "pause": ("POST", "/api/job", {"command": "pause", "action": "pause"}),
        "command": ("POST", "/api/printer/command", {"commands": ["G28"]}),
        "target": ("POST", "/api/printer/bed", {"command": "target", "target": 60}),
        "disconnect": ("POST", "/api/connection", {"command": "disconnect"}),
        "delete": ("DELETE", f"/api/files/local/{NAME}", None),
    }
    method, path, body = asked[verb]
    before = [get(each, "/api/job"), get(each, "/api/printer"), get(each, "/api/files/local")]
    assert ask(each, method, path, json=body).status_code == 204
    assert [get(each, "/api/job"), get(each, "/api/printer"), get(each, "/api/files/local")] == before
    assert each.octoprint.commands == each.acts == []
    each.octoprint.ignored_verbs.clear()
    assert ask(each, method, path, json=body).status_code == 204
    assert acts(each) == [f"{method} {path}"]


def test_targets_and_gcode_are_applied_or_refused(each: FaultServer) -> None:
    post(each, "/api/printer/tool", command="target", targets={"tool0": 210})
    post(each, "/api/printer/bed", command="target", target=60)
    post(each, "/api/printer/chamber", 409, command="target", target=40)
    post(each, "/api/printer/tool", 400, command="target", targets={"bed": 60})
    post(each, "/api/printer/bed", 500, command="target", target=-1)
    assert get(each, "/api/printer/tool")["tool0"]["target"] == 210
    assert get(each, "/api/printer")["temperature"]["bed"]["target"] == 60
    post(each, "/api/printer/command", command="G28")
    post(each, "/api/printer/command", commands=["G29", "M105"])
    assert each.octoprint.commands == ["G28", "G29", "M105"]
    assert len(each.acts) == 4


def test_temperature_history_returns_the_newest_samples(each: FaultServer) -> None:
    def past(query: str) -> List[Any]:
        return [sample["time"] for sample in get(each, f"/api/printer?{query}")["temperature"]["history"]]

    each.octoprint.history = [(second, {"tool0": [21.5, 0.0]} if second else {}) for second in range(310)]
    assert "history" not in get(each, "/api/printer")["temperature"]
    assert get(each, "/api/printer?history=true&limit=1")["temperature"]["history"] == [
        {"time": 309, "tool0": {"actual": 21.5, "target": 0.0}}
    ]
    assert past("history=true&limit=2") == [308, 309] == past("history=yes&limit=2")
    assert past("history=true") == list(range(10, 310)) == past("history=1&limit=-3")
    assert past("history=true&limit=0") == list(range(310))
    assert "temperature" not in get(each, "/api/printer?history=true&exclude=temperature")


# -- keys and permissions ---------------------------------------------------------------------------


def test_wrong_key_is_refused(each: FaultServer) -> None:
    assert ask(each, "GET", "/api/job", "wrong-key").status_code == 403
    assert ask(each, "POST", "/api/nowhere", "wrong-key").json() == {"error": "CSRF validation failed"}
    assert get(each, "/api/currentuser", key="wrong-key")["name"] is None
    assert set(get(each, "/api/currentuser")["permissions"]) == PERMISSIONS
    assert ask(each, "GET", f"/api/job?apikey={each.key}", "wrong-key").status_code == 200
    assert ask(each, "GET", "/api/job?apikey=wrong-key").status_code == 403
    assert ask(each, "GET", "/api/job", "", headers={"Authorization": f"Bearer {each.key}"}).status_code == 200


#: For each permission something that needs it.
NEEDED: Dict[str, Any] = {
    "STATUS": ("GET", "/api/job", None),
    "CONNECTION": ("POST", "/api/connection", {"command": "disconnect"}),
    "CONTROL": ("POST", "/api/printer/command", {"command": "G28"}),
    "PRINT": ("POST", "/api/job", {"command": "start"}),
    "FILES_LIST": ("GET", "/api/files/local", None),
    "FILES_SELECT": ("POST", f"/api/files/local/{NAME}", {"command": "select"}),
    "FILES_DELETE": ("DELETE", f"/api/files/local/{NAME}", None),
    "FILES_DOWNLOAD": ("GET", f"/downloads/files/local/{NAME}", None),
    "FILES_UPLOAD": ("POST", "/api/files/local", None),
}


@pytest.mark.parametrize("lacking", NEEDED)
def test_key_lacking_a_permission_is_refused(lacking: str, each: FaultServer) -> None:
    method, path, body = NEEDED[lacking]
    each.octoprint.permissions = {"FILES_LIST" if lacking != "FILES_LIST" else "STATUS"}
    assert ask(each, method, path, json=body).status_code == 403
    assert each.acts == []
    each.octoprint.permissions = {lacking}
    assert ask(each, method, path, json=body).status_code != 403
    each.octoprint.permissions = {"ADMIN"}
    assert ask(each, method, path, json=body).status_code != 403


def test_upload_is_restricted_by_permissions(each: FaultServer) -> None:
    each.octoprint.permissions = {"FILES_UPLOAD"}
    assert upload(each, NAME).status_code == 403  # it would replace one
    assert upload(each, "new.gcode", select="true", print="true").json()["effectivePrint"] is False
    assert each.octoprint.selected is None


# -- what it knows of its printer, and warns of -----------------------------------------------------------


def current(server: FaultServer) -> Any:
    (found,) = [profile for profile in get(server, "/api/printerprofiles")["profiles"].values() if profile["current"]]
    return found


def test_current_profile_is_the_one_connected_with(each: FaultServer) -> None:
    each.octoprint.profiles["dual"] = new_profile("Dual", "Ender-3")
    each.octoprint.profiles["dual"]["extruder"]["count"] = 2
    assert (current(each)["id"], current(each)["default"], current(each)["volume"]["width"]) == ("_default", True, 200.0)
    post(each, "/api/connection", 400, command="connect", printerProfile="mini")
    post(each, "/api/connection", command="disconnect")
    post(each, "/api/connection", command="connect", printerProfile="dual")
    assert (current(each)["id"], current(each)["extruder"]["count"], current(each)["model"]) == ("dual", 2, "Ender-3")
    post(each, "/api/connection", command="connect", printerProfile="_default")
    link = get(each, "/api/connection")
    assert link["current"]["printerProfile"] == "dual" and len(link["options"]["printerProfiles"]) == 2
    post(each, "/api/connection", command="disconnect")
    assert current(each)["id"] == "_default"


@pytest.mark.parametrize("name", PLUGINS)
def test_server_plugin_answer_requires_its_permission(name: str, each: FaultServer) -> None:
    assert ask(each, "GET", f"/api/plugin/{name}").status_code == 404
    each.octoprint.plugins[name] = {"answer": 1}
    assert get(each, f"/api/plugin/{name}") == {"answer": 1}
    each.octoprint.permissions = {"STATUS"}
    assert ask(each, "GET", f"/api/plugin/{name}").status_code == 403
    each.octoprint.permissions = {PLUGINS[name]}
    assert ask(each, "GET", f"/api/plugin/{name}").status_code == 200
    assert ask(each, "GET", "/api/printerprofiles").status_code == 403


class Lamp(ServerPlugin):
    """A lamp that wants a permission of its own."""

    commands: ClassVar[Dict[str, List[str]]] = {"turn": ["on"], "wait": []}

    def __init__(self) -> None:
        self.on = False

    def get(self, octoprint: Any) -> Reply:
        return Reply(200, {"on": self.on})

    def command(self, octoprint: Any, name: str, body: Dict[str, Any]) -> Reply:
        if name == "wait":
            raise Refused(409, "there is nothing to wait for")
        octoprint.require("PLUGIN_LAMP_TURN")
        self.on = body["on"]
        return Reply(204, acted=True)


def test_server_plugin_may_have_its_own_api(each: FaultServer) -> None:
    path = "/api/plugin/lamp"
    assert ask(each, "GET", path).status_code == 404
    assert post(each, path, 400, command="turn", on=True).json()["error"].startswith("The browser")
    each.octoprint.plugins["lamp"] = Lamp()
    assert post(each, path, 204, command="turn", on=True).content == b""
    assert (get(each, path), [str(act) for act in each.acts]) == ({"on": True}, [f'POST {path} {{"command": "turn", "on": true}}'])
    for body in ({}, {"command": "turn"}, {"command": "burn"}, {"command": ["turn"]}):
        post(each, path, 400, **body)
    assert post(each, path, 409, command="wait").json() == {"error": "there is nothing to wait for"}
    each.octoprint.permissions = {"STATUS"}
    post(each, path, 403, command="turn", on=False)
    assert ask(each, "POST", path, "wrong", json={"command": "wait"}).json() == {"error": "CSRF validation failed"}
    assert each.octoprint.plugins["lamp"].on and len(each.acts) == 1


def test_server_plugin_without_commands_accepts_none() -> None:
    with FaultServer(FakeOctoPrint()) as server:
        server.octoprint.plugins.update(silent=ServerPlugin(), plain={"answer": 1})
        assert ask(server, "GET", "/api/plugin/silent").status_code == 204
        for name in ("silent", "plain"):
            post(server, f"/api/plugin/{name}", 405, command="turn")


# -- what is no route -------------------------------------------------------------------------------


def test_unknown_url_is_json_below_api_and_html_elsewhere(each: FaultServer) -> None:
    assert ask(each, "GET", "/api/nowhere").json()["error"].startswith("The requested URL")
    assert ask(each, "GET", "/nowhere").headers["Content-Type"].startswith("text/html")
    assert ask(each, "PUT", "/api/job", json={}).status_code == 405
    assert ask(each, "GET", "/").headers["Location"].startswith("/login/")
    assert ask(each, "GET", "/api/files//local").headers["Location"] == "/api/files/local"
    assert ask(each, "GET", "/online.txt", "").text == "online"


def test_body_that_is_not_json_is_refused(each: FaultServer) -> None:
    assert ask(each, "POST", "/api/job", data="command=cancel").status_code == 415
    broken = ask(each, "POST", "/api/job", data="{", headers={"Content-Type": "application/json"})
    assert broken.status_code == 400
    assert ask(each, "POST", "/api/job", json=["cancel"]).status_code == 400


def test_api_answers_have_octoprint_headers(each: FaultServer) -> None:
    assert ask(each, "GET", "/api/version").headers["X-Clacks-Overhead"] == "GNU Terry Pratchett"
    assert get(each, "/api/version")["server"] == each.octoprint.version
