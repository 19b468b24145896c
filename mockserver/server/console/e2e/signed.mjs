// Requests of the API from the tests, signed by the test itself: rightly, or wrongly on purpose.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'

/**
 * Sends a request with a workspace's credentials and gives status, id and text of the answer.
 * `signedTarget`, `signedBody` and `secret` are what is signed in the place of the right ones.
 */
export async function ask(mock, method, target, { body = '', signedTarget = target, signedBody = body, secret, headers = {} } = {}) {
  const workspace = mock.banner.workspaces[0]
  const timestamp = String(Math.floor(Date.now() / 1000))
  const text = method + signedTarget + timestamp + signedBody
  const answer = await fetch(mock.banner.base_url + target, {
    method, body: body || undefined,
    headers: {
      ...(body && { 'Content-Type': 'application/json' }), 'X-Domain': workspace.domain, 'X-Client-ID': workspace.client_id, 'X-Timestamp': timestamp,
      'X-Awal-Signature-256': `sha256=${createHmac('sha256', secret ?? workspace.secret).update(text).digest('hex')}`, ...headers,
    },
  })
  return { status: answer.status, id: answer.headers.get('X-Request-Id'), text: await answer.text() }
}

/** A receiver of webhooks that passes the challenge; `status` is what it answers to events, which are in `got`. */
export async function startReceiver(t) {
  const receiver = { status: 200, got: [] }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    const { challenge } = JSON.parse(text)
    if (challenge) return response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ challenge }))
    receiver.got.push(text)
    response.writeHead(receiver.status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => (server.closeAllConnections(), server.close()))
  receiver.url = `http://127.0.0.1:${server.address().port}/hook`
  return receiver
}

/** Texts that must stay texts, wherever they are sent. */
export const hostile = {
  image: '<img src=x onerror=alert(1)>',
  script: '<script>alert(1)</script>',
  bidi: 'abc\u202Edcba\u202C',
  ansi: '\u001b[31mred\u001b[0m',
}
