import assert from "node:assert/strict";
import type { components } from "./awal.gen.js";
import { client, phone_number_id } from "./client.js";
import { recipient } from "./messages.js";

type Template = components["schemas"]["Template"];

/** Checks that the number in use is among the sending numbers. */
export async function listWabaNumbers(): Promise<void> {
  const { data, error } = await client.GET("/waba-numbers");
  assert(data, `listWabaNumbers: ${JSON.stringify(error)}`);
  assert(data.data.some((number) => number.phone_number_id === phone_number_id), `number ${phone_number_id} is not listed`);
}

/** Returns the first template. */
export async function listTemplates(): Promise<Template> {
  const { data, error } = await client.GET("/templates", { params: { query: { limit: 1 } } });
  assert(data, `listTemplates: ${JSON.stringify(error)}`);
  assert.equal(data.meta.per_page, 1);
  const [first, ...rest] = data.data;
  assert(first && rest.length === 0, `listTemplates: want a page of one template, got ${data.data.length}`);
  return first;
}

export async function getTemplate(listed: Template): Promise<void> {
  const { data, error } = await client.GET("/templates/{id}", { params: { path: { id: listed.id } } });
  assert(data, `getTemplate: ${JSON.stringify(error)}`);
  assert.deepEqual([data.data.id, data.data.name], [listed.id, listed.name]);
}

/** Opens and closes a ticket of the recipient's conversation. */
export async function updateTicket(): Promise<void> {
  const { data, error } = await client.GET("/conversations", { params: { query: { phone_number_id, searchTerm: recipient } } });
  assert(data, `listConversations: ${JSON.stringify(error)}`);
  const [conversation] = data.data;
  assert(conversation, `no conversation with ${recipient}`);
  const { id } = conversation;
  for (const [route, status] of [["openTicket", "opened"], ["closeTicket", "closed"]] as const) {
    const answer = await client.POST("/wechat/chat/events/{id}", { params: { path: { id }, query: { phone_number_id } }, body: { route } });
    assert(answer.data, `updateTicket ${route}: ${JSON.stringify(answer.error)}`);
    assert.deepEqual([answer.data.data.conversation_id, answer.data.data.status], [id, status]);
  }
}
