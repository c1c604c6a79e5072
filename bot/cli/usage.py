"""The command line's help, and what is wrong with a command, in the operator's language: Typer has only English."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from bot.cli.terminal import _
from bot.errors import (
    CommandUnknown,
    FileGiven,
    FileMissing,
    FileUnreadable,
    FolderGiven,
    FolderMissing,
    OptionMisused,
    OptionUnknown,
    ParameterInvalid,
    ParameterMissing,
    UsageWrong,
    WordsTooMany,
)

OPTIONS = _("[OPTIONS]")
COMMAND = _("COMMAND [WORDS] …")


def _format_usage(self: Any, ctx: Any, formatter: Any) -> None:
    """Write the line that says how a command is written."""
    formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), _("Usage:") + " ")


class Command(TyperCommand):
    """A command whose help is translated."""

    format_usage = _format_usage

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words after the command; whatever is wrong with them is known to be this command's."""
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            if getattr(error, "ctx", None) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise

    def get_help_option(self, ctx: Any) -> Any:
        """Return ``--help``."""
        return _explained(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _translate_headings()
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """Commands whose help is translated."""

    format_usage = _format_usage

    def get_help_option(self, ctx: Any) -> Any:
        """Return ``--help``."""
        return _explained(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _translate_headings()
        super().format_help(ctx, formatter)


def _explained(option: Any) -> Any:
    if option is not None:
        option.help = _("Show this message and exit.")
    return option


def _translate_headings() -> None:
    from typer import rich_utils  # importing it takes its time, and only help needs it

    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.REQUIRED_LONG_STRING = _("[required]")
    rich_utils.DEFAULT_STRING = _("[default: {value}]", value="{}")


def mistake_in(error: typer.TyperException) -> UsageWrong:
    """Return what Typer found wrong with a command line, without its English words."""
    if isinstance(error, typer.BadParameter):
        name = (error.param.metavar or " / ".join(error.param.opts)) if error.param else ""
        return ParameterMissing(name=name) if hasattr(error, "param_type") else ParameterInvalid(name=name)
    option = getattr(error, "option_name", None)
    if option is not None:
        return OptionUnknown(option=option) if hasattr(error, "possibilities") else OptionMisused(option=option)
    command = getattr(getattr(error, "ctx", None), "command", None)
    if isinstance(command, TyperGroup):
        return CommandUnknown(commands=tuple(command.commands))
    return WordsTooMany()


def hint_for(error: typer.TyperException) -> str:
    """Return where it says how the command is written."""
    ctx = getattr(error, "ctx", None)
    return _("How it is written: {command} --help", command=ctx.command_path if ctx else "praisebot")


# --- files and folders on the command line ----------------------------------------------------------------------------


def existing_file(path: Path) -> Path:
    """Return ``path`` if it is a file. Raises ``UsageWrong`` or ``FileUnreadable``."""
    if _mode(path) is None:
        raise FileMissing(path=path)
    return no_folder(path)


def existing_folder(path: Path) -> Path:
    """Return ``path`` if it is a folder. Raises ``UsageWrong`` or ``FileUnreadable``."""
    if _mode(path) is None:
        raise FolderMissing(path=path)
    return no_file(path)


def no_folder(path: Path) -> Path:
    """Return ``path`` unless it is a folder. Raises ``FolderGiven`` or ``FileUnreadable``."""
    if stat.S_ISDIR(_mode(path) or 0):
        raise FolderGiven(path=path)
    return path


def no_file(path: Path) -> Path:
    """Return ``path`` unless it is something else than a folder. Raises ``FileGiven`` or ``FileUnreadable``."""
    mode = _mode(path)
    if mode is not None and not stat.S_ISDIR(mode):
        raise FileGiven(path=path)
    return path


def _mode(path: Path) -> int | None:
    """Return what kind of thing stands at ``path``, None where nothing does."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise FileUnreadable(path=path, reason=error) from error


InputFile = Annotated[Path, typer.Argument(callback=existing_file, metavar=_("FILE"), show_default=False)]
