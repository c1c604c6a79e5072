"""Customers' English names: where somebody says who they are, in a signature, and where the words around say so.

The name of somebody who is praised must stay. A name alone, one with a title (Ms Wendy) and one that is thanked are
therefore left alone: it takes an introduction, an end of a letter, or something that only a customer does or has. Names
are written with capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LETTERS = "A-Za-z\u00c0-\u024f"
_WORD = f"[A-Z\u00c0-\u00de](?:[{_LETTERS}]|['\u2019\\-](?=[{_LETTERS}])){{1,24}}(?<!['\u2019]s)"
_INITIAL = "[A-Z]\\.?(?= )"
_END = f"(?![{_LETTERS}0-9])"
_ONE_OR_MORE = f"(?:{_INITIAL} ){{0,2}}{_WORD}(?: (?:{_WORD}|{_INITIAL})){{0,2}}{_END}"
_FULL = f"(?:{_WORD}|{_INITIAL})(?: (?:{_WORD}|{_INITIAL})){{0,2}} {_WORD}{_END}"
_START = f"(?<![{_LETTERS}0-9])"
_TITLE = "(?:Mr|Mrs|Ms|Miss|Mdm|Madam|Dr|MR|MRS|MS|MISS)\\.? "
# What is masked ends what may be looked at, and so does the mark that stands for it.
_SOON = "[^.!?\\n\\0\\[\\]]{0,40}?"

# Words with a capital that are no names.
_NO_NAME = (
    "(?:Mr|Mrs|Ms|Miss|Mdm|Madam|Dr|A|An|The|I|We|You|He|She|They|It|My|Your|Our|His|Her|Their|This|That|And|But|So|Very|Not|Really|Extremely"
    "|Happy|Glad|Grateful|Thankful|Pleased|Satisfied|Impressed|Delighted|Sorry|Sure|Just|Also|Still|Writing|Calling"
    "|Thank|Thanks|Please|Service|Services|Care|Support|Relations?|Rep|Representatives?|Advis[eo]rs?|Officers?|Agents?"
    "|Teams?|Managers?|Experience|Success|Cent(?:re|er)|Hotline|Satisfaction|Consultants?|Executives?|Assistants?|Staff"
    "|Desk|Department|Bank|Branch|Number|Id|ID|Feedback|Complaints?|Survey|Name|Wrong|On|In|From|At|To|Of|For|With|No"
    "|Regards|Wishes|Sincerely|Faithfully|Truly|Respectfully|Yours|Best|Kind|Kindest|Warm|Warmest|Many|Cheers"
    "|Yes|Never|Always|Great|Good|Excellent|British|American|Chinese|Australian|Canadian|Indian|French|German"
    "|Singaporean|Malaysian|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|June"
    "|July|August|September|October|November|December)"
)
_NONE_OF_THEM = f"(?!(?:{_WORD} ){{0,2}}{_NO_NAME}{_END})"

_STAFF_HERE = re.compile(
    rf"{_SOON}(?i:customer (?:service|care|support)|how (?:may|can) i|your (?:agent|bank|advis|relationship)|help ?desk"
    r"|support team|(?:the|this|your) (?:branch|bank)(?![a-z]))"
)
_SAID = re.compile(
    r"(?:[\"\u201c]|(?i:said|says|answered|replied|told me|told us|heard|goes|went)[,:]?) ?[\"'\u2018\u201c]?$"
)

_INTRODUCED = re.compile(
    rf"{_START}(?:(?i:my (?:full )?name(?: is|'s|\u2019s|:)|i am called) (?:{_TITLE})?"
    rf"(?P<a>{_NONE_OF_THEM}{_ONE_OR_MORE})"
    rf"|(?i:this is) (?:{_TITLE})?(?P<b>{_NONE_OF_THEM}{_ONE_OR_MORE})"
    rf",? (?i:speaking|calling|here|writing|on the (?:line|phone))(?![a-z])"
    rf"|(?i:I am|I'm|I\u2019m) (?:{_TITLE}(?P<c>{_NONE_OF_THEM}{_ONE_OR_MORE})|(?P<d>{_NONE_OF_THEM}{_FULL})"
    r"(?=[,.;]| (?:and|from|calling|writing|account|holder|a (?:customer|client)|your customer))))"
)

# A field of a form or of a note on a call.
_LABELLED = re.compile(
    rf"{_START}(?i:(?:customer|client|caller|account ?holder|account|card ?holder|policy ?holder|holder)(?:'s|\u2019s)?"
    r"[ -]?name|card ?holder|account ?holder|policy ?holder|caller|insured)"
    rf"(?: is|: ?| ?: ?) ?(?:{_TITLE})?(?P<v>{_NONE_OF_THEM}{_ONE_OR_MORE})"
)

# What staff do as well (call back, call about a card, request papers) tells nothing.
_DOES = (
    r"(?: (?:has |had |just |then |also )?(?:called|phoned|rang|wrote|emailed) in(?![a-z])"
    r"| (?:called|phoned|rang|wrote|emailed|would like|wants|wanted|wishes) to"
    r" (?:thank|praise|commend|compliment|complain)(?! (?:me|us)(?![a-z]))"
    r"| (?:thank(?:s|ed)|praise[sd]|compliment(?:s|ed)|commend(?:s|ed))(?! (?:me|us|my)(?![a-z]))"
    r"| (?:is|was) (?:very |really |so |extremely )?(?:(?:pleased|satisfied) with|(?:grateful|thankful) (?:to|for))"
    r"| complain(?:s|ed)| expresse[sd] (?:his |her |their )?(?:thanks|gratitude|satisfaction|appreciation))"
)
_HAS = (
    r"(?:'s|\u2019s) (?:account|card|policy|loan|mortgage|claim|application|statement|refund|deposit|complaint|payment"
    r"|transaction|balance|bill|order|parcel|booking|father|mother|husband|wife|son|daughter)(?![a-z])"
    r"(?! (?:advice|handling|team|knowledge|skills?|expertise|service|department|processing|help|explanations?|work))"
)
_IS_CUSTOMER = (
    rf"{_START}(?i:customer|client|caller|cardholder|policyholder|account holder|insured|applicant|passenger|tenant) "
    r"(?:(?i:named|called|is) )?"
)
_RELATION = (
    r"(?i:my (?:late |dear |elderly )?(?:wife|husband|mother|father|mum|mom|dad|son|daughter|sister|brother|grandmother"
    r"|grandfather|partner)|(?:calling|phoning|writing) on behalf of)"
)
_CONTEXT = re.compile(
    rf"{_IS_CUSTOMER}{_TITLE}(?P<a>{_NONE_OF_THEM}{_ONE_OR_MORE})"
    rf"|{_START}{_TITLE}(?i:and|&) {_TITLE}(?P<b>{_NONE_OF_THEM}{_ONE_OR_MORE})"
    rf"|{_START}{_TITLE}(?P<c>{_NONE_OF_THEM}{_ONE_OR_MORE})(?={_DOES}|{_HAS})"
    rf"|{_IS_CUSTOMER}(?P<d>{_NONE_OF_THEM}{_ONE_OR_MORE})(?={_DOES}|{_HAS}|[,(])"
    rf"|{_START}{_RELATION},? (?:{_TITLE})?(?P<e>{_NONE_OF_THEM}{_ONE_OR_MORE})"
)
_ANY_WORD = re.compile("[A-Z\u00c0-\u00de][A-Za-z\u00c0-\u024f'\u2019]")
_ANY_CUSTOMER = re.compile(
    r"(?<![A-Za-z])(?i:an?|any|every|each|another|loyal|valued|new|old|existing|regular|happy|your|as)[ -]$"
)

# The end of a letter or of a comment. What may follow it: the end of a line, or how to reach who wrote.
_LETTER_END = r"(?=[ \t]{0,5}(?:[.!]?[ \t]{0,5}(?:\n|$)|[,;|(\n][ \t]{0,3}[+0-9(\0\[]|[\0\[]))"
_SIGNED = re.compile(
    rf"{_START}(?i:(?:(?:best|kind|kindest|warm|warmest|with|many) ){{0,3}}(?:regards|wishes)"
    rf"|(?:yours )?(?:sincerely|faithfully|truly|respectfully)(?: yours)?)"
    rf"(?:,[ \t]{{0,3}}\n{{0,3}}|[ \t]{{0,3}}\n{{1,3}})[ \t]{{0,3}}-{{0,2}} ?(?:{_TITLE})?"
    rf"(?P<a>{_NONE_OF_THEM}{_ONE_OR_MORE}){_LETTER_END}"
    rf"|{_START}(?i:thanks|thank you|many thanks|cheers)[,.!]?[ \t]{{0,3}}\n{{1,3}}[ \t]{{0,3}}(?:{_TITLE})?"
    rf"(?P<b>{_NONE_OF_THEM}{_FULL}){_LETTER_END}"
    rf"|(?P<before>[.!?)\n\0\]])[ \t]{{0,3}}-{{1,2}}[ \t]{{0,2}}(?:{_TITLE})?(?P<c>{_NONE_OF_THEM}{_ONE_OR_MORE})"
    rf"{_LETTER_END}(?!\s{{0,3}}(?:[-*·]|[0-9]{{1,2}}[.)]))"
)
_IN_A_LIST = re.compile(r"(?:[:,]|\n[ \t]{0,3}(?:[-*·]|[0-9]{1,2}[.)])[^\n\0\[\]]{0,60})\s{0,3}$")


def english_names(plain: str) -> Iterator[tuple[int, int]]:
    """Yield the places of customers' names, in order and without overlap."""
    if not _ANY_WORD.search(plain):
        return  # most comments are Chinese
    found = {_name(match) for match in _LABELLED.finditer(plain)}
    for match in _INTRODUCED.finditer(plain):
        said = _SAID.search(plain[max(0, match.start() - 12) : match.start()])
        if not said and not _STAFF_HERE.match(plain, match.end()):
            found.add(_name(match))
    for match in _CONTEXT.finditer(plain):
        if not _ANY_CUSTOMER.search(plain[max(0, match.start() - 10) : match.start()]):
            found.add(_name(match))
    for match in _SIGNED.finditer(plain):
        before = plain[max(0, match.start() - 80) : match.end("before")] if match["before"] else ""
        if not _IN_A_LIST.search(before if match.start() > 80 else "\n" + before):
            found.add(_name(match))
    done = 0
    for start, end in sorted(found):
        if start >= done:
            yield start, end
            done = end


def _name(match: re.Match[str]) -> tuple[int, int]:
    """Return the place of the group that took part; every pattern names its groups for names by one letter."""
    return next(match.span(name) for name, value in match.groupdict().items() if value and len(name) == 1)
