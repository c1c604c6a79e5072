"""An organisation's own words, which the classifier keeps whole."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.terminal import LOCALE, _, fail, named_organisation, open_database, out, read_settings, run
from bot.cli.usage import COMMAND, OPTIONS, Group, InputFile
from bot.clock import now
from bot.errors import FileNotText, FileUnreadable, WordsWrong
from bot.i18n import describe

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    options_metavar=OPTIONS,
    subcommand_metavar=COMMAND,
    help=_("An organisation’s own words, such as its products: import, show."),
)

Owner = Annotated[str, typer.Option(help=_("Its name, where there are several."))]


@app.command(name="import", help=_("Put a list of words, one a line, in the place of the list before."))
def import_(file: InputFile, organisation: Owner = "") -> None:
    """Import a checked list, or say everything that is wrong with it and import nothing."""
    from bot.learning.words import checked
    from bot.reports import word_error
    from bot.storage import decisions, words
    from bot.storage.database import Tx

    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise FileNotText(path=file) from error
    except OSError as error:
        raise FileUnreadable(path=file, reason=error) from error
    found, errors = checked(lines)
    if errors:
        fail(describe(WordsWrong(path=file, problems=errors), LOCALE), *(word_error(one, _) for one in errors))

    def write(tx: Tx, organisation_id: int) -> None:
        words.replace(tx, organisation_id, found)
        decisions.note(tx, organisation_id, None, "words.import", file.name, {"words": len(found)}, now())

    with open_database(read_settings()) as database:
        of = named_organisation(database, organisation)
        run(database.write(write, of.id))
    out.print(_("Words: {count}. Running servers notice within a minute.", count=len(found)))


@app.command(help=_("Show which words are kept whole, names of people and teams among them."))
def show(organisation: Owner = "") -> None:
    """Print the words that make a difference, one a line."""
    from bot.classifier.cutting import cutter
    from bot.learning.words import worth_keeping
    from bot.storage import words

    with open_database(read_settings()) as database:
        of = named_organisation(database, organisation)
        spoken = run(database.read(words.spoken, of.id))
    for word in worth_keeping(spoken, cutter()):
        out.print(word, markup=False, soft_wrap=True)
