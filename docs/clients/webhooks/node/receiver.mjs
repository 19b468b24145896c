// Receives webhooks and verifies them with the official library of Standard Webhooks. AWAL_WEBHOOK_SECRET is the secret in the library's
// form, whsec_ and base64. It prints its address, and a line for each request.
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

/** @typedef {import("./awal.gen.js").webhooks} Webhooks */
/** @typedef {{ [Name in keyof Webhooks]: Webhooks[Name]["post"]["requestBody"]["content"]["application/json"] }[keyof Webhooks]} Body */

const library = new Webhook(process.env.AWAL_WEBHOOK_SECRET ?? "");

/** What an event says, in a few words.
 * @param {Exclude<Body, { challenge: string }>} body */
function describe(body) {
  switch (body.event) {
    case "message.received":
      return `${body.data.from} wrote ${body.data.body}`;
    case "message.status.updated":
      return `${body.data.message_id} is ${body.data.status}`;
    case "conversation.created":
      return `${body.data.conversation_id} with ${body.data.phone_number}`;
    case "conversation.updated":
      return `${body.data.conversation_id} belongs to ${body.data.assignee ?? "no one"}`;
  }
}

/** @param {import("node:http").IncomingMessage} request */
async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const server = createServer(async (request, response) => {
  const text = await read(request);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  try {
    const body = /** @type {Body} */ (library.verify(text, headers));
    if ("challenge" in body) {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ challenge: body.challenge }));
      console.log("accepted verification");
      return;
    }
    response.end();
    console.log(`accepted ${body.event}: ${describe(body)}`);
  } catch (error) {
    response.writeHead(401).end();
    console.log(`refused: ${error}`);
  }
});
server.listen(0, "127.0.0.1", () => {
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  console.log(`http://127.0.0.1:${address.port}/hook`);
});
