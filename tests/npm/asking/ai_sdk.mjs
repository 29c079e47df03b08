/** Asks as an application with Vercel's AI SDK does, comes back to the same answer, and gives up on another. */

import { DefaultChatTransport, readUIMessageStream } from "ai";

import { graph, key, question, report, url } from "./server.mjs";

const headers = { "X-API-Key": key };
const message = { id: "1", role: "user", parts: [{ type: "text", text: question }] };
const asked = { trigger: "submit-message", chatId: "chat", messages: [message] };

const transport = new DefaultChatTransport({
  api: `${url}/v1/graphs/${graph}/agent?dialect=ai-sdk`,
  headers,
  prepareReconnectToStreamRequest: ({ id }) => ({ api: `${url}/v1/operations/${id}/stream?dialect=ai-sdk`, headers }),
});

async function read(stream) {
  let last;
  for await (const whole of readUIMessageStream({ stream, terminateOnError: true })) last = whole;
  return last;
}

const answer = await read(await transport.sendMessages(asked));
const again = await read(await transport.reconnectToStream({ chatId: answer.id }));

const leaving = new AbortController();
const careless = new DefaultChatTransport({
  api: `${url}/v1/graphs/${graph}/agent?dialect=ai-sdk&on_disconnect=cancel`,
  headers,
});
const given = await careless.sendMessages({ ...asked, abortSignal: leaving.signal });
const reader = given.getReader();
const { value: start } = await reader.read();
leaving.abort();

report({ answer, again, abandoned: start.messageId });
