"""Every act with everything that can go wrong with its request: done at most once, sent at most once, reported as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterable, List, NamedTuple, Tuple

import pytest
from contract.program import Program, finish

from octoprint_cli.testing import FakeOctoPrint, Fault, FaultServer, Result

from .acts import BODIES, DONE, IN_FRONT, LINES, LOST, REFUSED, Act, path_of, sent
from .crossing import DIALECTS, same_classes, with_classes
from .ring import CONTENT, verdict
from .slow import out_of_time

#: All GETs may be repeated, which makes it harder not to repeat an act.
CONFIG = "retries: 2\ntimeout: 60\n"
#: What is one to a command: its request was not answered, or answered in a way that says nothing of it.
DONE_CLASSES = (
    ("cut_after", "drip_header", "reset_after", "hang_after"),
    ("truncated", "failed_500", "overlong", *(f"gateway_{status}" for status in (500, 502, 503, 504, 520, 524))),
    tuple(f"{name}_after" for name in IN_FRONT),
)
LOST_CLASSES = (
    ("cut_before", "hang", "reset_before"),
    ("failed", "not_json", "html_502", "bomb", "html_503", "html_504", "nested", "html_524", "come_again"),
    tuple(IN_FRONT),
)
#: The server refuses for now, or for good.
REFUSED_CLASSES = (("booting", "too_often"), ("permission", "bad_key", "conflict"))
#: These meet each fault of each class: an act on the job, an upload, and one whose effect the server does not show.
EACH_FAULT = ("cancel", "upload", "gcode")
#: Faults in which the server does not answer in time.
SLOW = ("hang", "hang_after", "drip_header", "drip_body")
#: Only these answer with a body.
UPLOADS = [name for name, line in LINES.items() if line.path in ("/api/files/local", "/api/files/{card}")]


class Observed(NamedTuple):
    """What was reported, and what is true."""

    result: Result
    effect: bool
    #: The requests of the act that arrived, and those that had an effect.
    sent: List[str]
    acts: List[str]
    all_sent: List[str]


class Case(NamedTuple):
    """A line, a fault, a dialect."""

    line: str
    fault: str
    version: str

    def in_process(self, folder: Path) -> Observed:
        """Run it in this process, where the time of a request is up as soon as the server is slow."""
        return self._observed(folder, lambda program, words: program.run(*words), instant=True)

    def as_process(self, folder: Path) -> Observed:
        """Run it as a process; what `--debug` adds is a traceback that was asked for, and the rest must be without."""

        def run(program: Program, words: List[str]) -> Result:
            result = finish(program.start(*words, "--debug", "--timeout", "1.5" if self.fault in SLOW else "60"))
            return result._replace(stderr=result.stderr.replace("Traceback (most recent call last)", "asked for"))

        return self._observed(folder, run)

    def _observed(self, folder: Path, run: Any, instant: bool = False) -> Observed:
        line = LINES[self.line]
        fault = out_of_time(self.effect) if instant and self.fault in SLOW else self.effect
        with FaultServer(FakeOctoPrint(self.version)) as server:
            line.scene(server.octoprint)
            server.fail("POST", path_of(line, server), fault)
            program = Program(folder, server)
            program.configure(CONFIG)
            result = run(program, [*line.argv.format(file=program.file(content=CONTENT)).split(), "--json"])
            acts = [str(act) for act in server.acts if act.path == path_of(line, server)]
            everything = [str(request) for request in server.changes() if request.path not in ("/api/files/test", "/api/login")]
            return Observed(result, line.effect(server.octoprint), sent(line, server), acts, everything)

    @property
    def effect(self) -> Fault:
        return {**DONE, **LOST, **{name: refusal.fault for name, refusal in REFUSED.items()}}[self.fault]


def cases(pairs: Iterable[Tuple[str, str]]) -> pytest.MarkDecorator:
    """Parametrize with these pairs of a line and a fault, the dialects in turn."""
    found = [Case(line, fault, DIALECTS[number % 2]) for number, (line, fault) in enumerate(pairs)]
    return pytest.mark.parametrize("case", [pytest.param(case, id="-".join(case)) for case in found])


def test_every_fault_is_in_a_class() -> None:
    assert same_classes([*DONE_CLASSES, ["drip_body"]], DONE)
    assert same_classes(LOST_CLASSES, LOST) and same_classes(REFUSED_CLASSES, REFUSED)


def check_at_most_once(found: Observed) -> None:
    assert len(found.sent) <= 1, found.sent
    assert len(found.acts) <= 1 and len(set(found.all_sent)) == len(found.all_sent), found


def check_done(line: Act, found: Observed, fault: str) -> None:
    """The effect is there, and was found out; where the server does not show it, it is not claimed."""
    check_at_most_once(found)
    code = verdict(found.result)
    assert found.effect and len(found.sent) == 1, found
    spoilt = fault not in BODIES or "/api/files" in found.sent[0]
    assert code == ("" if line.shown or not spoilt else "OUTCOME_UNKNOWN"), found.result
    if code:
        error = found.result.envelope["error"]
        assert error["retryable"] is False and error["details"]["now"]["state"], error


def check_lost(line: Act, found: Observed, fault: str) -> None:
    """Nothing happened, and the program does not say that it did, nor that trying again is all there is to do."""
    check_at_most_once(found)
    assert not found.effect and len(found.sent) == 1 and found.acts == [], found
    of_an_upload = {"hang": "TIMEOUT", "failed": "SERVER_ERROR", **dict.fromkeys(IN_FRONT, "UNEXPECTED_RESPONSE")}
    wanted = of_an_upload.get(fault, line.undone) if line.undone == "CONNECTION_ERROR" else line.undone
    assert verdict(found.result) == wanted, found.result


def check_refused(line: Act, found: Observed, code: str) -> None:
    check_at_most_once(found)
    assert not found.effect and len(found.sent) == 1 and found.acts == [], found
    assert verdict(found.result) == code, found.result


# -- as processes -----------------------------------------------------------------------------------


AS_A_PROCESS = pytest.mark.usefixtures("forked")


@AS_A_PROCESS
def test_process_does_not_claim_a_change_that_was_not_made(tmp_path: Path) -> None:
    """It waits 15 s on purpose for what may yet show."""
    check_lost(LINES["cancel"], Case("cancel", "cut_before", "1.11.8").as_process(tmp_path), "cut_before")


@AS_A_PROCESS
@cases([("cancel", "cut_after"), ("upload", "hang_after"), ("print", "drip_header"), ("tool", "hang_after")])
def test_process_finds_out_a_change_that_was_made(case: Case, tmp_path: Path) -> None:
    check_done(LINES[case.line], case.as_process(tmp_path), case.fault)


@cases([("upload", "too_often"), ("cancel", "bad_key")])
def test_process_reports_a_refusal(case: Case, tmp_path: Path) -> None:
    check_refused(LINES[case.line], case.as_process(tmp_path), REFUSED[case.fault].code)


# -- all of it, on a clock that hurries -------------------------------------------------------------


@cases([*with_classes(LINES, DONE_CLASSES, EACH_FAULT), *((line, "drip_body") for line in UPLOADS)])
def test_change_that_was_made_is_found_out(case: Case, tmp_path: Path, hurried: Any) -> None:
    check_done(LINES[case.line], case.in_process(tmp_path), case.fault)


@cases(with_classes(LINES, LOST_CLASSES, EACH_FAULT))
def test_change_that_was_not_made_is_not_claimed(case: Case, tmp_path: Path, hurried: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`connect` waits by the push socket and the real clock, here not long: nothing will come."""
    monkeypatch.setattr("octoprint_cli.client.resource.LOST_SECONDS", 0.3 if case.line == "connect" else 15.0)
    check_lost(LINES[case.line], case.in_process(tmp_path), case.fault)


@cases(with_classes(LINES, REFUSED_CLASSES, EACH_FAULT))
def test_refusal_is_reported(case: Case, tmp_path: Path, hurried: Any) -> None:
    check_refused(LINES[case.line], case.in_process(tmp_path), REFUSED[case.fault].code)
