"""Running the program and looking at all of it: its output, whether it hangs, what the server received."""

from __future__ import annotations

import time
from typing import Any, Dict, List

from contract.program import Program, finish
from contract.reading import as_json, check_failure, check_success

from octoprint_cli.errors import CODES
from octoprint_cli.testing import GCODE, KEY, FaultServer, Result

#: Runs the program and says on stderr how much memory it took at most, in KiB. Not by ru_maxrss, where the system tells it
#: otherwise: that one begins with what the parent had at the fork.
MEASURED = """
import pathlib, re, resource, sys
from octoprint_cli.app.main import main
code = main(sys.argv[1:])
status = pathlib.Path("/proc/self/status")
found = re.search(r"VmHWM:\\s+(\\d+)", status.read_text() if status.exists() else "")
peak = int(found.group(1)) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sys.stderr.write(f"PEAK {peak}")
sys.stdout.flush()
raise SystemExit(code)
"""
DIALECTS = ("1.11.8", "2.0.0rc7")
#: What a G-code file holds, unless it matters.
CONTENT = GCODE
#: A run that takes longer hangs, on a busy machine, too. No limit that a test configures comes near it.
LONGEST = 120.0


def verdict(result: Result) -> str:
    """The error code of an answer in JSON, empty for a success; with everything that each must have."""
    check_quiet(result)
    envelope = as_json(result.stdout)
    if result.exit_code == 0:
        check_success(envelope)
        return ""
    error = check_failure(envelope)
    assert CODES[error["code"]].exit_code == result.exit_code, result
    code: str = error["code"]
    return code


def check_quiet(result: Result, *secrets: str) -> None:
    """No traceback, no key, no bug, whatever happened."""
    for text in (result.stdout, result.stderr):
        assert "Traceback" not in text and "INTERNAL_ERROR" not in text, result
        for secret in (KEY, *secrets):
            assert secret not in text, result
            assert secret[: len(secret) // 2] not in text, result


def error_of(result: Result, code: str) -> Dict[str, Any]:
    """The error of a failure in JSON, which must have that code."""
    assert verdict(result) == code, result
    error: Dict[str, Any] = result.envelope["error"]
    return error


def timed(program: Program, *argv: str, as_process: bool = False, **how: Any) -> Result:
    """Run a line in this process, or as a process, and fail if it hangs."""
    begun = time.monotonic()
    result = finish(program.start(*argv, **how)) if as_process else program.run(*argv, **how)
    assert time.monotonic() - begun < LONGEST, (time.monotonic() - begun, result)
    return result


def peak_of(result: Result) -> float:
    """The most memory that a measured run has taken, in MiB."""
    return int(result.stderr.rpartition("PEAK ")[2]) / 1024


def sent_to(server: FaultServer) -> List[str]:
    """The requests that were meant to change something; a question about a name, or a login, changes nothing."""
    return [str(request) for request in server.changes() if request.path not in ("/api/files/test", "/api/login")]
