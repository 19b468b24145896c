import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { accessible, openPage, setLanguage, startMock, violations, withMock } from './setup.mjs'

withMock('the page opens at the address of the mock, and asks no other host', [], async ({ origin }) => {
  const { page, check } = await openPage(origin)
  await page.waitForSelector('.row .name')
  assert.equal(await page.locator('.bar nav a[aria-current]').count(), 1)
  await accessible(page)
  check()
})

withMock('the list of conversations is opened by less than 20 kB, compressed, and the other language is loaded when it is chosen', [], async ({ origin }) => {
  const { page, asked } = await openPage(origin)
  await page.locator('.row .name').first().waitFor()
  const sizes = new Map()
  const measure = async () => {
    for (const path of new Set(asked.map((url) => new URL(url).pathname).filter((path) => path === '/' || /^\/__console\/.*(js|css)$/.test(path)))) {
      if (sizes.has(path)) continue
      const answer = await fetch(origin + path, { headers: { Accept: 'text/html' } })
      assert.match(answer.headers.get('Content-Security-Policy'), /default-src 'none'; script-src 'self'; style-src 'self';/)
      sizes.set(path, gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 }).length)
    }
    return [...sizes.values()].reduce((sum, bytes) => sum + bytes)
  }
  const first = await measure()
  for (const key of ['2', '3', '4', '5', '6']) await page.keyboard.press(key)
  await page.locator('main h1', { hasText: 'Contract' }).waitFor()
  const whole = await measure()
  assert.ok(!sizes.has('/__console/arabic.js'))
  await setLanguage(page, 'ar')
  const both = await measure()
  console.log(`# the list of conversations: ${first} bytes, compressed; all of the page in English: ${whole}; the Arabic texts: ${both - whole}`)
  assert.ok(first > 10_000 && first <= 20_000, `${first} bytes`)
  assert.ok(whole <= 52_000, `${whole} bytes`)
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
  await page.locator('dialog').waitFor({ state: 'detached' })
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

withMock('/docs has the bar and the theme of the page, and changes it for both', [], async ({ origin }) => {
  const { page, context, check } = await openPage(origin)
  await page.locator('.row .name').first().waitFor()
  await page.getByRole('button', { name: 'Theme: system' }).click()
  await page.getByRole('button', { name: 'Theme: light' }).click()
  await page.getByRole('link', { name: 'Docs' }).click()
  await page.waitForSelector('html[data-theme=dark]')
  const parts = ['Inbox', 'Requests', 'Webhooks', 'Time and trouble', 'Data', 'Contract', 'Docs']
  await page.locator('#parts a', { hasText: 'Docs' }).waitFor()
  assert.deepEqual(await page.locator('#parts a').allTextContents(), parts)
  assert.notEqual(await page.locator('#contract').evaluate((e) => getComputedStyle(e).filter), 'none')
  const other = await context.newPage()
  await other.goto(`${origin}/docs`)
  await page.getByRole('button', { name: 'Theme: dark' }).click() // the system, which is light here
  await page.waitForSelector('html[data-theme=light]')
  await other.waitForSelector('html[data-theme=light]')
  await page.locator('#parts a', { hasText: 'Time' }).click()
  await page.waitForSelector('html[data-theme=system]')
  assert.deepEqual(await page.locator('.bar nav a').allTextContents(), parts)
  check()
})

withMock('axe finds nothing on /docs, which shows webhooks and leads back to the page', [], async ({ origin }) => {
  const { page, check } = await openPage(origin, 'docs')
  await page.locator('.opblock').first().waitFor()
  await page.locator('details.about:not([open])').waitFor() // what the contract says of itself is folded
  await page.getByText('onMessageReceived').or(page.getByText('message.received')).first().waitFor()
  assert.deepEqual(await violations(page), [])
  await page.getByRole('link', { name: 'awalmock', exact: true }).click()
  await page.locator('.row .name').first().waitFor()
  check()
})
