"""The base classes of commands: cliff's ShowOne and Lister with this program's formats, envelope and errors.

A command returns data or raises; it does not print, format, catch broadly or exit.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from cliff.lister import Lister as CliffLister
from cliff.show import ShowOne as CliffShowOne

from octoprint_cli.errors import CliError, ConfigError, Terminated, UsageError
from octoprint_cli.errors.suggest import close_matches, did_you_mean
from octoprint_cli.framework.attribute_aliases import map_attributes
from octoprint_cli.framework.cliff_internals import CliffHooks, own_epilog
from octoprint_cli.framework.column_choice import answers, no_column, normal, require_columns, require_row_columns, select
from octoprint_cli.framework.fields import Field, record
from octoprint_cli.framework.parser import HelpFormatter
from octoprint_cli.output.formats.registry import DEFAULT_FORMAT, LIST_GROUP, SHOW_GROUP, Formatters, Presentation
from octoprint_cli.output.safe_text import visible, written_for

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.config.settings import Settings
    from octoprint_cli.framework.run_context import RunContext
    from octoprint_cli.output.terminal.terminal import Terminal

#: New names of class attributes by their old ones; both can be declared and read.
ALIASES = {
    "answer": "result",
    "codes": "error_codes",
    "asks_server": "needs_server",
    "as_tool": "exposed_as_tool",
    "urgent": "unqueued_when",
}


class Output(CliffHooks):
    """Mixin of every command: its declarations, the run it belongs to, and this program's formats instead of cliff's."""

    app: RunContext
    cmd_name: Optional[str]
    #: Whether the command has a `--timeout` of its own, which limits its wait and not each request.
    own_timeout = False
    #: What the envelope's `data` holds, built from `fields`. The command itself returns raw values.
    result: ClassVar[Field] = record()
    #: What the text format says of the answer: a template, see `output/template.py`. Without one it shows labelled lines.
    template: ClassVar[Any] = None
    #: Command lines that the help shows, each with what it does.
    examples: ClassVar[Sequence[Tuple[str, str]]] = ()
    #: What the command does to server and printer: words of EFFECTS. None is undeclared, and counts as unrestricted.
    effects: ClassVar[Optional[Sequence[str]]] = None
    #: True if the command only runs other commands, which are guarded themselves (batch, mcp serve).
    runs_commands: ClassVar[bool] = False
    #: Whether the command is idempotent: running it again does no harm and changes nothing more.
    repeatable: ClassVar[bool] = True
    #: Error codes that the command may end with, in addition to those of every command and of every request.
    error_codes: ClassVar[Sequence[str]] = ()
    #: Whether the command sends requests to a server.
    needs_server: ClassVar[bool] = True
    #: Whether a program that offers commands as tools should offer this one; false if only a user or a shell needs it.
    exposed_as_tool: ClassVar[bool] = True
    #: Arguments that make the command bypass the queue of running commands, because they stop something.
    unqueued_when: ClassVar[Sequence[str]] = ()
    _group = SHOW_GROUP

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        map_attributes(cls, ALIASES)

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
        """The terminal, for notes, warnings and questions on stderr; never for stdout."""
        terminal: Terminal = self.app.terminal
        return terminal

    @property
    def formatter_namespace(self) -> str:
        return self._group

    @property
    def formatter_default(self) -> str:
        """The format of this run, or text if the command lacks it; `require_usable` reports that when the command runs."""
        wanted: str = self.app.format.name
        return wanted if wanted in Formatters(self._group, "").names() else DEFAULT_FORMAT

    def require_usable(self) -> None:
        """Raise UsageError for a format that this command does not have, or ConfigError for one that no command has."""
        known, wanted = Formatters(self._group, "").names(), self.app.format.name
        if wanted in known:
            return
        if self.app.format.asked_for:
            near = close_matches(wanted, known)
            raise UsageError(
                f"{self.cmd_name} has no format {wanted!r} (choose from {', '.join(known)}){did_you_mean(near)}",
                hint="octoprint-cli help formats",
                details={"did_you_mean": near},
            )
        elsewhere = Formatters(LIST_GROUP if self._group == SHOW_GROUP else SHOW_GROUP, "").names()
        if wanted in elsewhere:  # such as OCTOPRINT_CLI_FORMAT=csv for a single object, which is shown as text
            return
        raise ConfigError(f"OCTOPRINT_CLI_FORMAT={wanted} is not one of {', '.join(known)}", hint="unset OCTOPRINT_CLI_FORMAT")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        """Return the parser of the command's arguments. To extend it, call super, add arguments and return it."""
        parser: ArgumentParser = super().get_parser(prog_name)  # type: ignore[misc]
        parser.formatter_class = HelpFormatter
        return parser

    def load_formatters(self) -> Formatters:
        """Return the formats of this command, of which only the wanted one is imported."""
        return Formatters(self._group, self.formatter_default)

    def presentation(self, parsed_args: Namespace, answer: Mapping[str, Any]) -> Presentation:
        """Return how the text format shows an answer. Columns that `-c` chooses are shown as they are."""
        template = None if parsed_args.columns else self.template_for(answer)
        arguments = parsed_args if answer.get("dry_run") else Namespace()  # what was asked for is not yet so
        verbose = self.app.options.verbose_level > 1
        return Presentation(template, None, arguments, verbose, self.app.for_same_server, None, self.app.environ)

    def template_for(self, answer: Mapping[str, Any]) -> Any:
        """Return the template for an answer."""
        return self.template

    def asks_for(self, parsed_args: Namespace, *names: str) -> bool:
        """Whether the answer must have one of these fields: -c names it, or a part of it, or there is no -c."""
        columns = parsed_args.columns or []
        return not columns or any(column.split(".")[0] in names for column in columns)

    def unknown_column(self, names: Sequence[str], known: Sequence[str]) -> UsageError:
        """Return the error for a column that does not exist."""
        return no_column(names, known)

    def get_epilog(self) -> str:
        """Return the text that follows the command's help."""
        return own_epilog(self) or ""

    def begin(self, parsed_args: Namespace) -> Namespace:
        """Call cliff's hooks and choose the formatter. Returns the arguments, which a hook may have changed."""
        parsed_args = self.run_before_hooks(parsed_args)
        self.formatter: Any = self.formatter_named(parsed_args.formatter)
        if parsed_args.columns:
            self.require_possible_columns(parsed_args)
        return parsed_args

    def require_possible_columns(self, parsed_args: Namespace) -> None:
        """Raise UsageError for a column that no answer can have. Called before the command does anything."""


map_attributes(Output, ALIASES)


class ShowOne(Output, CliffShowOne):
    """Base class of a command that returns one object.

    `take_action(parsed_args)` returns a dict: the envelope's `data`. `result` declares the units that its values have
    in a table. A guarded command defines `perform` instead.
    """

    _group = SHOW_GROUP

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        """Return a text to show instead of a table and of the template, or None. Pass text of the server through `visible`."""
        return None

    def picture(self) -> Optional[bytes]:
        """Return a PNG file to draw above the text on a terminal, or None."""
        return None

    def run(self, parsed_args: Namespace) -> int:
        parsed_args = self.begin(parsed_args)
        try:
            raw = self.take_action(parsed_args)
        except (CliError, KeyboardInterrupt, Terminated) as failure:
            format_failure(self.result, failure)
            raise
        with self.app.writing(raw, self):
            data = self.app.scrubber.hide_all(self.result.format(raw))  # a server may echo the API key
            # cliff's dict2columns is not used, since older releases of it sort.
            columns, values = self.run_after_hooks(parsed_args, (tuple(data), tuple(data.values())))
        self.produce_output(parsed_args, columns, values)
        return 0

    def require_possible_columns(self, parsed_args: Namespace) -> None:
        require_columns(self, parsed_args)

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Any) -> int:
        everything = dict(zip(column_names, data))
        try:
            chosen = select(everything, parsed_args.columns, answers(self, parsed_args))
        except UsageError as error:  # the command has been carried out, so its result must not be lost
            if not hasattr(self.formatter, "emit_envelope"):
                self._emit(everything, parsed_args)
            error.data = everything
            raise self.app.unanswered(error, everything, self) from error
        with self.app.writing(everything, self):
            text = self.text(chosen) if getattr(self.formatter, "prefers_text", False) else None
        if text is not None:
            lines = (written_for(self.app.stdout, visible(line)) for line in text.rstrip("\n").split("\n"))
            self.app.stdout.write("\n".join(lines) + "\n")
        else:
            self._emit(chosen, parsed_args, everything)
        return 0

    def _emit(self, chosen: Dict[str, Any], parsed_args: Namespace, everything: Optional[Dict[str, Any]] = None) -> None:
        for_formatter = parsed_args
        if getattr(self.formatter, "fills_templates", False):
            picture = None if parsed_args.columns else self.picture()
            presentation = self.presentation(parsed_args, chosen)._replace(picture=picture)
            for_formatter = Namespace(**{**vars(parsed_args), "presentation": presentation})
        with self.app.writing(everything or chosen, self, parsed_args.formatter):
            self.formatter.emit_one(list(chosen), list(chosen.values()), self.app.stdout, for_formatter)


class Rows:
    """The result of a Lister: rows under their plural name, and other values beside them.

    Rows("files", ("name", "size"), rows, free=...) is `{"free": ..., "files": [{"name": ...}, ...]}`.
    A row is a mapping by column, or a sequence in the order of the columns. The columns in `more` come after the
    others; a table, which has little room, omits them unless `-c` names them.
    """

    def __init__(self, name: str, columns: Sequence[str], rows: Iterable[Any], *, more: Sequence[str] = (), **extra: Any) -> None:
        self.name = name
        self.brief = tuple(columns)
        self.columns = (*columns, *more)
        self.rows = [tuple(row[key] for key in self.columns) if isinstance(row, Mapping) else tuple(row) for row in rows]
        self.extra = extra

    def as_dict(self) -> Dict[str, Any]:
        """Return the rows, each as an object, and the other values as one object."""
        return {**self.extra, self.name: [dict(zip(self.columns, row)) for row in self.rows]}


class Lister(Output, CliffLister):
    """Base class of a command that returns a list: `take_action(parsed_args)` returns Rows.

    If a CliError has Rows as its `data`, they are shown as well.
    """

    #: The columns of the text format: headings, each with the template of its cells. None: those of a table. Empty: none.
    headings: ClassVar[Optional[Mapping[str, Any]]] = None
    _group = LIST_GROUP

    def run(self, parsed_args: Namespace) -> int:
        parsed_args = self.begin(parsed_args)
        try:
            rows = self.take_action(parsed_args)
        except CliError as error:
            if isinstance(error.data, Rows):
                self._show_failed(error, self._formatted(error.data), parsed_args)
            raise
        with self.app.writing(rows.as_dict(), self):
            formatted = self._formatted(rows)
        self._show(formatted, parsed_args)
        return 0

    def require_possible_columns(self, parsed_args: Namespace) -> None:
        require_row_columns(self, parsed_args)

    def presentation(self, parsed_args: Namespace, answer: Mapping[str, Any]) -> Presentation:
        headings = None if parsed_args.columns else self.headings
        return super().presentation(parsed_args, answer)._replace(headings=headings)

    def _formatted(self, rows: Rows) -> Rows:
        """Return the rows with their declared units."""
        whole = self.result.format(rows.as_dict())
        more = rows.columns[len(rows.brief) :]
        return Rows(rows.name, rows.brief, whole.pop(rows.name), more=more, **whole)

    def _show(self, rows: Rows, parsed_args: Namespace) -> None:
        answer = rows.as_dict()
        with self.app.writing(answer, self):
            columns, values = self.run_after_hooks(parsed_args, (rows.columns, self.app.scrubber.hide_all(rows.rows)))
        # cliff passes nothing but a namespace to the formatter, so a copy of it carries the other values.
        for_formatter = Namespace(**vars(parsed_args))
        for_formatter.rows_name, for_formatter.rows_extra = rows.name, self.app.scrubber.hide_all(rows.extra)
        if getattr(self.formatter, "fills_templates", False):
            for_formatter.presentation = self.presentation(parsed_args, answer)
        with self.app.writing(answer, self, parsed_args.formatter):
            for_formatter.columns = self._columns(parsed_args.columns, columns, rows)
            self.produce_output(for_formatter, columns, values)

    def _columns(self, wanted: Sequence[str], columns: Sequence[str], rows: Rows) -> List[str]:
        """Return the columns to show. Raises UsageError for one that does not exist."""
        if not wanted and getattr(self.formatter, "fills_templates", False) and self.headings is not None:
            return list(columns)
        if not wanted and getattr(self.formatter, "prefers_text", False):
            return [name for name in columns if name not in rows.columns or name in rows.brief]
        known = {normal(name): name for name in columns}
        unknown = [name for name in wanted if normal(name) not in known]
        if unknown:
            raise no_column(unknown, columns)
        return [known[normal(name)] for name in wanted]

    def _show_failed(self, error: CliError, rows: Rows, parsed_args: Namespace) -> None:
        """Show the rows before the error, or attach them to the error if the format has an envelope for both."""
        if not hasattr(self.formatter, "emit_envelope"):
            self._show(rows, parsed_args)
        error.data = rows.as_dict()


def format_failure(result: Field, failure: BaseException) -> None:
    """Give the `data` of an error, or of an interruption, the units of the command's result."""
    data = getattr(failure, "data", None)
    if data is not None:
        vars(failure)["data"] = result.format(data)
