import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { accessible, openPage, startMock, withMock } from './setup.mjs'

withMock('the page opens at the address of the mock, asks nobody else, and is small', [], async ({ origin }) => {
  const { page, check } = await openPage(origin)
  await page.waitForSelector('h1')
  assert.equal(await page.locator('nav a[aria-current]').count(), 1)
  await accessible(page)
  check()
  let size = 0
  for (const path of ['/', '/__console/page.js', '/__console/page.css']) {
    const answer = await fetch(origin + path, { headers: { Accept: 'text/html' } })
    assert.match(answer.headers.get('Content-Security-Policy'), /default-src 'none'; script-src 'self'; style-src 'self';/)
    size += gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 }).length
  }
  console.log(`# the first view of the page is ${size} bytes, compressed`)
  assert.ok(size <= 25_000, `${size} bytes`)
  for (const name of readdirSync(new URL('../dist/', import.meta.url))) {
    if (name.startsWith('page.')) continue
    const part = gzipSync(readFileSync(new URL(`../dist/${name}`, import.meta.url)), { level: 9 }).length
    console.log(`# ${name}, which is loaded later, is ${part} bytes, compressed`)
    assert.ok(part <= 10_000, `${name}: ${part} bytes`)
  }
})

withMock('keys open the parts and the help', [], async ({ origin }) => {
  const { page, check } = await openPage(origin, '#/nowhere')
  await page.getByText('There is nothing at this address.').waitFor()
  await page.keyboard.press('1')
  await page.waitForURL('**/#/inbox')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  assert.ok((await page.locator('dialog kbd').count()) >= 5)
  await page.keyboard.press('Escape')
  await page.waitForSelector('dialog:not([open])', { state: 'attached' })
  await page.keyboard.press('T')
  await page.waitForSelector('html[data-theme=light]')
  check()
})

withMock('a token is asked for once, a wrong one is said so, and no other tab has it', ['--control-token=s3cret'], async ({ origin }) => {
  const { page, context, asked } = await openPage(origin)
  const field = page.getByLabel('Token', { exact: true })
  await field.fill('wrong')
  await field.press('Enter')
  await page.getByText('This is not the token').waitFor()
  await field.fill('s3cret')
  await field.press('Enter')
  await page.waitForSelector('.workspace select')
  await page.reload()
  await page.waitForSelector('.workspace select')
  const kept = await page.evaluate(() => JSON.stringify([location.href, document.cookie, { ...localStorage }]))
  assert.ok(!kept.includes('s3cret'), kept)
  assert.deepEqual(asked.filter((url) => url.includes('s3cret')), [])
  const other = await context.newPage()
  await other.goto(origin)
  await other.getByLabel('Token', { exact: true }).waitFor()
})

withMock('the mock stops and comes back, and another version offers a reload', [], async (mock, t) => {
  const port = new URL(mock.origin).port
  const { page } = await openPage(mock.origin)
  await page.waitForSelector('.workspace select')
  await mock.stop()
  await page.getByText('Trying again').waitFor()
  const again = await startMock(`--addr=127.0.0.1:${port}`)
  t.after(() => again.stop())
  await page.getByText('Trying again').waitFor({ state: 'detached' })
  await again.stop()
  await page.getByText('Trying again').waitFor()
  // The same program cannot be of another version: its answer is changed on the way.
  await page.route('**/__console/settings.json', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...(await answer.json()), version: 'v99.0.0' } })
  })
  const newer = await startMock(`--addr=127.0.0.1:${port}`)
  t.after(() => newer.stop())
  await page.getByRole('button', { name: 'Reload the page' }).waitFor()
})

withMock('--no-console takes the page away', ['--no-console'], async ({ origin }) => {
  const { page, asked } = await openPage(origin)
  assert.match(await page.textContent('main'), /the API; every other address is beside it/)
  assert.equal(asked.length, 1)
  assert.equal((await fetch(`${origin}/__console/page.js`)).status, 404)
})
