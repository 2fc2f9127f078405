"""What must not be shown, and what is made safe to show."""

from __future__ import annotations

import io
import logging

import pytest

from octoprint_cli.output.redact import Scrubber, is_secret, mask, mask_url, without_passwords
from octoprint_cli.output.safe_text import visible

SECRET = "abcd-0123456789-secret"


@pytest.mark.parametrize(
    ("secret", "shown"), [(SECRET, "abcd****"), ("a" * 16, "aaaa****"), ("a" * 15, "****"), ("abc", "****"), ("", "****")]
)
def test_mask_shows_prefix_of_long_keys_only(secret, shown):
    assert mask(secret) == shown


@pytest.mark.parametrize("name", ["api_key", "api-key", "API_KEY", "X-Api-Key", "apikey", "Authorization", "password", "Cookie"])
def test_secret_names_are_recognised_in_any_spelling(name):
    assert is_secret(name)


@pytest.mark.parametrize("name", ["host", "key", "timeout", "printer"])
def test_other_names_are_no_secret(name):
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:secret@example.org/op", "https://me:****@example.org/op"),
        ("see http://:secret@a.test and http://b.test", "see http://:****@a.test and http://b.test"),
        ("https://me@example.org", "https://me@example.org"),
        ("http://a.test:5000/x@y", "http://a.test:5000/x@y"),
    ],
)
def test_a_password_in_a_url_is_masked(url, shown):
    assert mask_url(url) == shown


def test_password_containing_at_sign_is_masked_completely():
    assert "secret" not in mask_url("https://me:top@secret@example.org/op")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain Ünï 日本 🙂", "plain Ünï 日本 🙂"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("\x00\x7f\x9b31m", r"\x00\x7f\x9b31m"),
        ("a\u202eb\u2066c\u200fd", r"a\u202eb\u2066c\u200fd"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("two\u2028lines\u2029", r"two\u2028lines\u2029"),
        ("lone\ud800surrogate", r"lone\ud800surrogate"),
    ],
)
def test_control_characters_are_escaped(text, shown):
    assert visible(text) == shown


def test_text_is_truncated_to_limit():
    assert visible("x" * 10, limit=10) == "x" * 10
    assert visible("x" * 11, limit=10) == "x" * 9 + "…"


@pytest.fixture
def scrubber():
    found = Scrubber()
    found.learn(SECRET)
    return found


def test_known_secret_is_masked_everywhere(scrubber):
    assert scrubber.scrub(f"?apikey={SECRET}&x={SECRET}") == "?apikey=abcd****&x=abcd****"


def test_short_word_is_not_masked(scrubber):
    scrubber.learn("an")
    assert scrubber.scrub("an answer") == "an answer"


def test_longer_secret_containing_another_is_masked_completely(scrubber):
    longer = SECRET + "-and-its-longer-tail"
    scrubber.learn(longer)
    assert "tail" not in scrubber.scrub(f"key {longer}")


def test_nested_values_are_scrubbed(scrubber):
    value = {"a": [SECRET, {"b": f"x{SECRET}"}], "c": (SECRET, 5, None, True)}
    assert scrubber.scrub_all(value) == {"a": ["abcd****", {"b": "xabcd****"}], "c": ["abcd****", 5, None, True]}


@pytest.mark.parametrize("host", [f"https://me:{SECRET}@a.test", f"me:{SECRET}@a.test/op", f"http://:{SECRET}@a.test"])
def test_password_of_host_is_learned(host):
    found = Scrubber()
    found.learn_url(host)
    assert SECRET not in found.scrub(f"refused: {SECRET}")


def logged(scrubber, *message, **how):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(scrubber)
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.error(*message, **how)
    return out.getvalue()


def test_log_record_arguments_are_scrubbed(scrubber):
    assert logged(scrubber, "GET %s with %r", "/api", {"key": SECRET}) == "GET /api with {'key': 'abcd****'}\n"


def test_log_record_traceback_is_scrubbed(scrubber):
    try:
        raise ValueError(SECRET)
    except ValueError:
        assert SECRET not in logged(scrubber, "failed", exc_info=True)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('Recv: M551 P"reprap"', 'Recv: M551 P"****"'),
        ('<<< M587 S"net" P"pass ""word""" I10.0.0.9', '<<< M587 S"net" P"****" I10.0.0.9'),
        ("Recv: m551 Preprap", 'Recv: m551 P"****"'),
        ("Recv: M92 X80.00 P1", "Recv: M92 X80.00 P1"),
        ("Send: M117 M5 Ping", "Send: M117 M5 Ping"),
    ],
)
def test_passwords_in_firmware_output_are_masked(line: str, shown: str) -> None:
    assert without_passwords(line) == shown
