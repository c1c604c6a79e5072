"""What the tests of Slack rely on: the emulator behind the relay, and that their requests are signed as Slack signs."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.platforms import malformed, signed
from tests.platforms.emulator import BOT_TOKEN, BOT_USER, SIGNING_SECRET, TEAM, Emulator
from tests.platforms.relay import RESPONSES, Failure, Relay, relay

SECTION = {"type": "section", "text": {"type": "plain_text", "text": "谢谢"}}


@pytest.fixture
def client(slack_relay: Relay) -> AsyncWebClient:
    return AsyncWebClient(BOT_TOKEN, base_url=slack_relay.api_url)


async def test_the_bot_knows_who_it_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"]) == (TEAM, BOT_USER)


async def test_reads_take_their_parameters_from_the_address(client: AsyncWebClient, slack_relay: Relay) -> None:
    user = slack_relay.emulator.users["李娜"]
    assert (await client.users_info(user=user))["user"]["real_name"] == "李娜"


async def test_a_message_arrives_and_only_those_of_this_test_are_read(
    client: AsyncWebClient, slack_relay: Relay
) -> None:
    channel = slack_relay.emulator.channels["International"]
    await client.chat_postMessage(channel=channel, text="thanks", blocks=[SECTION])
    (message,) = await slack_relay.messages(channel)
    assert (message["text"], message["blocks"]) == ("thanks", [SECTION])
    async with relay(slack_relay.emulator) as another:
        assert await another.messages(channel) == []


async def test_a_direct_message_needs_no_conversation_to_be_opened(client: AsyncWebClient, slack_relay: Relay) -> None:
    user = slack_relay.emulator.users["Tom O'Brien"]
    await client.chat_postMessage(channel=user, text="hello")
    assert [message["text"] for message in await slack_relay.messages(await slack_relay.direct(user))] == ["hello"]


async def test_a_scope_that_the_manifest_does_not_ask_for_is_missing(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_list()
    assert caught.value.response["error"] == "missing_scope"


async def test_a_trigger_opens_one_modal(client: AsyncWebClient, slack_relay: Relay) -> None:
    view = {
        "type": "modal",
        "callback_id": "x",
        "title": {"type": "plain_text", "text": "t"},
        "submit": {"type": "plain_text", "text": "s"},
        "blocks": [SECTION],
    }
    trigger = await slack_relay.trigger_id(slack_relay.emulator.users["李娜"])
    await client.views_open(trigger_id=trigger, view=view)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=view)
    assert len(slack_relay.called("views.open")) == 1


async def test_what_is_asked_to_fail_fails_once(client: AsyncWebClient, slack_relay: Relay) -> None:
    channel = slack_relay.emulator.channels["International"]
    slack_relay.fail("chat.postMessage", Failure(429, "ratelimited", {"Retry-After": "7"}))
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=channel, text="thanks")
    assert caught.value.response.headers["Retry-After"] == "7"
    assert await slack_relay.messages(channel) == []
    await client.chat_postMessage(channel=channel, text="thanks")
    assert len(await slack_relay.messages(channel)) == 1


async def test_an_answer_can_be_lost_after_the_message_went_out(client: AsyncWebClient, slack_relay: Relay) -> None:
    channel = slack_relay.emulator.channels["International"]
    slack_relay.fail("chat.postMessage", Failure(503, after=True))
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=channel, text="thanks")
    assert len(await slack_relay.messages(channel)) == 1


async def test_a_response_url_is_used_up(slack_relay: Relay) -> None:
    url = slack_relay.response_url()
    webhook = AsyncWebhookClient(url)
    statuses = [(await webhook.send(text=str(number))).status_code for number in range(RESPONSES + 1)]
    assert statuses == [200] * RESPONSES + [404]
    assert [body["text"] for body in slack_relay.responses[url]] == ["0", "1", "2", "3", "4"]


async def test_blocks_that_slack_would_refuse_fail_the_test(slack_emulator: Emulator) -> None:
    async def post() -> None:
        async with relay(slack_emulator) as made:
            client = AsyncWebClient(BOT_TOKEN, base_url=made.api_url)
            channel = slack_emulator.channels["International"]
            await client.chat_postMessage(channel=channel, text="x", blocks=[{"type": "header"}])

    with pytest.raises(AssertionError, match=r"chat\.postMessage"):
        await post()


def requests() -> dict[str, signed.Request]:
    return {
        "command": signed.command("U1", "@Li Na 谢谢"),
        "event": signed.event(signed.message_im("U1", "谢谢", channel="D1")),
        "retry": signed.event(signed.app_uninstalled(), retry=2),
        "shortcut": signed.message_shortcut("U1", "praise.form", {"ts": "1.1", "text": "x"}, channel="C1"),
        "closed": signed.view_closed("U1", {"id": "V1"}),
    }


@pytest.mark.parametrize("name", malformed.misshapen())
def test_misshapen_requests_are_signed_all_the_same(name: str) -> None:
    request = malformed.misshapen()[name]
    moment, signature = (request.headers[f"X-Slack-{part}"] for part in ("Request-Timestamp", "Signature"))
    assert signed.signed(request.body, at=int(moment)).headers["X-Slack-Signature"] == signature


@pytest.mark.parametrize("name", requests())
def test_requests_are_signed_as_slacks_own_client_checks(name: str) -> None:
    request = requests()[name]
    assert SignatureVerifier(SIGNING_SECRET).is_valid_request(request.body, dict(request.headers))
