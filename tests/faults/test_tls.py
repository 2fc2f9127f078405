"""HTTPS: each way in which it fails has its own reason, what is trusted is shown, and a broken act is never repeated."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path
from typing import Any, Optional

import pytest
import trustme
from contract.program import Program
from contract.pseudo_terminal import on_a_terminal
from cryptography.hazmat.primitives import serialization

from octoprint_cli.testing import FaultServer, Result
from octoprint_cli.testing.server import faults

from .ring import check_quiet, error_of, timed, verdict

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.timezone.utc)
CA = trustme.CA()
UNKNOWN_CA = trustme.CA()


def context(certificate: trustme.LeafCert, clients: Optional[trustme.CA] = None) -> ssl.SSLContext:
    """A server's side; `clients` is the authority of the certificates that it demands."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    if clients:
        made.verify_mode = ssl.CERT_REQUIRED
        clients.configure_trust(made)
    return made


def written(path: Path, *blobs: Any) -> Path:
    path.write_bytes(b"".join(blob if isinstance(blob, bytes) else blob.bytes() for blob in blobs))
    return path


def run_with(tls: ssl.SSLContext, folder: Path, *argv: str, config: str = "") -> Result:
    """A run against a server of that context, which then must have received no request unless it is a success."""
    with FaultServer(tls=tls) as server:
        result = run_against(server, folder, *argv, config=config)
        assert result.exit_code == 0 or server.requests == []
        return result


def run_against(server: FaultServer, folder: Path, *argv: str, config: str = "") -> Result:
    """A run against that server."""
    program = Program(folder, server)
    program.configure("retries: 0\n" + config)
    return timed(program, *(argv or ("status", "--json")))


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    return f"ca_bundle: {written(tmp_path / 'ca.pem', CA.cert_pem)}\n"


def self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate that is its own authority, as appliances make them: OpenSSL tells it from an unknown authority."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = trustme.CA()
    written(folder / "own.pem", own.private_key_pem, own.cert_pem)
    made.load_cert_chain(str(folder / "own.pem"))
    return made


# -- trust ------------------------------------------------------------------------------------------


def test_a_private_authority_is_trusted_once_it_is_configured(tmp_path: Path, bundle: str) -> None:
    tls = context(CA.issue_cert("127.0.0.1"))
    assert verdict(run_with(tls, tmp_path, config=bundle)) == ""
    error = error_of(run_with(tls, tmp_path), "TLS_ERROR")
    assert error["details"]["reason"] == "unknown_authority" and "ca_bundle" in error["hint"] and not error["retryable"]


def test_self_signed_certificate_is_recognised(tmp_path: Path) -> None:
    error = error_of(run_with(self_signed(tmp_path), tmp_path), "TLS_ERROR")
    assert error["details"]["reason"] == "self_signed" and "ca_bundle" in error["hint"]


@pytest.mark.parametrize(
    ("reason", "how"),
    [
        ("wrong_name", {"identity": "octopi.local"}),
        ("expired", {"identity": "127.0.0.1", "not_before": NOW - 9 * DAY, "not_after": NOW - DAY}),
        ("not_yet_valid", {"identity": "127.0.0.1", "not_before": NOW + DAY, "not_after": NOW + 9 * DAY}),
    ],
)
def test_invalid_certificate_gives_its_reason(reason: str, how: Any, tmp_path: Path, bundle: str) -> None:
    how = dict(how)
    tls = context(CA.issue_cert(how.pop("identity"), **how))
    for line in ("status", "gcode G4"):
        error = error_of(run_with(tls, tmp_path, *line.split(), "--json", config=bundle), "TLS_ERROR")
        assert error["details"]["reason"] == reason


def test_certificate_of_another_authority_is_refused(tmp_path: Path, bundle: str) -> None:
    error = error_of(run_with(context(UNKNOWN_CA.issue_cert("127.0.0.1")), tmp_path, config=bundle), "TLS_ERROR")
    assert error["details"]["reason"] == "unknown_authority"


@pytest.mark.parametrize("argv", ["status", "status --json", "status -q", "files -f csv"])
def test_verify_false_warns_every_time(argv: str, tmp_path: Path) -> None:
    result = run_with(self_signed(tmp_path), tmp_path, *argv.split(), config="verify: false\n")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == ["Warning: the server's certificate is not checked (verify: false)"]


def test_unreadable_ca_bundle_is_a_config_error(tmp_path: Path) -> None:
    tls = context(CA.issue_cert("127.0.0.1"))
    for path in (tmp_path / "missing.pem", written(tmp_path / "no.pem", b"hello")):
        assert "ca_bundle" in error_of(run_with(tls, tmp_path, config=f"ca_bundle: {path}\n"), "CONFIG_ERROR")["message"]


# -- no TLS where some is expected, and the other way round -----------------------------------------


def test_https_to_a_plain_http_server_is_a_tls_error(program: Program, server: FaultServer) -> None:
    program.configure("retries: 0\n")
    for line in ("status", "gcode G4"):
        address = server.url.replace("http:", "https:")
        error = error_of(program.run(*line.split(), "--json", env={"OCTOPRINT_HOST": address}), "TLS_ERROR")
        assert error["details"]["reason"] == "no_tls" and "http://" in error["hint"]
    assert server.acts == []


def test_http_to_a_bare_tls_server_is_server_starting(tmp_path: Path) -> None:
    """A bare TLS server just hangs up; one by nginx says what it is."""
    with FaultServer(tls=context(CA.issue_cert("127.0.0.1"))) as server:
        program = Program(tmp_path, server)
        program.configure("retries: 0\n")
        plain = {"OCTOPRINT_HOST": server.url.replace("https:", "http:")}
        error = error_of(program.run("status", "--json", env=plain), "SERVER_STARTING")
        assert error["retryable"] and server.requests == []


def test_http_to_nginx_tls_port_is_a_tls_error(program: Program, server: FaultServer) -> None:
    said = "<html><h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port</html>"
    server.fail("GET", "/api/job", faults.answer(400, said, "text/html"))
    assert "https" in error_of(program.run("status", "--json"), "TLS_ERROR")["hint"]


# -- a client certificate ---------------------------------------------------------------------------

CLIENT = CA.issue_cert("me@example.org")


def encrypted(pem: bytes) -> bytes:
    key: Any = serialization.load_pem_private_key(pem, None)
    kind = serialization.PrivateFormat.TraditionalOpenSSL
    return bytes(key.private_bytes(serialization.Encoding.PEM, kind, serialization.BestAvailableEncryption(b"secret")))


def test_missing_client_certificate_is_reported(tmp_path: Path, bundle: str) -> None:
    tls = context(CA.issue_cert("127.0.0.1"), clients=CA)
    for line in ("status", "gcode G4"):
        error = error_of(run_with(tls, tmp_path, *line.split(), "--json", config=bundle), "TLS_ERROR")
        assert error["details"]["reason"] == "client_certificate" and "client_cert" in error["hint"]


def test_client_certificate_is_presented(tmp_path: Path, bundle: str) -> None:
    tls = context(CA.issue_cert("127.0.0.1"), clients=CA)
    both = written(tmp_path / "both.pem", CLIENT.private_key_and_cert_chain_pem)
    key = written(tmp_path / "key.pem", CLIENT.private_key_pem)
    alone = written(tmp_path / "cert.pem", *CLIENT.cert_chain_pems)
    assert verdict(run_with(tls, tmp_path, config=f"{bundle}client_cert: {both}\n")) == ""
    assert verdict(run_with(tls, tmp_path, config=f"{bundle}client_cert: {alone}\nclient_key: {key}\n")) == ""
    error_of(run_with(tls, tmp_path, config=f"{bundle}client_cert: {alone}\n"), "CONFIG_ERROR")


def test_encrypted_client_key_does_not_prompt(tmp_path: Path, bundle: str) -> None:
    tls = context(CA.issue_cert("127.0.0.1"), clients=CA)
    key = written(tmp_path / "locked.pem", encrypted(CLIENT.private_key_pem.bytes()))
    alone = written(tmp_path / "cert.pem", *CLIENT.cert_chain_pems)
    with FaultServer(tls=tls) as server:
        program = Program(tmp_path, server)
        program.configure(f"{bundle}client_cert: {alone}\nclient_key: {key}\n")
        session = on_a_terminal(program, "status", "--json")  # where OpenSSL of its own accord would ask
        assert server.requests == []
    assert session.exit_code == 4 and "CONFIG_ERROR" in session.screen and "client_key" in session.screen
    assert "pass phrase" not in session.screen


def test_client_certificate_of_unknown_authority_is_refused(tmp_path: Path, bundle: str) -> None:
    tls = context(CA.issue_cert("127.0.0.1"), clients=CA)
    mine = written(tmp_path / "mine.pem", UNKNOWN_CA.issue_cert("me@example.org").private_key_and_cert_chain_pem)
    error = error_of(run_with(tls, tmp_path, config=f"{bundle}client_cert: {mine}\n"), "TLS_ERROR")
    assert error["details"]["reason"] == "client_certificate_refused"


# -- acts and keys ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "fault"),
    [
        ("cancel --confirm", faults.cut_after),
        ("cancel --confirm", faults.reset_after),
        ("print --stored cube.gcode --confirm", faults.reset_after),
        ("gcode G1", faults.cut_after),
        ("gcode G1", faults.gateway_after(502)),
    ],
)
def test_change_request_broken_off_by_tls_is_not_repeated(argv: str, fault: Any, tmp_path: Path, bundle: str) -> None:
    """urllib3 of its own accord repeats a request whose TLS connection broke."""
    with FaultServer(tls=context(CA.issue_cert("127.0.0.1"))) as server:
        server.octoprint.store("cube.gcode")
        server.octoprint.printing() if "cancel" in argv else None
        server.fail("POST", "/api/*", fault)
        program = Program(tmp_path, server)
        program.configure(f"retries: 5\n{bundle}")
        result = program.run(*argv.split(), "--json")
        assert verdict(result) == ("OUTCOME_UNKNOWN" if argv.startswith("gcode") else "")
        assert len(server.acts) == 1 and len(server.changes()) == 1


def test_upload_cut_off_by_tls_is_not_repeated(tmp_path: Path, bundle: str) -> None:
    with FaultServer(tls=context(CA.issue_cert("127.0.0.1"))) as server:
        server.fail("POST", "/api/files/local", faults.cut_upload(1000))
        program = Program(tmp_path, server)
        program.configure(f"retries: 5\n{bundle}")
        file = program.file(content="G1 X1\n" * 2_000_000)
        assert error_of(program.run("upload", str(file), "--json"), "CONNECTION_ERROR")["retryable"]
        assert server.acts == [] and len([one for one in server.changes() if one.path == "/api/files/local"]) == 1


@pytest.mark.parametrize("line", ["status", "gcode G4"])
def test_a_redirect_to_another_host_gets_no_key(line: str, tmp_path: Path, bundle: str) -> None:
    with FaultServer(tls=context(CA.issue_cert("127.0.0.1"))) as server, FaultServer(
        tls=context(CA.issue_cert("127.0.0.1"))
    ) as other:
        server.fail("*", "/api/*", faults.redirect(f"{other.url}/api/job"))
        result = run_against(server, tmp_path, *line.split(), "--json", config=bundle)
        assert other.url in error_of(result, "UNEXPECTED_RESPONSE")["message"]
        check_quiet(result)
        assert other.connections == 0 and server.acts == []
