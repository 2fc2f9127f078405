"""The printer profile as recorded on 1.11.8 and 2.0.0rc7, and one that says less."""

from __future__ import annotations

import pytest

from octoprint_cli.client.client import Client
from octoprint_cli.client.http.server_address import ServerAddress
from octoprint_cli.client.resources.profiles import Profile, Volume
from octoprint_cli.errors import PermissionDenied, UnexpectedResponse

from . import payloads
from .driver import KEY, URL

PATH = "/api/printerprofiles"


@pytest.fixture
def current(each_server):
    """What the client takes for the current profile."""
    return Client(ServerAddress(URL, KEY), retries=0).profile.current


def test_default_profile_is_read(current):
    volume = Volume((0, 200), (0, 200), (0, 200))
    assert current() == Profile("_default", "Default", "Generic RepRap Printer", True, False, 1, False, 0.4, volume)


def test_current_profile_precedes_default(each_server, current):
    dual = payloads.profile(name="Dual", extruder={"count": 2, "sharedNozzle": True})
    each_server.octoprint.profiles["dual"] = dual
    each_server.octoprint.profile = "dual"
    assert (current().id, current().extruders, current().shared_nozzle) == ("dual", 2, True)


def test_default_profile_is_used_if_none_is_current(each_server, current):
    other, default = payloads.profile(id="a", current=False, default=False), payloads.profile(current=False)
    each_server.on("GET", PATH, json={"profiles": {"a": other, "_default": default}})
    assert current().id == "_default"


@pytest.mark.parametrize(
    "answer", [{"profiles": {}}, {}, {"profiles": None}, {"profiles": {"a": {"id": "a"}}}, {"profiles": {"a": 1}}], ids=str
)
def test_answer_without_profile_is_unexpected(each_server, current, answer):
    each_server.on("GET", PATH, json=answer)
    with pytest.raises(UnexpectedResponse):
        current()


def test_missing_profile_permission_is_named(each_server, current):
    each_server.on("GET", PATH, status_code=403, json={"error": "no"})
    with pytest.raises(PermissionDenied, match="CONNECTION"):
        current()


@pytest.mark.parametrize(
    "changes", [{"extruder": None, "volume": None}, {"extruder": {"count": "2", "nozzleDiameter": True}, "volume": 3}], ids=str
)
def test_missing_profile_values_are_unknown(each_server, current, changes):
    unclear = payloads.profile(heatedBed=None, heatedChamber="no", name=None, model=5)
    each_server.octoprint.profiles["_default"] = {**unclear, **changes}
    assert current() == Profile("_default", None, None, None, None, None, False, None, None)


def test_round_bed_has_origin_in_its_centre(each_server, current):
    round_bed = {"formFactor": "circular", "width": 180, "depth": 300}
    each_server.octoprint.profiles["_default"]["volume"].update(round_bed)
    assert current().volume == Volume((-90, 90), (-90, 90), (0, 200), radius=90)
    assert current().volume.circle == 90


def test_custom_box_overrides_volume(each_server, current):
    box = {"x_min": -5.5, "x_max": None, "y_min": "0", "z_max": 250}
    each_server.octoprint.profiles["_default"]["volume"].update(custom_box=box, formFactor="circular", width=100)
    assert current().volume == Volume((-5.5, 50), (-50, 50), (0, 250), radius=50, custom=True)
    assert current().volume.circle is None
