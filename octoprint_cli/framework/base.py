"""The commands' ancestors: cliff's ShowOne and Lister, answering in our formats and our contract.

A command returns data or raises; it does not print, format, catch broadly or exit.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Iterable, List, Mapping, Optional, Sequence

from cliff.lister import Lister as CliffLister
from cliff.show import ShowOne as CliffShowOne

from octoprint_cli.errors import CliError, ConfigError, UsageError
from octoprint_cli.framework.fields import Field, record
from octoprint_cli.framework.options import HelpFormatter
from octoprint_cli.output.formats.registry import LIST_GROUP, SHOW_GROUP, Formatters
from octoprint_cli.output.safe_text import visible, written_for

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.config.settings import Settings
    from octoprint_cli.output.terminal.terminal import Terminal


class Output:
    """Mixin: our formats instead of cliff's, the one that is used imported, usage errors in our contract."""

    app: Any
    cmd_name: Optional[str]
    #: Whether `--timeout` is this command's own: what it limits then is the wait, not a request.
    own_timeout = False
    #: What is in the answer's `data`: see `fields`. The command itself gives raw values.
    answer: ClassVar[Field] = record()
    #: What it does to the world: words of EFFECTS. None: nobody has said, and it may do anything.
    effects: ClassVar[Optional[Sequence[str]]] = None
    #: Whether what it does to the world is done by other commands, each behind a guard of its own, so that it needs none.
    runs_commands: ClassVar[bool] = False
    #: Whether a second time does no harm and changes nothing more.
    repeatable: ClassVar[bool] = True
    #: Codes of errors that it may end with, beside those of every command and of every request.
    codes: ClassVar[Sequence[str]] = ()
    #: Whether it asks a server.
    asks_server: ClassVar[bool] = True
    #: Whether it is of use to a machine that has every command as a tool; false for what is a person's or a shell's own.
    as_tool: ClassVar[bool] = True
    #: Arguments with which it never waits for its turn behind another command: they stop something.
    urgent: ClassVar[Sequence[str]] = ()
    _group = SHOW_GROUP

    @property
    def client(self) -> Client:
        """The server, made on first use. Raises ConfigError if none is configured."""
        client: Client = self.app.client
        return client

    @property
    def settings(self) -> Settings:
        """The configuration."""
        settings: Settings = self.app.settings
        return settings

    @property
    def terminal(self) -> Terminal:
        """The person, if any: notes, warnings, questions. Never stdout."""
        terminal: Terminal = self.app.terminal
        return terminal

    @property
    def formatter_namespace(self) -> str:
        return self._group

    @property
    def formatter_default(self) -> str:
        """The format of this run: asked for, from the environment, or table. Whether it will do is asked when the command runs."""
        wanted: str = self.app.format.name
        return wanted if wanted in Formatters(self._group, "").names() else "table"

    def _run_before_hooks(self, parsed_args: Namespace) -> Namespace:
        self._require_format()
        return super()._run_before_hooks(parsed_args)  # type: ignore[misc, no-any-return]

    def _require_format(self) -> None:
        """Raises UsageError for a format that this command does not have, ConfigError for one that none has."""
        known, wanted = Formatters(self._group, "").names(), self.app.format.name
        if wanted in known:
            return
        if self.app.format.asked_for:
            raise UsageError(
                f"{self.cmd_name} has no format {wanted!r}; choose from {', '.join(known)}",
                hint=f"octoprint-cli {self.cmd_name} -f {known[0]}",
            )
        elsewhere = Formatters(LIST_GROUP if self._group == SHOW_GROUP else SHOW_GROUP, "").names()
        if wanted in elsewhere:  # such as OCTOPRINT_CLI_FORMAT=csv and a single object: a table
            return
        raise ConfigError(f"OCTOPRINT_CLI_FORMAT={wanted} is none of {', '.join(known)}", hint="unset OCTOPRINT_CLI_FORMAT")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        """The command's arguments. Extend it: call super, add yours, return it."""
        parser: ArgumentParser = super().get_parser(prog_name)  # type: ignore[misc]
        parser.formatter_class = HelpFormatter
        return parser

    def _load_formatter_plugins(self) -> Formatters:
        return Formatters(self._group, self.formatter_default)

    def _generate_columns_and_selector(self, parsed_args: Namespace, column_names: Sequence[str]) -> Any:
        try:
            return super()._generate_columns_and_selector(parsed_args, column_names)  # type: ignore[misc]
        except ValueError as error:  # the caller's slip, not the command's
            raise _no_column(parsed_args.columns, column_names) from error

    def get_epilog(self) -> str:
        # cliff's own reads the metadata of every installed distribution, in each run.
        return getattr(self, "_epilog", None) or "Options for every command (--json, --host, --printer ...): octoprint-cli --help"


class ShowOne(Output, CliffShowOne):
    """A command that answers one object.

    `take_action(parsed_args)` returns a dict: the envelope's `data`. Wrap values in columns to give them
    units in a table. A guarded one writes `perform(parsed_args)` instead.
    """

    _group = SHOW_GROUP

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        """What a person is shown instead of a table, or None. Put what the server said through `visible`: it may hold newlines."""
        return None

    def run(self, parsed_args: Namespace) -> int:
        parsed_args = self._run_before_hooks(parsed_args)
        self.formatter = self._formatter_plugins[parsed_args.formatter].obj
        data = self.app.scrubber.hide_all(self._dressed(parsed_args))  # a server may repeat the key
        # Not cliff's dict2columns: its older ones sort.
        columns, values = self._run_after_hooks(parsed_args, (tuple(data), tuple(data.values())))
        self.produce_output(parsed_args, columns, values)
        return 0

    def _dressed(self, parsed_args: Namespace) -> Any:
        """The answer, or an error's, with units."""
        try:
            return self.answer.dress(self.take_action(parsed_args))
        except CliError as error:
            error.data = self.answer.dress(error.data)
            raise

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Any) -> int:
        everything = dict(zip(column_names, data))
        try:
            chosen = select(everything, parsed_args.columns)
        except UsageError as error:  # found out too late to undo anything, so the result must not be lost
            if not hasattr(self.formatter, "emit_envelope"):
                self.formatter.emit_one(list(everything), list(everything.values()), self.app.stdout, parsed_args)
            error.data = everything
            raise
        text = self.text(chosen) if getattr(self.formatter, "prefers_text", False) else None
        if text is not None:
            lines = (written_for(self.app.stdout, visible(line)) for line in text.rstrip("\n").split("\n"))
            self.app.stdout.write("\n".join(lines) + "\n")
        else:
            self.formatter.emit_one(list(chosen), list(chosen.values()), self.app.stdout, parsed_args)
        return 0


class Rows:
    """What a Lister returns: rows under their plural name, beside anything else worth saying.

    Rows("files", ("name", "size"), rows, free=...) is `{"free": ..., "files": [{"name": ...}, ...]}`.
    A row is a mapping by column, or a sequence in the columns' order. The columns in `more` come after the
    others, and a table, which has little room, leaves them out unless `-c` names them.
    """

    def __init__(self, name: str, columns: Sequence[str], rows: Iterable[Any], *, more: Sequence[str] = (), **extra: Any) -> None:
        self.name = name
        self.brief = tuple(columns)
        self.columns = (*columns, *more)
        self.rows = [tuple(row[key] for key in self.columns) if isinstance(row, Mapping) else tuple(row) for row in rows]
        self.extra = extra


class Lister(Output, CliffLister):
    """A command that answers a list: `take_action(parsed_args)` returns Rows.

    A CliError whose `data` is such Rows is shown with them.
    """

    _group = LIST_GROUP

    def run(self, parsed_args: Namespace) -> int:
        parsed_args = self._run_before_hooks(parsed_args)
        self.formatter = self._formatter_plugins[parsed_args.formatter].obj
        try:
            rows = self.take_action(parsed_args)
        except CliError as error:
            if isinstance(error.data, Rows):
                self._show_failed(error, self._dressed(error.data), parsed_args)
            raise
        self._show(self._dressed(rows), parsed_args)
        return 0

    def _dressed(self, rows: Rows) -> Rows:
        """The rows, with units."""
        whole = self.answer.dress({**rows.extra, rows.name: [dict(zip(rows.columns, row)) for row in rows.rows]})
        more = rows.columns[len(rows.brief) :]
        return Rows(rows.name, rows.brief, whole.pop(rows.name), more=more, **whole)

    def _show(self, rows: Rows, parsed_args: Namespace) -> None:
        parsed_args.rows_name, parsed_args.rows_extra = rows.name, self.app.scrubber.hide_all(rows.extra)
        columns, values = self._run_after_hooks(parsed_args, (rows.columns, self.app.scrubber.hide_all(rows.rows)))
        known = {_normal(name): name for name in columns}
        if not parsed_args.columns and getattr(self.formatter, "prefers_text", False):
            parsed_args.columns = [name for name in columns if name not in rows.columns or name in rows.brief]
        unknown = [name for name in parsed_args.columns if _normal(name) not in known]
        parsed_args.columns = [known[_normal(name)] for name in parsed_args.columns if _normal(name) in known]
        if unknown:
            raise _no_column(unknown, columns)
        self.produce_output(parsed_args, columns, values)

    def _show_failed(self, error: CliError, rows: Rows, parsed_args: Namespace) -> None:
        """To a person the rows now, the error after them; to a program all in one envelope."""
        if not hasattr(self.formatter, "emit_envelope"):
            self._show(rows, parsed_args)
        error.data = {**rows.extra, rows.name: [dict(zip(rows.columns, row)) for row in rows.rows]}


def select(data: Dict[str, Any], columns: Sequence[str]) -> Dict[str, Any]:
    """The fields that `-c` names, which may be dotted: `temperature.tool0`. All of them without `-c`."""
    if not columns:
        return data
    chosen: Dict[str, Any] = {}
    unknown = []
    for name in columns:
        try:
            _copy(data, chosen, name.split("."))
        except KeyError:
            unknown.append(name)
    if unknown:
        raise _no_column(unknown, list(data))
    return chosen


def _copy(source: Any, target: Dict[str, Any], path: List[str]) -> None:
    value = source.machine_readable() if hasattr(source, "machine_readable") else source
    if not isinstance(value, dict):
        raise KeyError(path[0])
    if len(path) == 1:
        target[path[0]] = value[path[0]]
    else:
        _copy(value[path[0]], target.setdefault(path[0], {}), path[1:])


def _normal(column: str) -> str:
    return column.lower().strip().replace(" ", "_")


def _no_column(unknown: Sequence[str], known: Sequence[str]) -> UsageError:
    return UsageError(f"there is no column {', '.join(unknown)}; there are {', '.join(known)}")
