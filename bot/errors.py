"""What can go wrong, as one tree. An error's docstring is its English message; catalogues hold the Chinese one.

    PraisebotError
    ├── Refusal                    something a person asked for and cannot have; said only to them
    │   ├── Refused                … with several problems, told together
    │   ├── NotFound, NotAllowed, AlreadyDecided, NotUnderstood, …
    ├── Unavailable                the service cannot do it now; the same event may be sent again
    │   ├── StorageBusy, StorageFull, StorageGone, StorageUnsure
    ├── ConfigurationError         the operator must change a setting: PortInvalid, SchemaOutdated, …
    ├── UsageWrong                 the command line itself: CommandUnknown, ParameterMissing, FileMissing, …
    ├── ClusterUnusable            a Dask cluster to tag on: ClusterSilent, ClusterEmpty, …
    ├── FileUnusable               a file given on the command line: RosterBroken, TableWithoutText, …
    └── ModelUnusable              the classifier's files: ModelMissing, ModelDamaged, …

``{placeholders}`` are filled from the error's data when it is translated, late, in the reader's locale.
"""

from __future__ import annotations

import traceback
from inspect import cleandoc
from pathlib import Path
from typing import Any


class PraisebotError(Exception):
    """Something went wrong."""

    def __init__(self, **data: object) -> None:
        super().__init__()
        self.data = data

    @property
    def message(self) -> str:
        """The English text with its placeholders, the key into the catalogues."""
        return " ".join(cleandoc(type(self).__doc__ or "").split())

    def __str__(self) -> str:
        return self.message.format_map(_Blank(self.data))


class _Blank(dict[str, object]):
    """Leaves a placeholder visible rather than failing while an error is being reported."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


# --- refusals: giving ------------------------------------------------------------------------------------------------


class Refusal(PraisebotError):
    """That is not possible."""


class Refused(Refusal):
    """Please fix this first:"""

    def __init__(self, problems: tuple[Refusal, ...]) -> None:
        super().__init__()
        self.problems = problems


class NobodyNamed(Refusal):
    """Who is this for? Type @ and pick a colleague."""


class ReasonMissing(Refusal):
    """Say what they did, so that they know why and others can learn."""


class ReasonTooLong(Refusal):
    """The text has {length} characters; please keep it to {limit}."""


class UnknownPerson(Refusal):
    """I can’t find “{name}”. Type @ and pick from the list."""


class AmbiguousPerson(Refusal):
    """Several people are called “{name}”: {candidates}. Use the staff number, for example @{example}."""


class PraisingOneself(Refusal):
    """You can’t praise yourself. Your colleagues will notice."""


class PraisingBot(Refusal):
    """{name} is a bot and can’t receive praise."""


class PraisingLeaver(Refusal):
    """{name} has left and can no longer be praised."""


class PraisingEveryone(Refusal):
    """Please name people: @everyone and @channel don’t work here."""


class TooManyRecipients(Refusal):
    """{count} people at once is too many; at most {limit} in one praise."""


class UnknownTag(Refusal):
    """There is no tag #{tag}. Use one of: {tags}."""


class AllowanceSpent(Refusal):
    """Not enough allowance: this needs {needed}, you have {left} until it resets on {until}."""


class PraisedJustNow(Refusal):
    """You praised {name} in the same words a moment ago. Praise again?"""


# --- refusals: everything else ---------------------------------------------------------------------------------------


class NotUnderstood(Refusal):
    """I don’t understand “{words}”. Type /praise help for what I can do."""


class NotUnderstoodSuggest(Refusal):
    """I don’t understand “{words}”. Did you mean /praise {suggestion}?"""


class WindowNotUnderstood(Refusal):
    """I don’t know the period “{words}”. Try this week, last month, this quarter or 2026-10-01..2026-10-31."""


class NotFound(Refusal):
    """That is no longer there."""


class NotAllowed(Refusal):
    """Only {who} may do that."""


class NotYourTeam(Refusal):
    """That belongs to a team you do not supervise."""


class OwnPraise(Refusal):
    """You gave or received this praise, so somebody else has to decide on it."""


class AlreadyDecided(Refusal):
    """{name} already decided on this: {outcome}."""


class AlreadySeconded(Refusal):
    """You have already seconded this praise."""


class CannotSecond(Refusal):
    """A praise is seconded by somebody who neither gave nor received it."""


class NothingToUndo(Refusal):
    """There is nothing to undo: that praise is already confirmed or taken back."""


class RejectReasonMissing(Refusal):
    """Say briefly why this is not praise: those involved read it, and the classifier is trained on it."""


class AlreadyForwarded(Refusal):
    """{name} has already forwarded this comment."""


class AlreadyForwardedByYou(Refusal):
    """You have already forwarded this comment."""


class RecipientMissing(Refusal):
    """First say whose praise this is."""


class Stranger(Refusal):
    """I don’t know you yet. Ask your administrator to add you."""


class WorkspaceUnknown(Refusal):
    """This workspace is not connected to an organisation yet. Ask your administrator."""


class ChannelOnly(Refusal):
    """Type this in the channel that it is about."""


class NoTeam(Refusal):
    """You belong to no team yet. Ask your administrator to add you to one."""


class TeamUnknown(Refusal):
    """There is no team {name}. Teams: {teams}"""


# --- not now ---------------------------------------------------------------------------------------------------------


class Unavailable(PraisebotError):
    """Nothing was saved: something went wrong on our side. Please send it again."""


class StorageBusy(Unavailable):
    """Nothing was saved: the database is busy. Please send it again in a moment."""


class StorageFull(Unavailable):
    """Nothing was saved: the disk is full. Your administrator has to make room; then send it again."""


class StorageGone(Unavailable):
    """Nothing was saved: the database does not answer. Please send it again in a few minutes."""


class StorageUnsure(Unavailable):
    """It is not certain that this was saved: the database stopped answering. Please look before you send it again."""


# --- for operators ---------------------------------------------------------------------------------------------------


class ConfigurationError(PraisebotError):
    """A setting is wrong."""


class PortInvalid(ConfigurationError):
    """PORT={value} is not a port. Use a number from 0 to 65535."""


class SettingUnknown(ConfigurationError):
    """{name}={value} is not known. Use one of: {choices}."""


class TimezoneUnknown(ConfigurationError):
    """PRAISEBOT_TIMEZONE={value} is not a timezone. Use one such as Asia/Shanghai."""


class SettingsFileUnreadable(ConfigurationError):
    """{path} cannot be read. Save it as UTF-8 text."""


class SecretTooShort(ConfigurationError):
    """{name} is too short. Use at least 16 characters."""


class SecretMissing(ConfigurationError):
    """HOST={host} lets other machines reach the local chat. Set PRAISEBOT_WEB_SECRET to at least 16 characters, or
    HOST to 127.0.0.1.
    """


class AddressInsecure(ConfigurationError):
    """{name}={value} is not an address with https://. Only on this machine http:// will do."""


class SlackIncomplete(ConfigurationError):
    """{present} is set, but {missing} is not. Slack needs both."""


class SlackTwice(ConfigurationError):
    """SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for any number. Set one of them."""


class SlackTokenRefused(ConfigurationError):
    """Slack does not accept {name} ({code}). Copy it again from the settings of the app in Slack, and restart."""


class TeamsIncomplete(ConfigurationError):
    """{present} is set, and {missing} is needed with it."""


class TeamsDevelopmentExposed(ConfigurationError):
    """PRAISEBOT_TEAMS_DEVELOPMENT lets anybody who reaches the server pass for Teams, and HOST={host} is reached from
    other machines. Set HOST=127.0.0.1, or leave it out and set MicrosoftAppId.
    """


class DatabaseUnknown(ConfigurationError):
    """DATABASE_URL names a database this product is not tested with. Use sqlite:///file.db or
    postgresql://user@host/name.
    """


class DatabaseInMemory(ConfigurationError):
    """An in-memory database loses everything. Name a file: sqlite:///file.db."""


class DatabaseUrlBroken(ConfigurationError):
    """DATABASE_URL cannot be read. Write it like postgresql://user@host:5432/name, and @ in a password as %40."""


class DatabaseFolderMissing(ConfigurationError):
    """There is no folder {folder} for the database. Make it, or change DATABASE_URL."""


class DatabaseFileForeign(ConfigurationError):
    """{path} is not a SQLite database. Name another file in DATABASE_URL, or put a backup in its place."""


class DatabaseUnusable(ConfigurationError):
    """The database cannot be used ({reason}). Check DATABASE_URL, and that the database is there."""


class SchemaUnknown(ConfigurationError):
    """The database is at schema {found}; this version knows none after {needed}. Start the newer version again."""


class SchemaOutdated(ConfigurationError):
    """The database is at schema {found}, this version needs {needed}. Run: praisebot migrate"""


class PortUnusable(ConfigurationError):
    """Port {port} cannot be used: {reason}. Set PORT to another."""


class NoOrganisation(ConfigurationError):
    """There is no organisation yet. Run: praisebot setup NAME"""


class WebhookOff(ConfigurationError):
    """The webhook is off. Set PRAISEBOT_WEBHOOK_SECRET first."""


class UsageWrong(PraisebotError):
    """The command cannot be understood."""


class CommandUnknown(UsageWrong):
    """There is no such command. Commands: {commands}"""


class OptionUnknown(UsageWrong):
    """There is no option {option}."""


class OptionMisused(UsageWrong):
    """The option {option} lacks its value, or has one though it takes none."""


class ParameterMissing(UsageWrong):
    """{name} is missing."""


class ParameterInvalid(UsageWrong):
    """The value of {name} is not one it can have."""


class WordsTooMany(UsageWrong):
    """There are more words than the command takes. Put names with spaces in quotation marks."""


class OptionsExclusive(UsageWrong):
    """{one} and {other} cannot be used together."""


class FileMissing(UsageWrong):
    """There is no file {path}. Check the name."""


class FolderMissing(UsageWrong):
    """There is no folder {path}. Check the name."""


class FolderGiven(UsageWrong):
    """{path} is a folder. Name a file."""


class FileGiven(UsageWrong):
    """{path} is a file. Name a folder."""


class FileUnusable(PraisebotError):
    """The file cannot be used."""


class FileUnreadable(FileUnusable):
    """{path} cannot be read ({reason}). Check the name and your rights to it."""


class FileUnwritable(FileUnusable):
    """{path} cannot be written ({reason}). Check the folder, your rights to it and the room on the disk."""


class FileBusy(FileUnusable):
    """{path} is being written by another praisebot tag. Wait until it is done, or name another file."""


class FileNotText(FileUnusable):
    """{path} is not UTF-8 text. Save it as UTF-8."""


class RosterWithoutNames(FileUnusable):
    """The roster has no column called name. Found: {found}. The first line must name the columns."""


class RosterBroken(FileUnusable):
    """Line {line} of the roster cannot be read. Look for a quotation mark left open above it."""


class RosterEncodingUnknown(FileUnusable):
    """The roster is neither UTF-8 nor GB18030. Save it as CSV with UTF-8."""


class TableKindUnknown(FileUnusable):
    """{file} is no CSV, TSV or JSONL. Save it as one of these, with a name that ends in {endings}."""


class TableKindDiffers(FileUnusable):
    """{file} is {kind}. Give the result a name that ends in {ending}."""


class TableWithoutText(FileUnusable):
    """No column is called {column}. The first line must name the columns, the one of the comments so."""


class LabelColumnsMissing(FileUnusable):
    """{file} lacks columns: {columns}. The first line must name the columns, separated by tabs."""


class LabelsWrong(FileUnusable):
    """{path} has bad rows. Put them right and try again:"""

    def __init__(self, *, path: Path, problems: tuple[Any, ...]) -> None:
        super().__init__(path=path)
        self.problems = problems
        """Every bad row, so that all can be put right at once: `bot.classifier.corpus.Mislabelled`."""


class CorpusEmpty(FileUnusable):
    """{folder} holds no labelled comments. Put *.tsv files there; models/corpus/README.md says how they look."""


class NothingLabelled(FileUnusable):
    """There are no labelled comments to compare with. Add some below the line that names the columns."""


class LabelsOneSided(FileUnusable):
    """There is too little to learn from. Add comments with and without each of these: {labels}."""


class TooFewDecisions(PraisebotError):
    """There is too little to learn from yet: {count} texts decided on, {needed} are needed."""


class WordsWrong(FileUnusable):
    """{path} has lines that cannot be used. Put them right and try again:"""

    def __init__(self, *, path: Path, problems: tuple[Any, ...]) -> None:
        super().__init__(path=path)
        self.problems = problems
        """Every bad line, so that all can be put right at once: `bot.learning.words.WordError`."""


class ModelUnknown(PraisebotError):
    """There is no model {number}. Models: praisebot model list"""


class NothingToRollBack(PraisebotError):
    """No model of its own serves here, so there is nothing to go back from."""


# --- the classifier’s model ------------------------------------------------------------------------------------------


class ModelUnusable(PraisebotError):
    """The classifier’s model cannot be used."""


class ModelMissing(ModelUnusable):
    """The classifier’s model cannot be read: {path} ({reason}). Copy the shipped model there again, or run: praisebot
    train
    """


class ModelTooLarge(ModelUnusable):
    """{path} is too large for a model of the classifier. Copy the shipped model there again."""


class ModelCardBroken(ModelUnusable):
    """{path} is not the card of a model. Copy the shipped model there again, or run: praisebot train"""


class ModelForeign(ModelUnusable):
    """{path} belongs to a model of another version. Copy the model of this version there, or run: praisebot train"""


class ModelChanged(ModelUnusable):
    """{path} is not the file that {card} describes: it is damaged or only half replaced. Copy both from a good model
    again, or run: praisebot train
    """


class ModelDamaged(ModelUnusable):
    """{folder} holds no usable model ({detail}). Copy the shipped model there again, or run: praisebot train"""


# --- other processes and machines that tag ----------------------------------------------------------------------------


class WorkerLost(PraisebotError):
    """A process ended while it was tagging; perhaps the machine is short of memory. Try again with --processes 1."""


class ClusterUnusable(PraisebotError):
    """The Dask cluster cannot be used."""


class DaskMissing(ClusterUnusable):
    """What speaks to a Dask cluster is not installed. Run: pip install praisebot[dask]"""


class ClusterSilent(ClusterUnusable):
    """No Dask scheduler answers at {address}. Check the address, such as tcp://host:8786, and that it runs."""


class ClusterEmpty(ClusterUnusable):
    """The Dask cluster at {address} has no workers. Run on each machine: dask worker {address} --nthreads 1"""


class ClusterLost(ClusterUnusable):
    """The Dask cluster at {address} does not answer any more."""


class ClusterUnfit(ClusterUnusable):
    """A worker of the Dask cluster cannot tag ({reason}). Install this version of praisebot on all of them."""


class WorkerDiffers(ClusterUnusable):
    """A worker of the Dask cluster has another version of praisebot. Install this version on all of them."""


def place_of(error: BaseException) -> str:
    """Return an error's kind and where it arose, for the log; its text is left out: it may quote what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    cause = f" from {type(error.__cause__).__qualname__}" if error.__cause__ is not None else ""
    return f"{type(error).__qualname__}{cause} at {places}"
