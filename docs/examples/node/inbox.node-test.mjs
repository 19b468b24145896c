// node:test: node --test inbox.node-test.mjs
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startMock } from 'awalmock/test'

/** @type {import('awalmock/test').Mock} */
let mock
before(async () => { mock = await startMock({ clock: '2024-01-20T12:00:00Z' }) })
after(() => mock.close())

test('a day after the last message a conversation is expired', async () => {
  const sent = await mock.fetch('/w/message/text?phone_number_id=123456', {
    method: 'POST', body: JSON.stringify({ phone: '966500000904', body: 'Your order is ready' }),
  })
  assert.equal(sent.status, 200)
  await mock.advance('3s') // delivered, read, and the customer has answered
  const unread = await (await mock.fetch('/conversations?phone_number_id=123456&status=unread')).json()
  assert.ok(unread.data.some((/** @type {{ phone: string }} */ c) => c.phone === '966500000904'))
  await mock.advance('24h')
  const expired = await (await mock.fetch('/conversations?phone_number_id=123456&status=expired')).json()
  assert.ok(expired.data.some((/** @type {{ phone: string }} */ c) => c.phone === '966500000904'))
})
