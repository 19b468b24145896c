// The story of a first day, on the page alone.
import { ask, startReceiver } from './signed.mjs'
import { openPage, withMock } from './setup.mjs'

const part = (page, name) => page.locator('.bar nav').getByRole('link', { name, exact: true }).click()
const bubble = (page, text) => page.locator('.bubble', { hasText: text })

async function write(page, side, text) {
  await page.getByRole('button', { name: side }).click()
  await page.locator('#inbox-text').fill(text)
  await page.keyboard.press('Enter')
}

withMock('a refused signature is explained, a customer writes, an answer is read, the conversation expires, a webhook is sent again', ['--webhook-retries=off', '--delivery=delivered=5s,read=10m', '--clock=2026-01-20T12:00:00Z'], async (mock, t) => {
  const receiver = await startReceiver(t)
  const { page, check } = await openPage(mock.origin)

  // Why was this request refused? Two clicks.
  await ask(mock, 'GET', '/conversations?phone_number_id=123456', { secret: 'another-secret' })
  await part(page, 'Requests')
  await page.locator('.requests .entry').first().click()
  await page.locator('.why, .signature').first().waitFor()

  // The receiver is there, but fails at first.
  await part(page, 'Webhooks')
  await page.getByText('Nothing is sent yet').waitFor()
  await page.keyboard.press('n')
  const form = page.getByRole('dialog', { name: 'Add an endpoint' })
  await form.getByLabel('Address').fill(receiver.url)
  await form.getByRole('button', { name: 'Add an endpoint' }).click()
  await page.locator('.endpoints li').waitFor()
  receiver.status = 500

  // A customer writes, the business answers, and the answer is delivered and read.
  await part(page, 'Inbox')
  await page.locator('.list .row').first().click()
  await write(page, 'As the customer', 'Is my order on its way?')
  await bubble(page, 'Is my order on its way?').waitFor()
  await write(page, 'As the business', 'It arrives today')
  await bubble(page, 'It arrives today').waitFor()
  const thread = page.url()
  await part(page, 'Time and trouble')
  await page.getByRole('button', { name: '+1 h' }).click()
  await page.getByText('13:00:00').first().waitFor()
  await page.goto(thread)
  await bubble(page, 'It arrives today').locator('.tick.read').waitFor()

  // A day later the conversation has expired.
  await part(page, 'Time and trouble')
  await page.getByRole('button', { name: '+24 h' }).click()
  await page.getByText('21 Jan 2026, 13:00:00').waitFor()
  await page.goto(thread)
  await page.locator('.row[aria-current] .status', { hasText: 'Expired' }).first().waitFor()

  // The receiver works again, and gets what it missed.
  receiver.status = 200
  await part(page, 'Webhooks')
  await page.locator('.webhooks .entry').filter({ hasText: 'dead' }).filter({ hasText: 'message.received' }).first().click()
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.locator('.facts').getByText('sent again by hand').waitFor()
  await page.locator('.facts').getByText('delivered').waitFor()
  check()
})
