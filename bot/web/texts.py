"""The page's own texts. English here is the key into the catalogues; the scripts know each text by a short name."""

from __future__ import annotations

from bot.config import LOCALES
from bot.i18n import translator


def page_texts(locale: str) -> dict[str, str]:
    """Return every text of the page in ``locale``; ``{placeholders}`` are filled by the scripts."""
    _ = translator(locale)
    return {
        "product": _("Praisebot"),
        "needsScript": _("The chat needs JavaScript. Please allow it for this page."),
        # the column
        "conversations": _("Conversations"),
        "openConversations": _("Show conversations"),
        "channels": _("Channels"),
        "directMessages": _("Direct messages"),
        "newDirect": _("Message someone"),
        "unread": _("unread"),
        "unreadCount": _("{count} unread"),
        "thatIsYou": _("That is you"),
        "youAre": _("You are {name}"),
        "beSomeoneElse": _("Be someone else here"),
        "secondWindow": _("Open a second window as …"),
        "language": _("Language"),
        "signOut": _("Sign out"),
        "botBadge": _("Bot"),
        # the conversation
        "messages": _("Messages"),
        "everyoneReads": _("Everyone reads this channel"),
        "onlyYouTwo": _("Only the two of you read this"),
        "onlyYouAndBot": _("Only you read this"),
        "beginningChannel": _("This is the beginning of {name}."),
        "beginningPerson": _("This is the beginning of your messages with {name}."),
        "beginningBot": _("Ask for your points, the leaderboard or help; what you are praised for arrives here."),
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "newMessages": _("New"),
        "newestMessages": _("Newest messages"),
        "showAll": _("Show all"),
        "edited": _("(edited)"),
        "onlyYou": _("Only you can see this"),
        "editAgain": _("Edit"),
        "dismiss": _("Dismiss"),
        "messageMenu": _("More for this message"),
        "copyText": _("Copy text"),
        "copied": _("Copied."),
        "notCopied": _("The browser does not allow copying."),
        "decidingWords": _("These words decided"),
        "openPicture": _("Open full size"),
        # writing
        "skipToComposer": _("Skip to writing a message"),
        "messageChannel": _("Message #{name}"),
        "messagePerson": _("Message {name}"),
        "composerHelp": _("Enter sends, Shift+Enter starts a new line"),
        "send": _("Send"),
        "commands": _("Commands"),
        "mentionSomeone": _("Mention someone"),
        "people": _("People"),
        "searchPeople": _("Search by name or staff number"),
        "nobodyFound": _("Nobody found."),
        "staffNumber": _("staff no. {number}"),
        "noTeam": _("No team"),
        "roleAgent": _("Agent"),
        "roleSupervisor": _("Supervisor"),
        "roleManager": _("Manager"),
        "roleAdmin": _("Administrator"),
        "removePerson": _("Remove {name}"),
        # dialogs
        "close": _("Close"),
        "cancel": _("Cancel"),
        "pleaseConfirm": _("Please confirm"),
        "optional": _("optional"),
        "demo": _("Demo"),
        # who am I
        "whoAreYou": _("Who are you?"),
        "whoAreYouWhy": _("Pick a name to see the chat with their eyes. Open another window to be a second person."),
        "emptyTitle": _("Nobody is here yet"),
        "emptyWhy": _("The organisation is empty. One of these fills it:"),
        "emptySetup": _("makes your organisation"),
        "emptyRoster": _("reads them from a table"),
        "emptyDemo": _("starts with an invented call centre to try things out"),
        "emptyWaiting": _("This page notices by itself when people arrive."),
        # trouble
        "offline": _("The chat is not connected."),
        "keptUnsent": _("Your message is kept and goes out as soon as possible."),
        "cannotReach": _("The chat does not answer"),
        "signIn": _("Sign in"),
        "accessSecret": _("Access secret"),
        "accessSecretWhere": _("Whoever runs this chat set it as PRAISEBOT_WEB_SECRET."),
    }


def command_hints(locale: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Return what to offer after ``/``: the words to put in, in the reader's language first, and what they do."""
    own = _hints(locale)
    others = [_hints(other) for other in LOCALES if other != locale]
    return tuple(
        ((words, *(hints[index][0] for hints in others)), meaning) for index, (words, meaning) in enumerate(own)
    )


def _hints(locale: str) -> tuple[tuple[str, str], ...]:
    _ = translator(locale)
    return (
        (_("/praise @"), _("Praise a colleague: names, why, and #tag if you like")),
        (_("/praise"), _("Open the form")),
        (_("/praise customer @"), _("Pass on a customer's words about a colleague")),
        (_("/praise me"), _("My points and praises")),
        (_("/praise top"), _("The leaderboard")),
        (_("/praise report @"), _("A colleague's praises")),
        (_("/praise queue"), _("What waits for confirmation")),
        (_("/praise undo"), _("Take back my last praise")),
        (_("/praise help"), _("All commands")),
    )
