import assert from 'node:assert/strict'
import { writeFile, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessible, openPage, until, withMock } from './setup.mjs'

withMock('the clock is turned, and a conversation expires', ['--clock=2026-01-20T12:00:00Z'], async ({ origin, control }) => {
  const { page, check } = await openPage(origin, '#/time')
  const now = page.locator('.now')
  await now.waitFor()
  const before = new Date((await control('GET', '/clock')).now)
  await page.getByRole('button', { name: '+1 h' }).click()
  await page.getByRole('button', { name: '+24 h' }).click()
  const moved = async (from) => new Date((await control('GET', '/clock')).now) - from
  await until(async () => await moved(before) === 25 * 3600_000)
  // All conversations have expired by now; a message of a customer begins 24 hours anew.
  await page.getByRole('button', { name: 'Until the next' }).click()
  await page.getByText('No conversation will expire').waitFor()
  const fresh = await control('POST', '/conversations', { name: 'Nora', phone: '966500000777' })
  await control('POST', `/conversations/${fresh.id}/messages`, { content: 'hello' })
  const said = new Date((await control('GET', '/clock')).now)
  await page.getByRole('button', { name: 'Until the next' }).click()
  await until(async () => await moved(said) >= 24 * 3600_000)
  // The page shows what it is now, also when something else moves it.
  await control('POST', '/clock', { set: '2030-01-02T03:04:05Z' })
  await page.getByText('2 Jan 2030, 03:04:05').waitFor()
  await accessible(page)
  check()
})

withMock('a fault is set by a slider, applied, and taken away', [], async ({ origin, control }) => {
  const { page, check } = await openPage(origin, '#/time')
  await page.getByRole('button', { name: 'Add a fault' }).click()
  const fault = page.locator('.fault')
  await fault.getByLabel(/^Operation/).selectOption('listContacts')
  await fault.getByLabel(/^Status/).selectOption('503')
  const rule = async () => (await control('GET', '/faults')).rules[0]
  await until(async () => (await rule())?.status === 503)
  await fault.getByLabel(/^Share/).fill('40')
  await fault.getByLabel(/^Fault/).selectOption('latency')
  await fault.getByLabel(/^Delay/).fill('1500')
  await until(async () => ['1.5s', '1500ms'].includes((await rule())?.latency))
  await until(async () => (await rule())?.probability === 0.4)
  assert.equal((await rule()).operation, 'listContacts')
  await accessible(page)
  await fault.getByRole('button', { name: 'Remove' }).click()
  await page.getByText('answers without faults').waitFor()
  assert.deepEqual((await control('GET', '/faults')).rules, [])
  check()
})

withMock('the events go out as a file and come back, a broken file is refused in words, and a reset is asked twice', [], async ({ origin, control }) => {
  const { page, check } = await openPage(origin, '#/time')
  const made = await control('POST', '/conversations', { name: 'Salma', phone: '966500000778' })
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the file' }).click()])
  const text = await readFile(await download.path(), 'utf8')
  assert.match(text, /966500000778/)
  await page.getByRole('button', { name: 'Reset the workspace' }).click()
  await page.locator('dialog[open]').getByRole('button', { name: 'Reset the workspace' }).click()
  await page.waitForSelector('dialog:not([open])', { state: 'attached' })
  const known = () => page.evaluate(async (id) => (await fetch(`__admin/conversations/${id}`, { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: '{"bot":false}' })).status, made.id)
  assert.equal(await known(), 404)
  const file = page.getByLabel('Put a file back')
  await file.setInputFiles({ name: 'broken', mimeType: 'text/plain', buffer: Buffer.from(text.slice(0, text.length / 2)) })
  await page.getByText('400 ').waitFor()
  assert.equal(await known(), 404)
  const whole = join(tmpdir(), `events-${process.pid}.ndjson`)
  await writeFile(whole, text)
  await file.setInputFiles(whole)
  await page.getByText('The workspace is what the file says.').waitFor()
  assert.equal(await known(), 200)
  check()
})
