// Uses every operation of the API once, with types generated from openapi.yaml, and checks the answers.
// It reads AWAL_BASE_URL, AWAL_DOMAIN, AWAL_CLIENT_ID, AWAL_HMAC_SECRET and AWAL_PHONE_NUMBER_ID, and exits with 1 at the first surprise.
import { getConversationMessages, getMessageStatus, listConversations } from "./conversations.js";
import { sendMessages } from "./messages.js";
import { getTemplate, listTemplates, listWabaNumbers, updateTicket } from "./workspace.js";

await getConversationMessages(await listConversations());
await getMessageStatus();
await listWabaNumbers();
const template = await listTemplates();
await getTemplate(template);
await sendMessages(template);
await updateTicket();
console.log("typescript client: every operation answered as openapi.yaml says");
