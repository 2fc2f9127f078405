"""The effective settings: which source takes precedence, and where each value came from.

Sources, by descending precedence: a command-line option; the printer that `--printer` chose; the environment; the
printer that `OCTOPRINT_PRINTER` chose, or without it the file's `printer`; the top level of the file; the default.

An API key that the file or the environment gives together with a host is sent to that host only: with
`--host other` it is not used.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

from octoprint_cli.config.exemptions import FileSource, check_options, require_known_checks
from octoprint_cli.config.file import ConfigFile
from octoprint_cli.config.known_keys import require_known_keys
from octoprint_cli.config.locks import config_lock
from octoprint_cli.config.strays import expanded, folder_problem, home_folder
from octoprint_cli.config.url import normalise
from octoprint_cli.config.values import DEFAULTS, LIMITS, READERS, Exemption, Limits, Setting, Value, degrees
from octoprint_cli.errors import ConfigError, ConfigExists, UsageError
from octoprint_cli.output.redact import is_secret

HOME_VARIABLE = "OCTOPRINT_CLI_HOME"
#: The folder of the configuration in the user's home folder.
FOLDER = ".octoprint-cli"
FORMAT_VARIABLE = "OCTOPRINT_CLI_FORMAT"
VARIABLES = {"host": "OCTOPRINT_HOST", "api_key": "OCTOPRINT_API_KEY", "printer": "OCTOPRINT_PRINTER"}

#: A source of values: the values, its name, and its path inside the file (None: not from the file).
Source = Tuple[Mapping[str, Any], str, Optional[Tuple[str, ...]]]


class Settings:
    """The settings of one run. The configuration file is read lazily, when the first value is requested."""

    def __init__(self, options: Mapping[str, Any], environ: Optional[Mapping[str, str]] = None) -> None:
        self._options = {name: value for name, value in options.items() if value is not None}
        empty = [name for name, value in self._options.items() if value == ""]
        if empty:  # probably an unset shell variable: the default printer must not be used instead
            raise UsageError(f"{_spelled(empty[0], 'option')} is empty", hint="octoprint-cli config show")
        self._environ = os.environ if environ is None else environ
        self._file: Optional[ConfigFile] = None
        self._writing = False  # the file that --config names need not exist yet
        self._other_server = False  # the printer that the file names is not meant
        #: Called with every secret that is read, so that it can be masked in output.
        self.on_secret: Callable[[str], None] = lambda secret: None
        #: Called with each warning about the file.
        self.on_warning: Callable[[str], None] = lambda text: None

    @property
    def home(self) -> Path:
        """The folder of the configuration and of data that plugins keep. It need not exist."""
        folder = self._folder
        if folder is None:
            raise ConfigError("there is no home folder", hint=f'export {HOME_VARIABLE}="$PWD"  # or another folder')
        return folder

    @property
    def lock_folder(self) -> Optional[Path]:
        """The folder of the lock files; None for a user without a home folder, whose runs have no locks."""
        folder = self._folder
        return folder / "locks" if folder else None

    @property
    def _folder(self) -> Optional[Path]:
        """The folder of the configuration; None for a user without a home folder. Raises ConfigError for an unusable variable."""
        chosen = self._environ.get(HOME_VARIABLE)
        if not chosen:
            home = home_folder()
            return home / FOLDER if home else None
        wrong = folder_problem(chosen, HOME_VARIABLE)
        if wrong:
            raise ConfigError(wrong, hint=f'export {HOME_VARIABLE}="$PWD"  # or another folder')
        return expanded(chosen)

    @property
    def path(self) -> Path:
        """The path of the configuration file, which need not exist unless `--config` named it."""
        if "config" in self._options:
            return expanded(self._options["config"])
        return (self._folder or Path("~") / FOLDER) / "config.yaml"

    @property
    def file(self) -> ConfigFile:
        """The configuration file, read once."""
        if self._file is None:
            if "config" in self._options and not self._writing and not self.path.exists():
                raise ConfigError(f"there is no file {self.path}", hint=f"octoprint-cli init --config {self.path}")
            self._file = ConfigFile(self.path, missing="config" not in self._options and self._folder is None)
            require_known_keys(
                self._file, {(): self._file.data, **{("printers", name): own for name, own in self.printers.items()}}
            )
            if self._file.readable_by_others():
                self.on_warning(f"{self.path} can be read by others: chmod 600 {self.path}")
        return self._file

    @property
    def printers(self) -> Dict[str, Dict[str, Any]]:
        """The printers of the configuration file, by name."""
        printers = self.file.data.get("printers") or {}
        if not isinstance(printers, dict) or not all(isinstance(printer, dict) for printer in printers.values()):
            raise self.file.bad_value(("printers",), "must contain names, each with its own keys")
        unquoted = [name for name in printers if not isinstance(name, str)]
        if unquoted:  # YAML reads an unquoted `on` as true
            raise self.file.bad_value(("printers", str(unquoted[0])), "put the printer's name in quotes")
        return dict(printers)

    def find(self, name: str) -> Optional[Value]:
        """Return the value of a setting from the source with the highest precedence, or None if no source has one."""
        for source in self._sources():
            value = self._read(source, name)
            if value is not None and not (name == "api_key" and self._is_for_another_host(source)):
                return value
        return Value(DEFAULTS[name], "default") if name in DEFAULTS else None

    def get(self, name: str) -> Any:
        """Return the value of a setting without its origin, or None."""
        found = self.find(name)
        return found.value if found else None

    @property
    def host(self) -> str:
        """The server's base URL. Raises ConfigError if none is configured, as there is no default."""
        host = self.get("host")
        if not host:
            raise ConfigError(
                "no OctoPrint server is configured", hint="octoprint-cli init  # or give --host, or set OCTOPRINT_HOST"
            )
        return normalise(host)

    @property
    def limits(self) -> Limits:
        """The temperature limits, each from the source with the highest precedence that has it."""
        return Limits(**{name: value.value for name, value in self._limits()})

    @property
    def models(self) -> Tuple[str, ...]:
        """The model names that slicers use for this printer, in addition to those of its profile on the server."""
        return tuple(self.get("models") or ())

    @property
    def ignored_checks(self) -> Optional[Value]:
        """The ids of the checks that the file overrides, a list, or None. Raises ConfigError for a check that is not installed."""
        found = self.find("ignore")
        if found is not None:
            require_known_checks(found.value, self._file_sources(), self.file)
        return found

    def check_option(self, check: str, option: str) -> Optional[Exemption]:
        """Return an option of a check, as the file has it under `checks`, or None. Raises ConfigError."""
        value = self._check_options().get((check, option))
        return None if value is None else Exemption(f"checks.{check}.{option}", value.value, value.origin)

    def describe(self) -> Iterator[Tuple[str, Value]]:
        """Yield every setting that has a value, with its origin."""
        for name in READERS:
            value = self.ignored_checks if name == "ignore" else self.find(name)
            if value is not None:
                yield name, value
        for name, value in self._limits():
            yield f"limits.{name}", value
        for (check, option), value in self._check_options().items():
            yield f"checks.{check}.{option}", value

    def section(self, name: str, keys: Optional[Mapping[str, Setting]] = None) -> Dict[str, Any]:
        """Return a plugin's section of the file, where the chosen printer's values override those of the top level.

        With `keys` the values are parsed and defaults filled in; an unknown key or an invalid value raises ConfigError with the
        line.
        """
        merged = {key: setting.default for key, setting in (keys or {}).items()}
        for values, _, path in reversed(list(self._sources())):
            found = values.get(name) if path is not None else None
            if isinstance(found, dict):
                merged.update(found if keys is None else self._read_section((*(path or ()), name), found, keys))
            elif found is not None and keys is not None:
                raise self.file.bad_value((*(path or ()), name), f"must contain {', '.join(keys)}")
        return merged

    def _read_section(self, path: Tuple[str, ...], found: Mapping[str, Any], keys: Mapping[str, Setting]) -> Dict[str, Any]:
        read = {}
        for key, raw in found.items():
            if key not in keys:
                raise self.file.bad_value((*path, str(key)), f"is not a setting (choose from {', '.join(keys)})")
            try:
                read[key] = keys[key].read(raw)
            except ValueError as error:
                raise self.file.bad_value((*path, key), str(error)) from error
        return read

    def given(self, name: str) -> Optional[str]:
        """Return the value that an option or the environment gives, or None, without reading the file."""
        for values, origin in ((self._options, "option"), (self._variables(), "environment")):
            value = self._read((values, origin, None), name)
            if value is not None:
                return str(value.value)
        return None

    def for_server(self, host: str, api_key: str) -> Settings:
        """Return a copy of the settings for another server, which ignores the chosen printer of the file."""
        options = {name: value for name, value in self._options.items() if name != "printer"}
        environ = {name: value for name, value in self._environ.items() if name != VARIABLES["printer"]}
        settings = Settings({**options, "host": host, "api_key": api_key}, environ)
        settings.on_secret, settings._writing, settings._other_server = self.on_secret, True, True
        return settings

    def require_room(self, values: Mapping[str, Any], printer: Optional[str], hint: str) -> None:
        """Raise ConfigExists if one of the values would replace a different one in the file."""
        section: Mapping[str, Any] = self.printers.get(printer, {}) if printer else self.file.data
        taken = [name for name, value in values.items() if section.get(name) not in (None, value)]
        if taken:
            raise ConfigExists(f"{self.path} has {' and '.join(taken)} already", hint=hint)

    def save(self, values: Mapping[str, Any], printer: Optional[str] = None) -> Path:
        """Write the values to the top level of the file, or to a printer's section, keeping every other key.

        The file is read again first, since another run may have changed it.
        """
        if "config" not in self._options:
            _ = self.home  # raises if there is none
        with config_lock(self.path):
            self._file = None
            data = dict(self.file.data)
            if printer:
                printers = self.printers
                data["printers"] = {**printers, printer: {**printers.get(printer, {}), **values}}
            else:
                data.update(values)
            self.file.write(data)
        return self.path

    def forget(self, printer: str) -> None:
        """Remove a printer's section from the file, which is read again first."""
        with config_lock(self.path):
            self._file = None
            data = dict(self.file.data)
            data["printers"] = {name: values for name, values in self.printers.items() if name != printer}
            if len(data["printers"]) < len(self.printers):
                self.file.write(data)

    # -- the sources ------------------------------------------------------------------------------

    def _sources(self) -> Iterator[Source]:
        yield self._options, "option", None
        if "printer" in self._options:
            yield self._section_of(self._options["printer"])
        variables = self._variables()
        yield variables, "environment", None
        if variables["printer"] and "printer" not in self._options:
            yield self._section_of(str(variables["printer"]).strip())
        elif "printer" in self.file.data and "printer" not in self._options and not self._other_server:
            named = self._read((self.file.data, str(self.path), ()), "printer")
            if named is not None:
                yield self._section_of(named.value)
        yield self.file.data, str(self.path), ()

    def _variables(self) -> Dict[str, Optional[str]]:
        return {name: self._environ.get(variable) for name, variable in VARIABLES.items()}

    def _section_of(self, printer: str) -> Source:
        known = self.printers
        if printer not in known:
            names = ", ".join(sorted(known)) or "none"
            raise ConfigError(f"{self.path} has no printer {printer!r}; it has: {names}", hint="octoprint-cli config show")
        return known[printer], f"{self.path}, printer {printer}", ("printers", printer)

    def _read(self, source: Source, name: str) -> Optional[Value]:
        values, origin, path = source
        raw = values.get(name)
        if raw is None or raw == "":
            return None
        try:
            value = READERS[name](raw)
        except ValueError as error:
            if path is not None:
                raise self.file.bad_value((*path, name), str(error)) from error
            hint = f"unset {VARIABLES[name]}  # or set it to the value alone" if origin == "environment" else None
            raise ConfigError(f"{_spelled(name, origin)} {error}", hint=hint) from error
        if is_secret(name):
            self.on_secret(value)
        return Value(value, origin if path is not None else _spelled(name, origin))

    def _is_for_another_host(self, source: Source) -> bool:
        own = None if source[1] == "option" else self._read(source, "host")
        return own is not None and normalise(own.value) != self.host

    def _limits(self) -> List[Tuple[str, Value]]:
        found = {name: Value(value, "default") for name, value in LIMITS.items()}
        for values, origin, path in reversed(list(self._sources())):
            section = values.get("limits")
            if path is None or section is None:
                continue
            if not isinstance(section, dict):
                raise self.file.bad_value((*path, "limits"), "must contain tool, bed and chamber")
            for name, raw in section.items():
                if name not in LIMITS:
                    raise self.file.bad_value((*path, "limits", str(name)), f"is not one of {', '.join(LIMITS)}")
                try:
                    found[name] = Value(degrees(raw), origin)
                except ValueError as error:
                    raise self.file.bad_value((*path, "limits", name), str(error)) from error
        return list(found.items())

    def _check_options(self) -> Dict[Tuple[str, str], Value]:
        return check_options(self._file_sources(), self.file, self._read_section)

    def _file_sources(self) -> List[FileSource]:
        return [(values, origin, path) for values, origin, path in self._sources() if path is not None]


def _spelled(name: str, origin: str) -> str:
    return "--" + name.replace("_", "-") if origin == "option" else VARIABLES[name]
