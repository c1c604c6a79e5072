"""The main job, as one story: a week of a team."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.storage import verification
from tests.dialogs.chat import Chat, labels, said


async def test_a_week_of_a_team(chat: Chat) -> None:
    # A colleague is praised.
    receipt = await chat.type(
        "李娜", "@张伟 谢谢你帮我安抚那位着急的客户，还主动给他回了电话 #增值服务", channel="信用卡一组"
    )
    assert "张伟" in said(receipt)
    assert "9" in said(receipt)  # left to give

    told = await chat.latest("张伟")
    assert "李娜" in told.words
    assert "谢谢你帮我安抚那位着急的客户" in told.words
    assert "+4" in told.words  # basic points at once

    line = (await chat.in_channel("信用卡一组"))[-1]
    assert "李娜" in line.words
    assert "张伟" in line.words

    # Another seconds it, once.
    await chat.press("赵磊", "附议", line)
    assert "附议" in (await chat.latest("张伟")).words
    assert "赵磊" in (await chat.latest("张伟")).words
    assert "已经附议" in said(await chat.press("赵磊", "附议", line))

    # A customer's words are forwarded from a message's menu.
    message = await chat.say(
        "赵磊", "信用卡一组", "客户刚说：工号8021的姑娘特别耐心，一步一步教我把账单分期弄好了，太感谢了！"
    )
    form = await chat.choose("赵磊", "comment.form", message)
    thanks = await chat.fill("赵磊", form)
    assert "李娜" in said(thanks)

    # The supervisor sees it with the words that decided, and raises it.
    card = await chat.latest("王敏")
    assert "一步一步教我" in card.words
    assert "确认" in " ".join(labels(card)) or "认定" in " ".join(labels(card))
    before = len(await chat.inbox("李娜"))
    raised = await chat.press("王敏", label(card, "亮点"), card)
    assert "亮点" in said(raised)

    # The agent hears of it at once; the other supervisor's card no longer asks.
    assert len(await chat.inbox("李娜")) == before + 1
    assert "一步一步教我" in (await chat.latest("李娜")).words
    assert labels(await chat.latest("陈刚")) == []

    # Monday comes: the board is posted once, whatever restarts.
    await chat.until(datetime(2026, 11, 23, 1, 0, 30, tzinfo=UTC))
    await chat.later(minutes=1)
    boards = [seen for seen in await chat.in_channel("信用卡一组") if seen.card and "第47周" in seen.words]
    assert len(boards) == 1
    assert "李娜" in boards[0].words
    assert "张伟" in boards[0].words
    assert "亮点" in boards[0].words

    result = await chat.product.database.read(verification.verify)
    assert result.discrepancies == ()
    assert result.points > 0


def label(seen: object, part: str) -> str:
    """Return the label of the button that holds ``part``."""
    return next(text for text in labels(seen) if part in text)  # type: ignore[arg-type]
