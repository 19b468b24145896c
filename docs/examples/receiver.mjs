// node receiver.mjs [PORT] receives webhooks and says which it accepts. It needs Node 18 or later and no package.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const { AWAL_SECRET: secret = "your-hmac-secret" } = process.env;

/** True if one of the signatures is right and the timestamp is at most five minutes off. body is the Buffer that came. */
function verify(target, signatures, timestamp, body) {
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const digest = createHmac("sha256", secret).update("POST" + target + timestamp).update(body).digest("hex");
  const right = Buffer.from("sha256=" + digest);
  return signatures.split(",").some((text) => {
    const signature = Buffer.from(text.trim());
    return signature.length === right.length && timingSafeEqual(signature, right);
  });
}

/** The JSON of a body; null if it is none. */
function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { "x-awal-signature-256": signatures = "", "x-timestamp": timestamp = "" } = request.headers;
  if (!verify(request.url, signatures, timestamp, body)) {
    response.writeHead(401).end();
    console.log("refused: the signature is wrong, or the timestamp is too old");
    return;
  }
  const content = parse(body);
  if (typeof content?.challenge === "string" && content.type === "verification") {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ challenge: content.challenge }));
    return;
  }
  const events = [content].flat(); // several events may come as an array
  if (!events.every((event) => typeof event?.event === "string" && event.data)) {
    response.writeHead(400).end();
    console.log("refused: the body is no event");
    return;
  }
  response.end(); // accepted; an event that came before has the same X-Awal-Event-Id
  for (const { event, data } of events) console.log(`accepted ${event}: ${data.status ?? data.body ?? data.conversation_id}`);
});
server.listen(Number(process.argv[2] ?? 3000), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/hook`));
