import assert from "node:assert/strict";
import type { components } from "./awal.gen.js";
import { client, phone_number_id } from "./client.js";

type Conversation = components["schemas"]["Conversation"];
type MessageStatus = components["schemas"]["MessageStatus"];

const statuses: Record<MessageStatus, true> = { sent: true, delivered: true, read: true, failed: true };

/** Asks for the unread conversations and returns the first of them. */
export async function listConversations(): Promise<Conversation> {
  const { data, error } = await client.GET("/conversations", {
    params: { query: { phone_number_id, status: "unread" } },
  });
  assert(data, `listConversations: ${JSON.stringify(error)}`);
  assert.equal(data.status, true);
  assert(data.meta.total >= data.data.length, "the total is below the number of rows");
  for (const row of data.data) {
    assert(row.status === "unread" || row.unread_count > 0, `conversation ${row.id} is not unread`);
  }
  const [first] = data.data;
  assert(first, "listConversations: no row");
  return first;
}

/** Reads the conversation that the list showed. */
export async function getConversationMessages(row: Conversation): Promise<void> {
  const { data, error } = await client.GET("/conversations/{id}", {
    params: { path: { id: row.id }, query: { phone_number_id } },
  });
  assert(data, `getConversationMessages: ${JSON.stringify(error)}`);
  assert.deepEqual([data.data.id, data.data.phone], [row.id, row.phone]);
  assert(data.data.messages.length > 0, "getConversationMessages: no message");
  assert(data.data.meta.total_messages >= data.data.messages.length, "the total is below the number of messages");
  for (const message of data.data.messages) {
    assert(message.status in statuses, `message ${message.id} has the status ${message.status}`);
    assert(!Number.isNaN(Date.parse(message.date)), `message ${message.id} has the date ${message.date}`);
  }
}

export async function getMessageStatus(): Promise<void> {
  const { data, error } = await client.GET("/fetch-message-status-app", {
    params: { query: { phone_number_id } },
  });
  assert(data, `getMessageStatus: ${JSON.stringify(error)}`);
  assert(data.data.length > 0, "getMessageStatus: no row");
  for (const row of data.data) {
    assert(row.status in statuses, `message ${row.message_id} has the status ${row.status}`);
    assert(!Number.isNaN(Date.parse(row.timestamp)), `message ${row.message_id} has the timestamp ${row.timestamp}`);
  }
}
