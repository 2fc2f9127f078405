"""Writing the configuration changes the values that were given, and keeps everything else as it stands in the file."""

import pytest
import yaml

from octoprint_cli.config.file import ConfigFile
from octoprint_cli.config.settings import Settings
from octoprint_cli.config.yaml_rewriter import CannotRewrite, rewritten
from octoprint_cli.errors import ConfigError

FILE = """# my printers
host: 'a.test'  # in the cellar
timeout: 010
verify: yes

acme: {colour: "red", on: [1_000, 1:30, ~, 0o17, 2020-01-01]}  # a plugin's
models:
  - Ender-3  # with a new board
printers:
    # in the garage
    mk3:
        host: b.test
        api_key: "0123"  # quoted
    mk4: {host: c.test}
# the end
"""


def changed(text, change):
    """The text after the change of its values, which must be what a reader finds."""
    data = yaml.safe_load(text)
    change(data)
    found = rewritten(text, data)
    assert repr(yaml.safe_load(found)) == repr(data)
    return found


def test_writing_the_same_values_changes_nothing():
    assert changed(FILE, lambda data: None) == FILE


def test_a_new_value_keeps_its_quotes_and_every_other_line():
    found = changed(FILE, lambda data: data.update(host="b.test"))
    assert found == FILE.replace("'a.test'", "'b.test'")


def test_a_new_printer_is_added_below_the_others_in_their_indentation():
    found = changed(FILE, lambda data: data["printers"].update(voron={"host": "d.test", "api_key": "0123456"}))
    assert found == FILE.replace("c.test}\n", "c.test}\n    voron:\n        host: d.test\n        api_key: '0123456'\n")


def test_a_printer_is_removed_and_the_rest_stays():
    found = changed(FILE, lambda data: data["printers"].pop("mk4"))
    assert found == FILE.replace("    mk4: {host: c.test}\n", "")


@pytest.mark.parametrize("value", ["yes", "0123", "1:30", "1e3", "~", "a: b", "#", "ü", " x", "null", "", "2020-01-01", "0o17"])
def test_text_that_looks_like_another_value_stays_text(value):
    changed(FILE, lambda data: data.update(note=value))
    changed("note: x\n", lambda data: data.update(note=value))


@pytest.mark.parametrize("value", [True, None, 0, 30.0, 1e20, ["a", 1], {"a": {"b": []}}])
def test_a_value_of_any_kind_can_be_written(value):
    changed(FILE, lambda data: data.update(note=value))


@pytest.mark.parametrize("name", ["mk3", "mk4"])
def test_changing_one_of_two_aliased_printers_leaves_the_other(name):
    text = "printers:\n  mk3: &base\n    host: a.test  # here\n    timeout: 5\n  mk4: *base\n  mk5:\n    <<: *base\n"
    found = changed(text, lambda data: data["printers"].update({name: {"host": "new.test", "timeout": 5}}))
    assert "<<: *base" in found


def test_removing_an_anchored_printer_keeps_the_values_merged_from_it():
    changed("printers:\n  mk3: &base\n    host: a.test\n  mk4:\n    <<: *base\n", lambda data: data["printers"].pop("mk3"))


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n# a comment\n", "null\n"])
def test_an_empty_file_keeps_its_comments(text):
    found = rewritten(text, {"host": "a.test"})
    assert yaml.safe_load(found) == {"host": "a.test"} and ("# " in text) == ("# " in found)


@pytest.mark.parametrize("text", ["---\nhost: a\n", "host: !!str 1\n", "note: .nan\n", "{host: a, b: [1, 2]}\n", "a: |\n  b\n"])
def test_rarer_yaml_keeps_its_values(text):
    changed(text, lambda data: data.update(timeout=5))


def test_yaml_with_duplicate_keys_is_refused():
    with pytest.raises(CannotRewrite):
        rewritten("a: 1\nb: &x 1\nb: 2\n", {"a": 2})


def test_config_file_that_cannot_be_rewritten_is_named_and_kept(tmp_path, monkeypatch):
    path = tmp_path / "config.yaml"
    path.write_text(FILE, encoding="utf-8")

    def refuse(text, data):
        raise CannotRewrite("cannot be rewritten", ("printers", "mk3", "host"))

    monkeypatch.setattr("octoprint_cli.config.yaml_rewriter.rewritten", refuse)
    with pytest.raises(ConfigError, match=r"config\.yaml, line 12: printers\.mk3\.host: cannot be rewritten"):
        ConfigFile(path).write({"host": "x"})
    assert path.read_text(encoding="utf-8") == FILE
    assert [found.name for found in tmp_path.iterdir()] == ["config.yaml"]


def test_saving_a_printer_keeps_the_comments_of_the_file(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(FILE, encoding="utf-8")
    Settings({}, {"OCTOPRINT_CLI_HOME": str(tmp_path)}).save({"host": "new.test", "api_key": "wxyz"}, "mk3")
    expected = FILE.replace("host: b.test", "host: new.test").replace('"0123"', '"wxyz"')
    assert path.read_text(encoding="utf-8") == expected
