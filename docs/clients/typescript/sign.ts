import { createHmac } from "node:crypto";
import type { Middleware } from "openapi-fetch";

export interface Credentials {
  baseUrl: string;
  domain: string;
  clientId: string;
  secret: string;
}

/** Adds the four headers to each request; the last to touch it, so that what is signed is what is sent. */
export function signer(credentials: Credentials): Middleware {
  const basePath = new URL(credentials.baseUrl).pathname.replace(/\/+$/, ""); // not signed
  return {
    async onRequest({ request }) {
      const url = new URL(request.url);
      const target = url.pathname.slice(basePath.length) + url.search;
      const timestamp = Math.floor(Date.now() / 1000).toString();
      const body = Buffer.from(await request.clone().arrayBuffer());
      const digest = createHmac("sha256", credentials.secret)
        .update(request.method + target + timestamp)
        .update(body)
        .digest("hex");
      request.headers.set("Accept", "application/json");
      request.headers.set("X-Awal-Signature-256", `sha256=${digest}`);
      request.headers.set("X-Timestamp", timestamp);
      request.headers.set("X-Domain", credentials.domain);
      request.headers.set("X-Client-ID", credentials.clientId);
      return request;
    },
  };
}
