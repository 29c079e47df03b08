/** Asks as an application with OpenAI's client does, leaves and comes back in the middle, and cancels another. */

import OpenAI from "openai";

import { graph, key, question, report, url } from "./server.mjs";

const client = new OpenAI({ baseURL: `${url}/v1/graphs/${graph}`, apiKey: key });
const asked = { model: "knowledger", input: question };

const events = [];
const stream = await client.responses.create({ ...asked, stream: true });
for await (const event of stream) {
  events.push(event);
  if (event.type === "response.output_item.added") break;
}
const { id } = events[0].response;
const starting_after = events.at(-1).sequence_number;
for await (const event of await client.responses.retrieve(id, { stream: true, starting_after })) events.push(event);
const whole = await client.responses.retrieve(id);

const other = await client.responses.create({ ...asked, background: true });
await client.responses.cancel(other.id);
let cancelled = other;
while (["queued", "in_progress"].includes(cancelled.status)) {
  await new Promise((resume) => setTimeout(resume, 50));
  cancelled = await client.responses.retrieve(other.id);
}

report({ events, whole, text: whole.output_text, cancelled });
