from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Product
from bot.config import Settings
from bot.setup import COLUMNS, add_roster, new_organisation
from bot.storage import organisations
from bot.storage.database import Tx
from tests.conftest import ROOT
from tests.dialogs.chat import Chat, Clock, chat_of
from tests.dialogs.web_driver import WebDriver

WEDNESDAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""

# team, timezone, locale, name, other name, staff number, role, locale, active
PEOPLE = """\
信用卡一组,Asia/Shanghai,zh_CN,王敏,Min Wang,8001,supervisor,zh_CN,
信用卡一组,Asia/Shanghai,zh_CN,陈刚,,8002,supervisor,zh_CN,
信用卡一组,Asia/Shanghai,zh_CN,李娜,Nana,8021,agent,zh_CN,
信用卡一组,Asia/Shanghai,zh_CN,张伟,,8022,agent,zh_CN,
信用卡一组,Asia/Shanghai,zh_CN,赵磊,,8023,agent,zh_CN,
信用卡一组,Asia/Shanghai,zh_CN,孙丽,,8024,agent,zh_CN,no
International,Asia/Singapore,en,Grace Lim,,8050,supervisor,en,
International,Asia/Singapore,en,Tom O'Brien,Tom,8051,agent,en,
International,Asia/Singapore,en,Li Na,,8052,agent,en,
International,Asia/Singapore,en,Priya Nair,,8053,agent,en,
International,Asia/Singapore,en,Marcus Hale,,8054,agent,en,
,,,周主任,,9001,manager,zh_CN,
"""


def _fill(tx: Tx, now: datetime) -> None:
    organisation = new_organisation(tx, "滨江银行", "zh_CN", "Asia/Shanghai", now)
    rows = [dict(zip(COLUMNS, line.split(","), strict=True)) for line in PEOPLE.splitlines()]
    add_roster(tx, organisation, rows, now)


@pytest.fixture
async def chat(database_url: str) -> AsyncIterator[Chat]:
    """A bank's two teams on a Wednesday morning, in every chat there is, on both databases."""
    clock = Clock(WEDNESDAY)
    product = Product(Settings(database_url=database_url, model=ROOT / "models/tagger"), clock=clock)
    try:
        if not await product.database.read(organisations.every):
            await product.database.write(_fill, clock.at)
        async with TestClient(TestServer(product.web_application(work=False))) as client:
            yield await chat_of(product, WebDriver(client), clock)
    finally:
        product.close()
