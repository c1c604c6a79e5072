"""Numbers, handles and codes, the proofs that a match is no figure, and all detectors by priority."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial

from bot.personal_data.english_names import english_names
from bot.personal_data.people import chinese_names
from bot.personal_data.places import ENGLISH_ADDRESS, chinese_addresses


class Kind(StrEnum):
    """What a piece of personal data is. ``MOBILE`` includes every number written with ``+`` and a country code."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    ID_CARD = "id_card"
    PASSPORT = "passport"
    BANK_CARD = "bank_card"
    EMAIL = "email"
    ADDRESS = "address"
    PLATE = "plate"
    ORDER_NUMBER = "order_number"
    WECHAT = "wechat"
    QQ = "qq"
    CODE = "code"
    NAME = "name"


Span = tuple[int, int]
Accept = Callable[[re.Match[str]], bool]


@dataclass(frozen=True, slots=True)
class Detector:
    """One way to find data of a kind: ``spans`` yields half-open places in folded text, in order, without overlap.

    ``needs_number`` says that a text without anything like a number need not be read.
    """

    kind: Kind
    spans: Callable[[str], Iterable[Span]]
    needs_number: bool = True


# Digits and what stands between them

# Besides ASCII: words, formal words, what operators say on the line, and circled, raised and lowered digits.
_WRITINGS = (
    "零〇○洞⓪⁰₀",
    "一幺壹么①¹₁",
    "二两兩贰貳②²₂",
    "三叁參③³₃",
    "四肆④⁴₄",
    "五伍⑤⁵₅",
    "六陆陸⑥⁶₆",
    "七柒拐⑦⁷₇",
    "八捌⑧⁸₈",
    "九玖勾⑨⁹₉",
)
_VALUES = str.maketrans({char: str(digit) for digit, chars in enumerate(_WRITINGS) for char in chars})


def _one_of(first: int, last: int) -> str:
    """Return the class of the digits from ``first`` to ``last`` in every writing."""
    return f"[{first}-{last}{''.join(_WRITINGS[first : last + 1])}]"


_D = _one_of(0, 9)
_C = "[" + "".join(_WRITINGS) + "]"  # a digit in words
# Between two digits of one number: punctuation as written, or what people say while they read a number out.
_GAP = r"(?:[ \t.,、_·\-]|嗯|啊|呃|额|哦|噢|诶|那个|然后|横杠|杠|空格){0,4}"
_NEXT = _GAP + _D
# Between the name of a number and the number.
_JOIN = r"[ \t:#=(\[\"'“「【]{0,3}(?:是|为|為|叫|is|was)?[ \t:#=(\[\"'“「【]{0,3}"
_NUMBER_WORD = r" ?(?:号码|號碼|号|號|numbers?|num\.?|no\.?|id)?" + _JOIN
_ANY_CASE = re.IGNORECASE | re.ASCII  # ASCII: else [a-z] would match the Kelvin sign

_CURRENCY_AFTER = re.compile(
    r"(?:\.[0-9]+)? ?(?:元(?![旦宵月])|块钱|塊錢|[万亿美港欧日韩]元|美金|港币|人民币|rmb|cny|usd|hkd|yuan|dollars?)",
    _ANY_CASE,
)
_CURRENCY_BEFORE = re.compile(r"(?:[¥$€£]|人民币|rmb|cny|usd|hkd) ?$", _ANY_CASE)
_WRITTEN_DATE = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}([-./ ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])"
)

WORTH_READING = re.compile(rf"[0-9]|{_C}(?:{_GAP}{_C}){{2}}")


def _digits(value: str) -> str:
    """Return the ASCII digits of a number, however it is written."""
    return "".join(filter(str.isdecimal, value.translate(_VALUES)))


def _span(match: re.Match[str]) -> Span:
    return match.span("v") if "v" in match.re.groupindex else match.span()


def _scan(pattern: re.Pattern[str], accept: Accept, plain: str) -> Iterator[Span]:
    """Yield the value (group ``v``, or all) of each accepted match; a refused one is tried again one character on."""
    position = 0
    while match := pattern.search(plain, position):
        if accept(match):
            yield _span(match)
            position = match.end()
        else:
            position = match.start() + 1


def _always(match: re.Match[str]) -> bool:
    return True


def _is_number(match: re.Match[str]) -> bool:
    """Refuse amounts, dates and lists of figures."""
    value = match.string[slice(*_span(match))]
    return not (_is_amount(match) or _is_date(value) or _is_list(value))


def _is_amount(match: re.Match[str]) -> bool:
    start, end = _span(match)
    plain = match.string
    return bool(_CURRENCY_AFTER.match(plain, end) or _CURRENCY_BEFORE.search(plain[max(0, start - 5) : start]))


def _is_date(value: str) -> bool:
    """Tell whether a value holds a written date, or is one (20261122, 20261122153000)."""
    if _WRITTEN_DATE.search(value):
        return True
    if not value.isdecimal() or len(value) not in (8, 12, 14):
        return False
    return _is_calendar_date(value) and value[8:10] < "24" and value[10:12] < "60" and value[12:] < "60"


def _is_calendar_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return digits[:2] in ("19", "20")


def _is_list(value: str) -> bool:
    """Tell whether separated groups are several figures, all round or all years, rather than one number."""
    groups = re.findall("[0-9]+", value)
    years = [group for group in groups if re.fullmatch("(?:19|20)[0-9]{2}", group)]
    return len(groups) > 1 and (all(group.endswith("00") for group in groups) or len(years) == len(groups))


# Telephone numbers

_MOBILE = re.compile(
    rf"(?<![0-9])(?:(?:\(\+?86\)|(?:\+|00)?{_one_of(8, 8)}{_one_of(6, 6)})[ \-.]{{0,2}})?"
    rf"(?P<n>{_one_of(1, 1)}{_GAP}{_one_of(3, 9)}(?:{_NEXT}){{9}})(?![0-9])"
    r"|(?<![0-9A-Za-z])09[0-9]{2}[ \-]?[0-9]{3}[ \-]?[0-9]{3}(?![0-9])"  # Taiwan
)
_INTERNATIONAL = re.compile(
    r"(?:(?<![A-Za-z+])\+ ?[1-9]|(?<![0-9])00(?=852|853|886)8)(?:[ \-.()]{0,2}[0-9]){9,14}(?![0-9])"
)
_AREA = "0(?:10|2[0-9]|[3-9][0-9]{2})"
_AREA_READ_OUT = (
    f"[{_WRITINGS[0]}]{_GAP}"
    f"(?:{_one_of(1, 1)}{_GAP}{_one_of(0, 0)}|{_one_of(2, 2)}{_NEXT}|{_one_of(3, 9)}(?:{_NEXT}){{2}})"
)
_LANDLINE = re.compile(
    rf"(?:\({_AREA}\)|(?<![0-9.]){_AREA})[ \-.]{{0,3}}"
    r"(?:[1-9][0-9]{6,7}|[2-9][0-9]{2,3}[ \-.][0-9]{4})(?![0-9])"
    r"(?:[ ,]?(?:转|轉|分机|分機|ext\.?|x|-)[ :]?[0-9]{1,6}(?![0-9]))?"
    rf"|(?<!{_D}){_AREA_READ_OUT}(?:{_NEXT}){{7,8}}(?!{_D})"
    r"|(?:\((?![48]00)[2-9][0-9]{2}\) ?|(?<![0-9-])(?![48]00)[2-9][0-9]{2}[-.])"  # North America
    r"[0-9]{3}[-.][0-9]{4}(?![0-9-])",
    _ANY_CASE,
)
_LOCAL = re.compile(
    r"(?:电话|電話|座机|固话|市话|手机|手機|致电|拨打|回电|联系方式"
    r"|(?<![a-z])(?:tel|telephone|phone|mobile|call me (?:on|at))(?![a-z]))\.?"
    rf"{_NUMBER_WORD}(?P<v>[2-9][0-9]{{2,3}}[ \-]?[0-9]{{4}})(?![ \-]?[0-9])",
    _ANY_CASE,
)


def _is_mobile(match: re.Match[str]) -> bool:
    """Refuse what is only shaped like a mobile number: amounts, dates, decimals, lists of figures."""
    value = match["n"] or match[0]
    if re.search(_C, value):  # read out: the gaps are pauses
        return not _is_amount(match)
    groups = re.findall("[0-9]+", value)
    separators = set(re.sub("[0-9]", "", value))
    if "," in separators:
        return [len(group) for group in groups] == [3, 4, 4] and not _is_list(",".join(groups[1:]))
    return _is_number(match) and "、" not in separators and ("." not in separators or len(separators) == 1)


def _is_international(match: re.Match[str]) -> bool:
    """Refuse hotlines of companies (+86 400, +1 800)."""
    return _is_number(match) and re.match("86[48]00|1800", _digits(match[0])) is None


# Identity documents

_PROVINCES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
_CENTURY = f"(?:{_one_of(1, 1)}{_GAP}{_one_of(9, 9)}|{_one_of(2, 2)}{_GAP}{_one_of(0, 0)})"
_IDENTITY = re.compile(
    rf"(?:(?<![0-9])|(?={_C})){_one_of(1, 9)}(?:{_NEXT}){{5}}{_GAP}{_CENTURY}(?:{_NEXT}){{9}}"
    rf"{_GAP}(?:[0-9](?![0-9])|{_C}|[Xx×叉])"
    rf"|(?<!{_D}){_D}{{15}}(?!{_D})"
    r"|(?<![0-9])[0-9]{6}[ \-][0-9]{6}[ \-][0-9]{3}(?![0-9])"
)
_NAMED_IDENTITY = re.compile(
    r"(?:身份证|身份證|证件|證件|(?<![a-z])(?:id ?card|identity ?card|national ?id)(?![a-z]))"
    rf"{_NUMBER_WORD}(?P<v>[a-z]{{0,2}}{_D}(?:{_NEXT}){{5,17}}(?:{_GAP}[x×叉]|\([0-9a]\))?)(?![0-9a-z])",
    _ANY_CASE,
)
_PASSPORT = re.compile(
    r"(?:护照|護照|通行证|通行證|台胞证|回乡证|(?<![a-z])passport(?![a-z]))"
    rf"{_NUMBER_WORD}(?P<v>[a-z]{{0,2}}[0-9]{{7,9}}|[a-z][a-z0-9][0-9]{{6,8}})(?![0-9a-z])",
    _ANY_CASE,
)


def _is_identity(match: re.Match[str]) -> bool:
    """Accept 18 digits with a province, a birthday and, if in one run, the right check character; or the old 15."""
    value = match[0].translate(_VALUES).upper().replace("叉", "X").replace("×", "X")
    number = re.sub("[^0-9X]", "", value)
    if not any(first <= int(number[:2]) <= last for first, last in _PROVINCES):
        return False
    if len(number) == 15:
        return _is_calendar_date("19" + number[6:12])
    weighted = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    checked = number[17] == "10X98765432"[weighted % 11]
    return _is_calendar_date(number[6:14]) and (checked or len(value) > len(number))


# Bank cards and accounts

_CARD_WORD = r"(?:卡|账号|帐号|帳號|账户|帐户|帳戶|(?<![a-z])(?:card|account|acct)(?![a-z]))" + _NUMBER_WORD
_NAMED_CARD = re.compile(rf"{_CARD_WORD}(?P<v>{_D}{{12,19}}(?!{_D})|{_D}(?:{_NEXT}){{11,18}}(?!{_D}))", _ANY_CASE)
_ACCOUNT = re.compile(rf"{_CARD_WORD}(?P<v>[0-9]{{8,11}})(?![0-9a-z])", _ANY_CASE)
_FOURS = re.compile(r"(?<![0-9])[1-9][0-9]{3}(?:[ .\-]{1,2}[0-9]{4}){2,7}(?:[ .\-]{1,2}[0-9]{1,3})?(?![0-9])")
_CARD = re.compile(rf"(?<!{_D}){_D}{{13,19}}(?!{_D})")
# In the groups of the schemes, or in equal groups that go on neither before nor after.
_GROUPED_CARD = re.compile(
    r"(?<![0-9])(?:[0-9]{6}[ \-][0-9]{10,13}|[0-9]{4}[ \-][0-9]{6}[ \-][0-9]{5})(?![0-9])"
    r"|(?<![0-9])(?<![0-9][ .\-])(?:[0-9](?:[ .\-][0-9]){12,18}|[0-9]{2}(?:[ .\-][0-9]{2}){5,8}(?:[ .\-][0-9])?"
    r"|[0-9]{3}(?:[ .\-][0-9]{3}){3,5}(?:[ .\-][0-9]{1,2})?|[0-9]{5}(?:[ .\-][0-9]{5}){2}(?:[ .\-][0-9]{1,4})?)"
    r"(?![ .\-]?[0-9])"
)
# Read out, and too long for a telephone number with a digit word before or after it.
_SPOKEN = rf"(?<!{_D})(?=[0-9]{{0,8}}{_C}){_D}(?:{_NEXT})"
_SPOKEN_CARD = re.compile(rf"{_SPOKEN}{{13,18}}+(?!{_NEXT})")
_TAIL = re.compile(
    rf"(?:(?:尾号|尾號|尾数|尾數|[后後末尾][四4][位码碼])(?:号码|数字|數字)?{_JOIN}"
    r"|(?<![a-z])(?:card|account|number|debit|credit)(?![a-z])[^.\n\[\]\0]{0,20}? end(?:ing|s)(?: in| with)?:? ?"
    r"|(?<![a-z])last (?:four|4)(?: digits)?(?: are| is| of)?:? ?)"
    rf"(?P<v>[0-9]{{3,6}}(?![0-9])|{_C}(?: ?{_D}){{2,5}}(?!{_D})|[0-9](?: [0-9]){{2,5}}(?! ?[0-9]))",
    _ANY_CASE,
)


def _is_card(match: re.Match[str]) -> bool:
    return _has_luhn(_digits(match[0])) and _is_number(match)


def _has_luhn(digits: str) -> bool:
    total = sum(int(digit) for digit in digits[-1::-2])
    return (total + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])) % 10 == 0


def _fours(plain: str) -> Iterator[Span]:
    """Yield numbers in groups of four, 13 digits or more, whatever their check digit: one is easily misheard."""
    for start, end in _scan(_FOURS, lambda match: len(_digits(match[0])) >= 13 and not _is_list(match[0]), plain):
        shorter = start + [group.end() for group in re.finditer("[0-9]+", plain[start:end])][-2]
        whole, without_last = _digits(plain[start:end]), _digits(plain[start:shorter])
        last_is_apart = _CURRENCY_AFTER.match(plain, end) or (_has_luhn(without_last) and not _has_luhn(whole))
        yield start, shorter if len(without_last) >= 13 and last_is_apart else end


# References, handles and plates

_REFERENCE = re.compile(
    r"(?:(?P<named>(?:[单單编編案票證证约約]|流水|合同|交易|受理|回执|参考|业务)(?:号码|號碼|号|號|id))"
    r"|订单|訂單|运单|運單|快递单|物流单|工单|保单|保單"
    r"|(?<![a-z])(?:order|tracking|waybill|policy|case|claim|ticket|invoice|transaction|booking|confirmation|shipment"
    r"|contract|ref(?:erence)?)(?![a-z])(?P<number> ?(?:numbers?|num\.?|no\.?|id|ref\.?|reference|code)(?![a-z]))?)"
    rf"(?P<join>{_JOIN}-?{_JOIN})"
    rf"(?P<v>{_C}(?:{_NEXT}){{5,40}}"
    r"|[0-9a-z](?:[\-_/]?[0-9a-z]){3,63}(?: [0-9]{3,}(?![0-9年月日号元块次./:\-]))*)",
    _ANY_CASE,
)
_PARCEL = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{1,4}-?[0-9]{9,}[A-Za-z]{0,3}(?![0-9A-Za-z])")
_LONG_SPOKEN = re.compile(rf"{_SPOKEN}{{13,}}+")
_SHORT_SPOKEN = re.compile(rf"{_C}(?:{_NEXT}){{11,}}+")
_LONG = re.compile(rf"(?<!{_D}){_D}{{12,}}+(?:[Xx](?![0-9A-Za-z]))?")
_LETTER = "0-9A-Za-z\u00c0-\u024f"
_EMAIL = re.compile(
    rf"(?<![{_LETTER}._%+\-])(?:[{_LETTER}._%+\-]++@"
    rf"(?:[{_LETTER}][{_LETTER}\-]{{0,62}}\.){{1,8}}[A-Za-z][0-9A-Za-z\-]{{1,23}}(?![0-9A-Za-z]))+"
)
# As it is read out on the line or typed past filters: 小写wang艾特163点com, wang at example dot com.
_SPELLED_EMAIL = re.compile(
    r"(?<![0-9a-z])[0-9a-z](?:[._\-]?[0-9a-z]){0,63}"
    r"(?: ?(?:@|艾特|圈 ?a|\(at\)|\[at\]) ?[0-9a-z](?:-?[0-9a-z]){0,62} ?(?:\.|点|點|dot|\(dot\)|\[dot\]) ?"
    r"| at [0-9a-z](?:-?[0-9a-z]){0,62} dot )"
    r"(?:com|cn|net|org|edu|gov|hk|tw|co|io|me)(?:(?:\.|点|點| dot )(?:cn|hk|tw|uk))?(?![0-9a-z])",
    _ANY_CASE,
)
_QQ = re.compile(rf"(?:(?<![a-z])QQ|扣扣)(?:邮箱|群)?{_NUMBER_WORD}(?P<v>{_D}{{5,11}})(?!{_D})", _ANY_CASE)
_WECHAT = re.compile(
    r"(?:微信|(?<![a-z])(?:wechat|weixin|vx|wx)(?![a-z])|v信) ?(?P<named>号码|号|號|账号|id)?"
    rf"{_JOIN}(?P<v>(?!iphone|ipad|ios|android|windows|app|pay|mini|web)[a-z][a-z0-9_\-]{{5,19}}|[1-9][0-9]{{5,10}})"
    r"(?![a-z0-9_\-])",
    _ANY_CASE,
)
_CODE = re.compile(
    r"(?:验证码|驗證碼|校验码|校驗碼|动态码|动态密码|動態密碼|短信码|授权码|取件码|提货码|安全码|口令|密码|密碼"
    r"|(?<![a-z])(?:verification|security|one[ \-]?time|otp|pass|pin)[ \-]?(?:pass)?(?:code|word)"
    rf"|(?<![a-z])(?:otp|cvv2?|pin|passcode)(?![a-z])){_NUMBER_WORD}"
    rf"(?P<v>[0-9](?:[ \-]?[0-9]){{3,7}}|{_D}(?:{_NEXT}){{3,7}})(?!{_NEXT}| ?[年月日时点分秒元块次个条位天])",
    _ANY_CASE,
)
_PLATE = re.compile(
    "[京津沪滬渝冀豫云雲辽遼黑湘皖鲁魯新苏蘇浙赣贛鄂桂甘晋晉蒙陕陝吉闽閩贵貴粤粵青藏川宁寧琼瓊]"
    r"[· .\-]?[A-Za-z][· .\-]?"
    rf"(?P<n>[0-9A-Za-z]{{5,6}}(?![0-9A-Za-z])|[0-9A-Za-z]{{4}}[学警港澳挂领]|[0-9A-Za-z{_C[1:-1]}]{{5,6}}(?![0-9A-Za-z]))"
)
# A staff number stays wherever its context names it, unless the digits go on as those of a telephone number do.
STAFF_NUMBER = re.compile(
    r"(?:工号|工號|(?:员工|坐席|座席|柜员|客服|专员|话务员)(?:编号|编码|代码|号|id)"
    r"|(?<![a-z])(?:staff|agent|employee|operator|teller|badge|rep|advisor) ?(?:numbers?|num\.?|no\.?|id|code)"
    rf"(?![a-z])){_JOIN}(?P<v>[a-z]{{0,4}}-?[0-9]{{1,10}})(?![0-9a-z])(?![ .\-][0-9]{{3,4}}[ .\-])",
    _ANY_CASE,
)


def _is_reference(match: re.Match[str]) -> bool:
    """After the word "number" four digits are a reference; after a bare noun it takes more, and no date."""
    digits = len(_digits(match["v"]))
    if match["named"] or match["number"]:
        return digits >= 4 and not _is_amount(match)
    return digits >= (5 if match["join"].strip(" \t") else 6) and not (_is_amount(match) or _is_date(match["v"]))


def _is_wechat(match: re.Match[str]) -> bool:
    """After 微信号 anything is a name; without 号 it needs a letter and a digit or underscore, as words follow too."""
    value = match["v"]
    named = match["named"] is not None and match["named"].lower() != "id"
    return named or (not value.isdecimal() and re.search("[0-9_]", value) is not None)


def _is_code(match: re.Match[str]) -> bool:
    return not (_is_amount(match) or _is_date(match["v"]))


def _is_plate(match: re.Match[str]) -> bool:
    return len(_digits(match["n"])) >= 3


# By priority: what is named, then what has a check digit or a shape of its own, last any long run.
DETECTORS: tuple[Detector, ...] = (
    Detector(Kind.EMAIL, partial(_scan, _EMAIL, _always), needs_number=False),
    Detector(Kind.EMAIL, partial(_scan, _SPELLED_EMAIL, _always), needs_number=False),
    Detector(Kind.WECHAT, partial(_scan, _WECHAT, _is_wechat), needs_number=False),
    Detector(Kind.ID_CARD, partial(_scan, _NAMED_IDENTITY, _is_number)),
    Detector(Kind.PASSPORT, partial(_scan, _PASSPORT, _is_number)),
    Detector(Kind.ORDER_NUMBER, partial(_scan, _REFERENCE, _is_reference)),
    Detector(Kind.QQ, partial(_scan, _QQ, _always)),
    Detector(Kind.CODE, partial(_scan, _CODE, _is_code)),
    Detector(Kind.BANK_CARD, partial(_scan, _TAIL, _always)),
    Detector(Kind.ID_CARD, partial(_scan, _IDENTITY, _is_identity)),
    Detector(Kind.BANK_CARD, _fours),
    Detector(Kind.BANK_CARD, partial(_scan, _NAMED_CARD, _is_number)),
    Detector(Kind.BANK_CARD, partial(_scan, _GROUPED_CARD, _is_card)),
    Detector(Kind.BANK_CARD, partial(_scan, _SPOKEN_CARD, _is_card)),
    Detector(Kind.ORDER_NUMBER, partial(_scan, _LONG_SPOKEN, _always)),
    Detector(Kind.MOBILE, partial(_scan, _MOBILE, _is_mobile)),
    Detector(Kind.MOBILE, partial(_scan, _INTERNATIONAL, _is_international)),
    Detector(Kind.LANDLINE, partial(_scan, _LANDLINE, _is_number)),
    Detector(Kind.LANDLINE, partial(_scan, _LOCAL, _is_number)),
    Detector(Kind.BANK_CARD, partial(_scan, _CARD, _is_card)),
    Detector(Kind.BANK_CARD, partial(_scan, _ACCOUNT, _is_number)),
    Detector(Kind.PLATE, partial(_scan, _PLATE, _is_plate), needs_number=False),
    Detector(Kind.ADDRESS, chinese_addresses, needs_number=False),
    Detector(Kind.ADDRESS, partial(_scan, ENGLISH_ADDRESS, _always)),
    Detector(Kind.ORDER_NUMBER, partial(_scan, _PARCEL, _is_number)),
    Detector(Kind.ORDER_NUMBER, partial(_scan, _SHORT_SPOKEN, _always)),
    Detector(Kind.ORDER_NUMBER, partial(_scan, _LONG, _is_number)),
    Detector(Kind.NAME, chinese_names, needs_number=False),
    Detector(Kind.NAME, english_names, needs_number=False),
)
