"""Chinese and English addresses, down to the house number; Chinese ones also without their town."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

# Without the characters that rarely stand in a place name: an address starts after the last of them.
_NAME = r"(?:(?![在住到是往的了我你您他她它们这那给把被让请帮找说过就也很])[\u3400-\u9fff0-9A-Za-z\-])"
_NAME_BACKWARDS = re.compile(rf" ?{_NAME}{{2,40}}")
_COUNT = "[0-9A-Za-z甲乙丙丁零〇一二三四五六七八九十百两]{1,6}(?:-[0-9A-Za-z]{1,5}){0,3}"
_BUILDING = "号楼|號樓|号院|栋|棟|幢|座|单元|單元|室|弄"
_UNIT = f"(?:{_BUILDING}|[号號](?![线線窗柜码碼称车車厅桌]|[坐座]席|客服|话务|接线|员工)|楼|樓|层|層|房|段|组|巷|门|門)"
_HOUSE = re.compile(
    rf"{_COUNT} ?{_UNIT}(?:[ ,\-]?{_COUNT} ?{_UNIT}){{0,6}}"
    r"(?:-?[0-9]{3,4}(?![0-9年月日点時时分秒元块次个人天:./\-]))?"
    r"|[0-9]{1,3}-[0-9]{1,3}-[0-9]{2,4}(?![0-9\-])"
)
_STREET = re.compile(
    "(?:(?<![0-9思线走半网])路|(?<!逛)街|(?<![知渠通频报味轨国省走过行隧赛车])道|(?<!全)村|[巷弄屯庄莊坊]|胡同)$"
)
_PLACE = re.compile("(?:[区區园園苑城府湾灣寨镇鎮乡鄉里]|公寓|大[厦廈]|广场|廣場|家属院|新村|名都)$")
_LEAD_IN = re.compile(
    ".*(?:地址|住址|位于|家住|表扬|感谢|谢谢|投诉|反映|客户|用户|本人|先生|女士|营业厅|网点|支行|坐席|座席|客服|柜员"
    "|经理|一下|今天|昨天|上次)"
)
_SOON_AFTER = re.compile(rf"[ ,()（）]{{0,2}}的?{_NAME}{{0,12}}[ ,()（）]{{0,2}}")
_ONLY_NUMBER = re.compile(rf"{_COUNT} ?[号號]")
_CHINESE_RUN = re.compile("[\u3400-\u9fff·]+")
_ADMINISTRATIVE = re.compile("自治区|[省市区县區縣]")
_NAMED = r"[A-Z][A-Za-z'\-]{1,20}"
_ROOM = r"(?:Flat|Apt|Apartment|Unit|Suite|Room|Building|Block|Floor)\.? ?#?[0-9A-Za-z]{1,5}(?![0-9A-Za-z])"
ENGLISH_ADDRESS = re.compile(
    rf"(?<![0-9A-Za-z.,$£€¥#])(?:{_ROOM},? ?){{0,3}}(?:No\. ?)?[0-9]{{1,5}}[A-Za-z]?(?:-[0-9]{{1,5}})?,? "
    rf"(?:(?!(?:The|This|That|All|Any|Every|My) )(?:[NSEW]\.?|{_NAMED}|[0-9]{{1,3}}(?:st|nd|rd|th)) ){{1,4}}?"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Terrace|Crescent|Highway|Hwy"
    rf"|Parkway|Mews)(?![0-9A-Za-z])(?:,? {_ROOM})?"
    rf"(?:(?:, {_NAMED}(?: {_NAMED})?){{0,3}},? "  # a town only if its postcode follows
    r"(?:[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}|[A-Z]{2} [0-9]{5})(?![0-9A-Za-z]))?"
    r"|(?<![0-9A-Za-z.,$£€¥#])[0-9]{1,5}[a-z]? (?!way |one |main |minutes? |hours? )[a-z]{3,15} "
    r"(?:street|road|avenue|lane)(?![0-9a-z])"
)


def chinese_addresses(plain: str) -> Iterator[tuple[int, int]]:
    """Yield house numbers with the street or estate before them, and what of town and province comes before that.

    A building or a room soon after an address belongs to it: 建国路88号（现代城1号楼底商）.
    """
    done = 0
    for house in _HOUSE.finditer(plain):
        floor = max(done, house.start() - 40)
        has_building = re.search(f"-|{_BUILDING}", house[0]) is not None
        start = _place_start(plain[floor : house.start()], has_building)
        if start is None and has_building and done and _SOON_AFTER.fullmatch(plain, done, house.start()):
            start = done - floor
        if start is not None:
            done = house.end()
            yield floor + start, done


def without_names(value: str, names: Collection[str]) -> int | None:
    """Return where the address ``value`` starts after members' ``names`` (normal forms); None when it is none but for
    them: 张路 with his desk in 张路5号.
    """
    if not names:
        return 0
    start = max((end for begin, end in _pieces(value) if value[begin:end] in names), default=0)
    if start == 0 or not _ONLY_NUMBER.fullmatch(value, start):
        return start
    before = value[:start]
    return 0 if _ADMINISTRATIVE.search(before) else None


def _pieces(value: str) -> Iterator[tuple[int, int]]:
    """Yield where a Chinese name of two to five characters could stand before the last character of ``value``."""
    for run in _CHINESE_RUN.finditer(value[:-1]):
        for begin in range(run.start(), run.end() - 1):
            for end in range(begin + 2, min(begin + 5, run.end()) + 1):
                yield begin, end


def _place_start(before: str, has_building: bool) -> int | None:
    """Return where in ``before`` the name starts that a house number follows; None if it is no street or estate."""
    backwards = _NAME_BACKWARDS.match(before[::-1])
    if backwards is None:
        return None
    name = backwards[0][::-1].rstrip()
    if not (_STREET.search(name) or (has_building and _PLACE.search(name))):
        return None
    lead_in = _LEAD_IN.match(name)
    first = lead_in.end() if lead_in else 0
    administrative = _ADMINISTRATIVE.search(name, first)
    first = max(first, administrative.start() - 6 if administrative else len(name) - 8)
    return None if len(name) - first < 2 else len(before) - len(backwards[0]) + first
