"""The columns of a comment, recognised by the names that exports give them in Chinese and in English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

Column = Literal["text", "id", "agent", "time", "date", "channel", "customer"]

# Most telling name first: a file may have 评价 (stars) beside 评价内容 (words), or a name beside a staff number.
_NAMES: dict[Column, str] = {
    "text": """
        text, customer comment, comment, comments, comment text, customer feedback, feedback, verbatim, review,
        content, message, 客户评论, 评论内容, 评论, 客户原话, 原话, 客户留言, 留言内容, 留言, 客户反馈,
        反馈内容, 反馈, 评价内容, 客户评价, 评价, 表扬内容, 客户表扬, 客户意见, 意见内容, 意见, 文本, 正文,
        来电内容, 通话内容, 工单内容, 反映内容, 诉求内容, 内容, 描述
        """,
    "id": """
        id, comment id, external id, ticket id, ticket number, ticket no, ticket, case id, case number,
        评论编号, 评论id, 评价编号, 工单号, 工单编号, 流水号, 业务流水号, 编号, 序号
        """,
    "agent": """
        staff number, staff no, staff id, agent number, agent no, agent id, employee number, employee no,
        employee id, 工号, 座席工号, 坐席工号, 客服工号, 员工工号, 员工编号, 座席编号, 坐席编号, agent,
        agent name, staff, staff name, employee, employee name, representative, 座席, 坐席, 座席姓名, 坐席姓名,
        客服, 客服姓名, 客服人员, 客服代表, 员工, 员工姓名, 被表扬人, 被表扬员工, 服务人员, 受理人, 受理人员,
        接听人, 处理人
        """,
    "time": """
        occurred at, time, datetime, date time, timestamp, created at, submitted at, call time, 来电时间,
        评论时间, 评价时间, 留言时间, 反馈时间, 通话时间, 受理时间, 提交时间, 创建时间, 发生时间, 日期时间, 时间
        """,
    "date": "date, day, 来电日期, 评论日期, 评价日期, 反馈日期, 受理日期, 日期",
    "channel": "channel, source, 渠道, 来电渠道, 反馈渠道, 评论渠道, 渠道来源, 来源",
    "customer": """
        customer, customer id, customer number, customer no, customer name, client, caller, phone, 客户号,
        客户编号, 客户, 客户姓名, 客户名称, 手机号, 手机号码, 来电号码, 客户电话, 联系电话, 电话
        """,
}
HEADER_WITHIN = 10
"""Rows that are searched for the header; exports put titles above it."""

_LONGEST = 40
_ASIDE = re.compile(r"[(\[【<《].*?[)\]】>》]")


def _plain(header: str) -> str:
    """Return a header without case, width, spaces, punctuation and remarks in brackets."""
    header = unicodedata.normalize("NFKC", header).casefold()
    return "".join(filter(str.isalnum, _ASIDE.sub("", header)))


_COLUMNS: dict[str, tuple[Column, int]] = {
    _plain(name): (column, rank) for column, names in _NAMES.items() for rank, name in enumerate(names.split(","))
}


@lru_cache(maxsize=1024)
def _column(header: str) -> tuple[Column, int] | None:
    return _COLUMNS.get(_plain(header))


def recognise(headers: Sequence[object]) -> dict[Column, int]:
    """Return where each known column is among ``headers``; of several names for one, the most telling wins."""
    best: dict[Column, tuple[int, int]] = {}
    for index, header in enumerate(headers):
        found = _column(header) if isinstance(header, str) and len(header) <= _LONGEST else None
        if found:
            column, rank = found
            best[column] = min(best.get(column, (rank, index)), (rank, index))
    return {column: index for column, (_, index) in best.items()}


def header_merit(columns: Mapping[Column, int]) -> tuple[bool, int]:
    """Return what makes one row of `recognise`d names more of a header than another."""
    return "text" in columns, len(columns)
