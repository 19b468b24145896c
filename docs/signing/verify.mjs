// node verify.mjs TARGET SIGNATURE TIMESTAMP < BODY says whether a webhook comes from Awal.
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";

// True if one of the signatures is right and the timestamp is at most five minutes off. body is the Buffer that came, not what JSON.parse made of it.
export function verify(secret, target, signatures, timestamp, body) {
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const mac = createHmac("sha256", secret).update("POST" + target + timestamp).update(body);
  const right = Buffer.from("sha256=" + mac.digest("hex"));
  return signatures.split(",").some((text) => {
    const signature = Buffer.from(text.trim());
    return signature.length === right.length && timingSafeEqual(signature, right);
  });
}

const [target, signatures, timestamp] = process.argv.slice(2);
if (!process.env.AWAL_SECRET || timestamp === undefined) {
  console.error("usage: AWAL_SECRET=... node verify.mjs TARGET SIGNATURE TIMESTAMP < BODY");
  process.exit(2);
}
const ok = verify(process.env.AWAL_SECRET, target, signatures, timestamp, readFileSync(0));
console.log(ok ? "accepted" : "refused");
process.exit(ok ? 0 : 1);
