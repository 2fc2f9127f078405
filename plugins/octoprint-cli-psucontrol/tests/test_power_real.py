"""A real OctoPrint that has no PSU Control."""

from __future__ import annotations

import pytest

from octoprint_cli.testing import RealOctoPrint


@pytest.mark.timeout(660)  # the first time it is installed
def test_real_server_without_psucontrol(real_octoprint: RealOctoPrint) -> None:
    for line in (("status",), ("on", "--confirm"), ("off", "--emergency", "--confirm")):
        assert real_octoprint.run("power", *line, expect=4).code == "PSUCONTROL_MISSING"
    assert real_octoprint.run("version").data["server"] == real_octoprint.version
