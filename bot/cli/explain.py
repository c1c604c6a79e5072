"""What the classifier makes of a text, in words, with the clause that decided marked in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import _, named_organisation, open_database, out, read_settings, run
from bot.clock import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from bot.classifier.predict import Tagger

app = typer.Typer()


@app.command(help=_("Say what the classifier makes of a text and mark the words that decided."))
def explain(
    text: Annotated[str, typer.Argument(metavar=_("TEXT"), show_default=False)],
    organisation: Annotated[str, typer.Option(help=_("Its name, where there are several."))] = "",
) -> None:
    """Tag one text, masked as the product masks it, and show why."""
    from bot.handlers.words import confidence_words, tagged
    from bot.privacy import mask

    masked = mask(text)
    tagger = _tagger(organisation)
    found = tagger.tag(masked)
    shown = tagger.tag_as_praise(masked) if found.doubtful else found
    out.print(_marked(masked, shown.evidence, colours=out.color_system is not None and not out.no_color))
    if shown.primary is None or shown.tier is None:
        out.print(_("Not praise"))
    elif found.doubtful:
        tags = tagged(shown.primary, shown.tags, shown.tier, _)
        out.print(_("Probably not praise; a supervisor would be asked. Tags if it is: {tags}", tags=tags), markup=False)
    else:
        out.print(tagged(shown.primary, shown.tags, shown.tier, _), markup=False)
    out.print(_("The classifier is {sure}.", sure=confidence_words(found.confidence, _)), markup=False)
    out.print(_("Model: {name}", name=found.model), style="dim", markup=False)


def _tagger(organisation: str) -> Tagger:
    """Return what tags for an organisation; the shipped model where there is none yet."""
    from bot.classifier.predict import Tagger
    from bot.learning.taggers import Taggers
    from bot.storage import organisations

    settings = read_settings()
    shipped = Tagger.load(settings.model)
    if not organisation and settings.sqlite and not Path(settings.database_url.removeprefix("sqlite:///")).exists():
        return shipped
    with open_database(settings) as database:
        if not organisation and not run(database.read(organisations.every)):
            return shipped
        return run(Taggers(database, shipped, now).of(named_organisation(database, organisation).id))


def _marked(text: str, pieces: Sequence[str], *, colours: bool) -> Text:
    """Return ``text`` with its telling pieces bold and underlined, or in brackets where there are no colours."""
    from rich.text import Text

    spans = spans_of(text, pieces)
    if colours:
        shown = Text(text)
        for start, end in spans:
            shown.stylize("bold underline", start, end)
        return shown
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += (text[at:start], "【", text[start:end], "】")
        at = end
    return Text("".join((*parts, text[at:])))


def spans_of(text: str, pieces: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the pieces stand in ``text``, each at its first place, in order; none overlaps another."""
    found: list[tuple[int, int]] = []
    for piece in pieces:
        start = text.find(piece)
        end = start + len(piece)
        if start >= 0 and piece and all(end <= other or start >= until for other, until in found):
            found.append((start, end))
    return sorted(found)
