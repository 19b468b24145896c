import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./awal.gen.js";
import { signer } from "./sign.js";

function setting(name: string): string {
  const value = process.env[name];
  assert(value, `the environment variable ${name} is not set`);
  return value;
}

const baseUrl = setting("AWAL_BASE_URL");

/** The sending number that the API is used for. */
export const phone_number_id = setting("AWAL_PHONE_NUMBER_ID");

/** The API with the types of openapi.yaml; it signs each request. */
export const client = createClient<paths>({ baseUrl });
client.use(
  signer({
    baseUrl,
    domain: setting("AWAL_DOMAIN"),
    clientId: setting("AWAL_CLIENT_ID"),
    secret: setting("AWAL_HMAC_SECRET"),
  }),
);
