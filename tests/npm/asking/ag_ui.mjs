/** Asks as an AG-UI application does, runs the same run again, and aborts another. */

import { HttpAgent } from "@ag-ui/client";

import { graph, key, question, report, url } from "./server.mjs";

async function run(runId, { abortAt, query = "" } = {}) {
  const agent = new HttpAgent({
    url: `${url}/v1/graphs/${graph}/agent?dialect=ag-ui${query}`,
    headers: { "X-API-Key": key },
    threadId: "thread",
  });
  agent.setMessages([{ id: "1", role: "user", content: question }]);
  const events = [];
  const onEvent = ({ event }) => {
    events.push(event);
    if (event.type === abortAt) agent.abortRun();
  };
  await agent.runAgent({ runId }, { onEvent }).catch((error) => events.push({ type: "REJECTED", message: String(error) }));
  return { events, messages: agent.messages };
}

const answer = await run("run-1");
const again = await run("run-1");
const aborted = await run("run-2", { abortAt: "RUN_STARTED", query: "&on_disconnect=cancel" });

report({ answer, again, aborted });
