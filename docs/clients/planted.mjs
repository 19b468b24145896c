// A server behind Prism's proxy: each answer to the list has an id that is no integer, but for a request with X-Good.
import { createServer } from "node:http";

createServer((request, response) => {
  const row = {
    id: request.headers["x-good"] ? 1 : "one", phone: "96650000000", name: null, last_message: null, last_message_type: null,
    unread_count: 0, status: "opened", updated_at: "2024-01-20T10:30:00Z", created_at: "2024-01-20T10:30:00Z",
  };
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ status: true, data: [row], meta: { total: 1, unread_total: 0 } }));
}).listen(Number(process.argv[2]), "127.0.0.1");
