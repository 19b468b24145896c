// node inbox.mjs signs a request for the unread conversations, and prints one line for each. It needs Node 18 or later and no package.
import { createHmac } from "node:crypto";

const {
  AWAL_BASE_URL: baseURL = "http://127.0.0.1:4010/api/developer",
  AWAL_DOMAIN: domain = "your-workspace",
  AWAL_CLIENT_ID: clientID = "your-client-id",
  AWAL_SECRET: secret = "your-hmac-secret",
  AWAL_PHONE_NUMBER_ID: number = "123456",
} = process.env;

/** Signs a request, sends it and returns the JSON of the answer. target is the path after the base URL, with its query. */
async function awal(method, target, body = "") {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac("sha256", secret).update(method + target + timestamp + body).digest("hex");
  const response = await fetch(baseURL + target, {
    method,
    body: body || undefined,
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-Domain": domain,
      "X-Client-ID": clientID,
      "X-Timestamp": timestamp,
      "X-Awal-Signature-256": `sha256=${digest}`,
    },
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

const { data } = await awal("GET", `/conversations?phone_number_id=${encodeURIComponent(number)}&status=unread`);
for (const c of data) {
  console.log(`${c.unread_count} unread from ${c.name} (${c.phone}): ${c.last_message}`);
}
