from itertools import groupby

from hypothesis import strategies as st

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
PUNCTUATION = st.text("!?！？。，,.;；~…、“”（） \n\x00\ud800\u200b", max_size=20)
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30)
_TOKENS = "客服 很 耐心 解决 了 问题 然后 她 他们 AT&T 3.5 G 的 卡拉OK T恤 👍 ， 。 不耐烦 但是 没 主动 提醒 我 谢谢"
WORDS = st.lists(st.sampled_from(_TOKENS.split()), max_size=30).map("".join)


def same_joined(tokens: list[str]) -> list[str]:
    """Return tokens with those joined that repeat one character: of 嗡嗡嗡 嗡嗡 + 嗡 is as likely as 嗡 + 嗡嗡."""
    kinds = groupby(enumerate(tokens), lambda one: one[1][0] if len(set(one[1])) == 1 else one[0])
    return ["".join(token for _, token in run) for _, run in kinds]
