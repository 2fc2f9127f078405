"""Every act with everything that can go wrong with its request: done at most once, sent at most once, told as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterable, List, NamedTuple

import pytest
from busy import busy
from contract.program import Program, finish

from octoprint_cli.testing import FakeOctoPrint, Fault, FaultServer, Result

from .acts import BODIES, DONE, IN_FRONT, LINES, LOST, REFUSED, Act, path_of, sent
from .ring import CONTENT, DIALECTS, verdict

#: All GETs may be repeated, which makes it harder not to repeat an act.
CONFIG = "retries: 2\ntimeout: {timeout}\n"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting by the push socket goes by the real clock: `connect` looks not so long here for what may never have arrived."""
    monkeypatch.setattr("octoprint_cli.client.resource.LOST_SECONDS", 1.0 * busy())


class Told(NamedTuple):
    """What was told and what is true."""

    result: Result
    effect: bool
    #: The requests of the act that arrived, and those that had an effect.
    sent: List[str]
    acts: List[str]
    all_sent: List[str]


def world(line: Act, version: str, fault: Fault) -> FaultServer:
    """A server where the line's act goes wrong."""
    server = FaultServer(FakeOctoPrint(version))
    line.scene(server.octoprint)
    server.fail("POST", path_of(line, server), fault)
    return server


def words(line: Act, program: Program, timeout: float) -> List[str]:
    program.configure(CONFIG.format(timeout=timeout))
    return [*line.argv.format(file=program.file(content=CONTENT)).split(), "--json"]


def told(line: Act, server: FaultServer, result: Result) -> Told:
    acts = [str(act) for act in server.acts if act.path == path_of(line, server)]
    everything = [str(request) for request in server.changes() if request.path not in ("/api/files/test", "/api/login")]
    return Told(result, line.effect(server.octoprint), sent(line, server), acts, everything)


class Case(NamedTuple):
    """A line, a fault, a dialect, as a process."""

    line: str
    fault: str
    version: str

    def run(self, folder: Path) -> Told:
        line = LINES[self.line]
        with world(line, self.version, fault_of(self)) as server:
            program = Program(folder, server)
            result = finish(program.start(*words(line, program, 1.5 * busy()), "--debug"))
            return told(line, server, quietened(result))


def fault_of(case: Case) -> Fault:
    return {**DONE, **LOST, **{name: refusal.fault for name, refusal in REFUSED.items()}}[case.fault]


def quietened(result: Result) -> Result:
    """What `--debug` adds is a traceback of ours, asked for; the rest must be without."""
    return result._replace(stderr=result.stderr.replace("Traceback (most recent call last)", "asked for"))


def pairs(faults: Iterable[str], lines: Iterable[str] = LINES, turn: int = 0) -> List[Any]:
    """Each line with each fault, the dialects in turn, so that each of both meets both; `turn` is 1 for the other way round."""
    crossed = [
        (line, fault, DIALECTS[(number + at + turn) % 2]) for number, line in enumerate(lines) for at, fault in enumerate(faults)
    ]
    return [pytest.param(Case(*case), id="-".join(case)) for case in crossed]


#: Refusals differ in the answer alone; these few as processes, all of them below.
FEW = {name: REFUSED[name] for name in ("too_often", "bad_key")}
#: What takes the program's own time to find out: each with every line below, on a real clock.
SLOW_FAULTS = ("hang_after", "drip_header", "drip_body")
#: These as processes, with few lines: that it is a process changes nothing of what is asked and told.
OFTEN = ("cut_after", "hang_after", "drip_header")
#: As processes; all of them below.
SOME = {name: LINES[name] for name in ("cancel", "print", "upload", "tool")}
#: The program waits 15 s on purpose for what may yet show: one that waits for a state, and one that waits for a file.
PATIENT = {name: LINES[name] for name in ("cancel", "upload")}


def check_at_most_once(found: Told) -> None:
    assert len(found.sent) <= 1, found.sent
    assert len(found.acts) <= 1 and len(set(found.all_sent)) == len(found.all_sent), found


def check_done(line: Act, found: Told, fault: str) -> None:
    """The effect is there, and was found out; where the server does not show it, it is not claimed."""
    check_at_most_once(found)
    code = verdict(found.result)
    assert found.effect and len(found.sent) == 1, found
    spoilt = fault not in BODIES or "/api/files" in found.sent[0]
    assert code == ("" if line.shown or not spoilt else "OUTCOME_UNKNOWN"), found.result
    if code:
        error = found.result.envelope["error"]
        assert error["retryable"] is False and error["details"]["now"]["state"], error


def check_lost(line: Act, found: Told, fault: str) -> None:
    """Nothing happened, and nobody says that it did, nor that trying again is all there is to do."""
    check_at_most_once(found)
    assert not found.effect and len(found.sent) == 1 and found.acts == [], found
    of_an_upload = {"hang": "TIMEOUT", "failed": "SERVER_ERROR", **dict.fromkeys(IN_FRONT, "UNEXPECTED_RESPONSE")}
    wanted = of_an_upload.get(fault, line.undone) if line.undone == "CONNECTION_ERROR" else line.undone
    assert verdict(found.result) == wanted, found.result


def check_refused(line: Act, found: Told, code: str) -> None:
    check_at_most_once(found)
    assert not found.effect and len(found.sent) == 1 and found.acts == [], found
    assert verdict(found.result) == code, found.result


# -- as processes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", pairs(["cut_before"], PATIENT))
def test_process_does_not_claim_a_change_that_was_not_made(case: Case, tmp_path: Path) -> None:
    check_lost(LINES[case.line], case.run(tmp_path), case.fault)


@pytest.mark.parametrize("case", pairs(OFTEN, SOME))
def test_process_finds_out_a_change_that_was_made(case: Case, tmp_path: Path) -> None:
    check_done(LINES[case.line], case.run(tmp_path), case.fault)


@pytest.mark.parametrize("case", pairs(FEW, SOME))
def test_process_reports_a_refusal(case: Case, tmp_path: Path) -> None:
    check_refused(LINES[case.line], case.run(tmp_path), REFUSED[case.fault].code)


# -- all of it, on a clock that hurries -------------------------------------------------------------

WAITING = ("hang", "hang_after", "drip_header", "drip_body")


def here(case: Case, folder: Path, timeout: float = 5) -> Told:
    """The same in this process."""
    line = LINES[case.line]
    with world(line, case.version, fault_of(case)) as server:
        program = Program(folder, server)
        return told(line, server, program.run(*words(line, program, timeout)))


@pytest.mark.parametrize("case", pairs([name for name in DONE if name not in WAITING], turn=1))
def test_change_that_was_made_is_found_out(case: Case, tmp_path: Path, hurried: Any) -> None:
    check_done(LINES[case.line], here(case, tmp_path), case.fault)


@pytest.mark.parametrize("case", pairs(SLOW_FAULTS))
def test_what_was_done_is_found_out_after_no_answer_in_time(case: Case, tmp_path: Path, hurried: Any) -> None:
    check_done(LINES[case.line], here(case, tmp_path, 1.5), case.fault)


@pytest.mark.parametrize("case", pairs([name for name in LOST if name not in WAITING]))
def test_change_that_was_not_made_is_not_claimed(case: Case, tmp_path: Path, hurried: Any) -> None:
    check_lost(LINES[case.line], here(case, tmp_path), case.fault)


@pytest.mark.parametrize("case", pairs(["hang"]))
def test_unanswered_change_is_not_claimed(case: Case, tmp_path: Path, hurried: Any) -> None:
    check_lost(LINES[case.line], here(case, tmp_path, 2), case.fault)


@pytest.mark.parametrize("case", pairs(REFUSED))
def test_refusal_is_reported(case: Case, tmp_path: Path, hurried: Any) -> None:
    check_refused(LINES[case.line], here(case, tmp_path), REFUSED[case.fault].code)
