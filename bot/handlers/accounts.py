"""Whose an account is: said by an administrator, or by an address that a chat has had confirmed."""

from __future__ import annotations

from datetime import datetime

from bot.chat import Person
from bot.handlers.cards import view
from bot.handlers.posting import ask_supervisors, redraw
from bot.periods import local_day
from bot.storage import decisions, identities, joining, members, praises
from bot.storage.database import Tx
from bot.storage.members import Member
from bot.storage.organisations import Organisation


def link(tx: Tx, member: Member, platform: str, workspace: str, account: str, now: datetime) -> bool:
    """Make an account of a chat a member's; return whether all that was done with it became theirs too.

    Who was only met there, and so is on no roster, was this member all the time. An account that another member of the
    roster had is moved alone: what was given and received with it stays with who it was.
    """
    had = identities.behind(tx, platform, workspace, [account]).get(account)
    if had is None or had.id == member.id or had.staff_number is not None or had.bot:
        identities.move(tx, member.id, platform, workspace, account)
        return False
    _join(tx, had, member, platform, now)
    return True


def met_again(
    tx: Tx, organisation: Organisation, platform: str, workspace: str, person: Person, local: str, now: datetime
) -> None:
    """Keep a member as their chat describes them now; see `bot.storage.identities.refresh`. Who was only met, and turns
    out to have a member's address, is that member.
    """
    identities.refresh(tx, organisation, platform, workspace, person, local)
    had = identities.behind(tx, platform, workspace, [person.id]).get(person.id)
    known = members.by_email(tx, organisation.id, person.email)
    if had is not None and known not in (None, had.id) and had.staff_number is None and not had.bot:
        assert known is not None
        _join(tx, had, members.by_ids(tx, organisation.id, [known])[known], platform, now)


def _join(tx: Tx, one: Member, into: Member, platform: str, now: datetime) -> None:
    joined = joining.join(tx, one, into, local_day(now, into.timezone), now)
    for praise_id in (*joined.taken_back, *joined.waiting):
        praise = praises.by_id(tx, into.organisation_id, praise_id)
        assert praise is not None
        if praise_id in joined.waiting:
            ask_supervisors(tx, view(tx, praise), platform, now)
        else:
            redraw(tx, praise, f"joined:{one.id}", now)
    decisions.note(tx, into.organisation_id, None, "join", f"member {one.id}", {"into": into.id}, now)
