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
  const event = JSON.parse(body);
  if (event.type === "verification") {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ challenge: event.challenge }));
    return;
  }
  response.end(); // accepted; an event that came before has the same X-Awal-Event-Id
  console.log(`accepted ${event.event}: ${event.data.status ?? event.data.body ?? event.data.conversation_id}`);
});
server.listen(Number(process.argv[2] ?? 3000), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/hook`));
