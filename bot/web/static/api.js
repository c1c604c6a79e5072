// The server, over HTTP. What could not be sent keeps its event id, so that sending it again can never count twice.

import { perWindow } from "./keep.js";
import { t } from "./setup.js";

const RETRIES_AFTER = [400, 1200, 3000]; // milliseconds

/** The server's refusal, or `offline`: no answer at all, so the same may be sent again. */
export class Failure extends Error {
  constructor(message, { status = 0 } = {}) {
    super(message);
    this.status = status;
    this.offline = status === 0 || status >= 500;
  }
}

/** Return what the API answers to a question. */
export async function read(path, parameters = {}) {
  return request(`/chat/api/${path}?${new URLSearchParams(parameters)}`);
}

/** Send words or an action once; throws a `Failure`. The same content unanswered before is sent under the same event id. */
export async function send(content) {
  const key = JSON.stringify(content);
  const unanswered = perWindow.get("unanswered", {});
  const eventId = unanswered[key] ?? newEventId();
  perWindow.set("unanswered", { ...unanswered, [key]: eventId });
  try {
    const reply = await request("/chat/api/incoming", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...content, event_id: eventId }),
    });
    forget(key);
    return reply;
  } catch (failure) {
    if (!failure.offline) forget(key);
    throw failure;
  }
}

/** Send, and try again a few times while the server does not answer. */
export async function sendPatiently(content) {
  for (const pause of RETRIES_AFTER) {
    try {
      return await send(content);
    } catch (failure) {
      if (!failure.offline) throw failure;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return send(content);
}

function forget(key) {
  const { [key]: _, ...others } = perWindow.get("unanswered", {});
  perWindow.set("unanswered", others);
}

function newEventId() {
  // randomUUID exists only on https and on this computer's own address.
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function request(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { ...options, redirect: "error", signal: AbortSignal.timeout(20000) });
  } catch {
    throw new Failure(t("offline"));
  }
  let data = null;
  try {
    data = await answer.json();
  } catch {
    // A proxy's error page, or an answer cut short.
    throw new Failure(t("offline"), { status: answer.ok ? 0 : answer.status });
  }
  if (!answer.ok) throw new Failure(data.error ?? t("offline"), { status: answer.status });
  return data;
}
