import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { accessible, openPage, startMock, violations, withMock } from './setup.mjs'

withMock('the page opens at the address of the mock, and asks no other host', [], async ({ origin }) => {
  const { page, check } = await openPage(origin)
  await page.waitForSelector('.row .name')
  assert.equal(await page.locator('.bar nav a[aria-current]').count(), 1)
  await accessible(page)
  check()
})

withMock('each part is opened by less than 32 kB, compressed', [], async ({ origin }) => {
  const { page, asked } = await openPage(origin)
  await page.locator('.bar nav a[href^="#/"]').first().waitFor()
  const parts = await page.locator('.bar nav a[href^="#/"]').evaluateAll((links) => links.map((link) => link.hash))
  const all = new Map()
  for (const hash of parts) {
    await page.goto('about:blank')
    asked.length = 0
    await page.goto(`${origin}/${hash}`)
    await page.waitForSelector('main :is(h1, h2, input)', { state: 'attached' })
    let bytes = 0
    for (const path of new Set(asked.map((url) => new URL(url).pathname).filter((path) => path === '/' || /^\/__console\/.*(js|css)$/.test(path)))) {
      const answer = await fetch(origin + path, { headers: { Accept: 'text/html' } })
      assert.match(answer.headers.get('Content-Security-Policy'), /default-src 'none'; script-src 'self'; style-src 'self';/)
      all.set(path, gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 }).length)
      bytes += all.get(path)
    }
    console.log(`# ${hash}: ${bytes} bytes, compressed`)
    assert.ok(bytes > 10_000 && bytes <= (hash === '#/inbox' ? 25_000 : 32_000), `${hash}: ${bytes} bytes`)
  }
  console.log(`# all files of the page: ${[...all.values()].reduce((sum, bytes) => sum + bytes)} bytes, compressed`)
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
    const answer = await route.fetch().catch(() => null)
    if (!answer) return route.abort()
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

withMock('axe finds nothing on /docs, which shows webhooks and leads back to the page', [], async ({ origin }) => {
  const { page, check } = await openPage(origin, 'docs')
  await page.locator('.opblock').first().waitFor()
  await page.getByText('onMessageReceived').or(page.getByText('message.received')).first().waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('link', { name: 'awalmock', exact: true }).click()
  await page.locator('.row .name').first().waitFor()
  check()
})
