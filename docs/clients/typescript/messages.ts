import assert from "node:assert/strict";
import type { components } from "./awal.gen.js";
import { client, phone_number_id } from "./client.js";

type Template = components["schemas"]["Template"];

/** A number without a meaning to a real service; to the mock one whose messages stay `sent`. */
export const recipient = "966500000902";

/** A PNG of one transparent pixel. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

const params = { query: { phone_number_id } };

interface Answer {
  data?: components["schemas"]["SentMessage"];
  error?: unknown;
}

async function check(operation: string, answer: Promise<Answer>): Promise<void> {
  const { data, error } = await answer;
  assert(data, `${operation}: ${JSON.stringify(error)}`);
  assert(data.message.id > 0 && data.message.messageId.startsWith("wamid."), `${operation}: ids are missing`);
  assert.equal(data.message.status, "sent", operation);
}

/** A multipart body of the fields, with a file in place of each one that is binary. */
function form(fields: object, files: Record<string, Blob> = {}): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    body.append(name, files[name] ?? String(value));
  }
  return body;
}

/** Sends one message of each kind, the file by link and by upload. */
export async function sendMessages(template: Template): Promise<void> {
  const phone = recipient;
  await check(
    "sendTextMessage",
    client.POST("/w/message/text", { params, body: { phone, body: "Hello, مرحبا 👋", name: "Sara Khalid" } }),
  );
  await check(
    "sendMediaMessage by link",
    client.POST("/w/message/media", { params, body: { phone, type: "image", link: "https://example.com/menu.png", caption: "Our menu" } }),
  );
  await check(
    "sendMediaMessage by upload",
    client.POST("/w/message/media", {
      params,
      body: { phone, type: "image", file: "pixel.png" },
      bodySerializer: (fields) => form(fields, { file: new Blob([pixel], { type: "image/png" }) }),
    }),
  );
  await check(
    "sendTemplateMessage",
    client.POST("/w/message/template", {
      params,
      body: { template_id: template.id, phone, header_type: "TEXT", body_params: JSON.stringify(["Sara"]) },
      bodySerializer: form,
    }),
  );
  await check(
    "sendButtonMessage",
    client.POST("/w/message/button", {
      params,
      body: { phone, body_text: "May we deliver your order today?", buttons: [{ id: "yes", title: "Yes" }] },
    }),
  );
  await check(
    "sendListMessage",
    client.POST("/w/message/list", {
      params,
      body: {
        phone,
        body_text: "What can we do for you?",
        button_text: "Choose",
        sections: [{ title: "Orders", rows: [{ id: "order-status", title: "Where is my order?" }] }],
      },
    }),
  );
  await check(
    "sendLocationMessage",
    client.POST("/w/message/location", {
      params,
      body: { phone, location: { latitude: 24.7136, longitude: 46.6753, name: "Our shop", address: "Riyadh, Saudi Arabia" } },
    }),
  );
}
