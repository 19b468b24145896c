// node sign.mjs METHOD TARGET [BODY] signs a request to the Awal API and, with AWAL_BASE_URL, sends it.
import { createHmac } from "node:crypto";

const { AWAL_SECRET: secret, AWAL_BASE_URL: baseURL, AWAL_DOMAIN, AWAL_CLIENT_ID } = process.env;
const timestamp = process.env.AWAL_TIMESTAMP || String(Math.floor(Date.now() / 1000));
const [method, target, body = ""] = process.argv.slice(2);
if (!secret || !target) {
  console.error("usage: AWAL_SECRET=... node sign.mjs METHOD TARGET [BODY]");
  process.exit(2);
}

const signature = "sha256=" + createHmac("sha256", secret).update(method + target + timestamp + body).digest("hex");
console.log(signature);

if (baseURL) {
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/json",
    "X-Awal-Signature-256": signature,
    "X-Timestamp": timestamp,
    "X-Domain": AWAL_DOMAIN ?? "",
    "X-Client-ID": AWAL_CLIENT_ID ?? "",
  };
  const response = await fetch(baseURL + target, { method, headers, body: body || undefined });
  console.log(response.status);
  console.log(await response.text());
}
