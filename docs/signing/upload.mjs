// node upload.mjs TARGET FILE MEDIA_TYPE [NAME=VALUE...] signs an upload to the Awal API and sends it, with fetch or axios.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const { AWAL_SECRET: secret, AWAL_BASE_URL: baseURL, AWAL_DOMAIN, AWAL_CLIENT_ID, AWAL_HTTP } = process.env;
const [target, path, mediaType, ...fields] = process.argv.slice(2);
if (!secret || !baseURL || !mediaType) {
  console.error("usage: AWAL_SECRET=... AWAL_BASE_URL=... node upload.mjs TARGET FILE MEDIA_TYPE [NAME=VALUE...]");
  process.exit(2);
}
const form = new FormData();
for (const field of fields) form.append(field.split("=", 1)[0], field.slice(field.indexOf("=") + 1));
form.append("file", new Blob([readFileSync(path)], { type: mediaType }), basename(path));

const written = new Request(baseURL + target, { method: "POST", body: form }); // draws the boundary
const body = Buffer.from(await written.arrayBuffer()); // these bytes are signed, and these are sent
const timestamp = String(Math.floor(Date.now() / 1000));
const signature = "sha256=" + createHmac("sha256", secret).update("POST" + target + timestamp).update(body).digest("hex");
const headers = { Accept: "application/json", "Content-Type": written.headers.get("Content-Type"), "X-Awal-Signature-256": signature,
  "X-Timestamp": timestamp, "X-Domain": AWAL_DOMAIN ?? "", "X-Client-ID": AWAL_CLIENT_ID ?? "" };
if (AWAL_HTTP === "axios") {
  const { default: axios } = await import("axios");
  const answer = await axios.post(baseURL + target, body, { headers, responseType: "text", validateStatus: () => true });
  console.log(`${signature}\n${answer.status}\n${typeof answer.data === "string" ? answer.data : JSON.stringify(answer.data)}`);
} else {
  const answer = await fetch(baseURL + target, { method: "POST", headers, body });
  console.log(`${signature}\n${answer.status}\n${await answer.text()}`);
}
