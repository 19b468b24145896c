import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ask, hostile } from './signed.mjs'
import { accessible, openPage, slow, startMock, withMock } from './setup.mjs'

const list = '/conversations?phone_number_id=123456'
const send = '/w/message/text?phone_number_id=123456'
const run = promisify(execFile)
const rows = (page) => page.locator('.requests .entry')

withMock('why a request got 401 is found in two clicks, with the text to be signed beside the one that was signed', [], async (mock) => {
  await ask(mock, 'GET', list)
  await ask(mock, 'GET', `${list}&status=unread`, { signedTarget: '/conversations' })
  await ask(mock, 'POST', send, { body: '{"phone": "966555000001", "body": "Hello"}', signedBody: '{"phone":"966555000001","body":"Hello"}' })
  const { page, check } = await openPage(mock.origin)
  await page.getByRole('link', { name: 'Requests' }).click()
  await page.getByRole('link', { name: /status=unread/ }).click()
  await page.getByText('the query was left out: it belongs to the string to sign, with its ?', { exact: true }).waitFor()
  assert.match(await page.locator('.signature dd').first().innerText(), /^GET\/conversations\?phone_number_id=123456&status=unread\d{10}$/)
  assert.match(await page.locator('.signature dd').last().innerText(), /^GET\/conversations\d{10}$/)
  assert.deepEqual(await page.locator('ins').allInnerTexts(), ['?phone_number_id=123456&status=unread'])
  assert.equal(await page.locator('.signature .gap').count(), 1)
  await accessible(page)
  await rows(page).first().click()
  await page.locator('.signature').getByText('as JSON.stringify does').waitFor()
  assert.deepEqual(await page.locator('ins').allTextContents(), [' ', ' ', ' '])
  check()
})

withMock('each broken rule is shown at its line of the body or its parameter, with the rule of the document', [], async (mock) => {
  const { id } = await ask(mock, 'GET', '/conversations?status=lost')
  const body = `{"phone":"966555000001","body_text":"x","buttons":[{"id":"1","title":"${'x'.repeat(30)}"},{"id":"2"}]}`
  await ask(mock, 'POST', '/w/message/button?phone_number_id=123456', { body })
  const { page, check } = await openPage(mock.origin, `#/requests/${id}`)
  const status = page.getByRole('row', { name: /^status/ })
  await status.getByText('must be one of unassigned').waitFor()
  await status.getByText(/enum: \[unassigned, my/).waitFor()
  const missing = page.getByRole('row', { name: /^phone_number_id/ })
  await missing.getByText('not sent').waitFor()
  await missing.getByText('required: true').waitFor()
  await rows(page).first().click()
  const line = page.locator('.code li').filter({ hasText: '"title": "xxx' })
  await line.getByText('must be at most 20 characters').waitFor()
  await line.getByText('maxLength: 20').waitFor()
  await page.locator('.code li').filter({ hasText: 'buttons[1].title is required' }).getByText(/required: \[id, title\]/).waitFor()
  await accessible(page)
  check()
})

withMock('the filter knows names, words, lists and a minus, and says in words what is wrong with it', [], async (mock) => {
  for (let i = 0; i < 3; i++) await ask(mock, 'GET', list)
  await ask(mock, 'GET', '/conversations?status=lost')
  await ask(mock, 'POST', send, { body: '{"phone":"966555000001","body":"Hello"}' })
  await ask(mock, 'GET', '/nothing')
  await ask(mock, 'GET', list, { secret: 'of-somebody-else', headers: { 'X-Domain': 'nobody' } })
  const { page, check } = await openPage(mock.origin, '#/requests')
  await rows(page).nth(6).waitFor()
  const field = page.getByRole('searchbox')
  for (const [filter, count] of [
    ['status:4xx', 3], ['status:400,404', 2], ['status:4xx operation:listConversations', 2], ['-status:200', 3], ['workspace:nobody', 1], ['operation:send', 1],
    ['rule:enum', 1], ['field:phone_number_id', 1], ['method:post', 1], ['nothing', 1], ['"is required"', 1], ['verdict:ok path:conversations', 3], ['zebra', 0],
  ]) {
    await field.fill(filter)
    await page.waitForFunction((n) => document.querySelectorAll('.requests .entry').length === n, count)
    assert.match(await page.locator('.tools [role=status]').innerText(), new RegExp(`^${count} of 7$`), filter)
  }
  await page.getByText('No request fits the filter.').waitFor()
  for (const [filter, said] of [
    ['stats:4xx', '“stats:” is no filter. There are status, operation,'], ['operation:', '“operation:” needs a value'], ['status:9zz', '“9zz” is no status'], ['http://x', '“http:” is no filter'],
  ]) {
    await field.fill(filter)
    await page.getByRole('alert').getByText(said).waitFor()
  }
  await field.fill('status:400')
  await page.reload()
  await page.waitForFunction(() => document.querySelectorAll('.requests .entry').length === 1)
  assert.equal(await field.inputValue(), 'status:400')
  check()
})

withMock('problems are grouped by operation and rule, with their count and the first fix', [], async (mock) => {
  for (let i = 0; i < 4; i++) await ask(mock, 'GET', `${list}&status=lost${i}`)
  for (let i = 0; i < 2; i++) await ask(mock, 'POST', send, { body: '{"phone":"966555000001"}' })
  for (let i = 0; i < 3; i++) await ask(mock, 'GET', list, { signedTarget: '/conversations' })
  await ask(mock, 'GET', list)
  const { page, check } = await openPage(mock.origin, '#/requests')
  await rows(page).first().waitFor()
  await page.keyboard.press('f')
  const groups = page.locator('.group')
  await groups.nth(2).waitFor()
  const shown = await groups.allInnerTexts()
  assert.deepEqual(shown.map((text) => text.split('\n')[0]), ['4 ×', '3 ×', '2 ×'])
  assert.match(shown[0], /listConversations query status: enum[^]*status must be one of unassigned/)
  assert.match(shown[1], /listConversations\s+signature[^]*the query was left out/)
  assert.match(shown[2], /sendTextMessage body body: required[^]*body is required/)
  await accessible(page)
  await groups.first().click()
  await page.getByRole('row', { name: /^status lost3/ }).waitFor()
  assert.equal(await rows(page).count(), 4)
  check()
})

withMock('a request is edited and sent again, signed anew, until it is accepted', [], async (mock) => {
  const { id } = await ask(mock, 'POST', send, { body: '{"phone":"966555000001"}', headers: { 'X-Note': 'mine' } })
  const { page, check } = await openPage(mock.origin, `#/requests/${id}`)
  await page.getByRole('heading', { name: 'POST /w/message/text' }).waitFor()
  await page.keyboard.press('e')
  const body = page.getByLabel('Body')
  await body.fill('{"phone":"966555000001","body":""}')
  await page.getByRole('button', { name: 'Sign and send' }).click()
  await page.getByText('It was answered with 400.').waitFor()
  await body.fill('{"phone":"966555000001","body":"It’s ‘here’ — مرحبا 👋"}')
  await page.getByRole('button', { name: 'Sign and send' }).click()
  await page.getByText('It was answered with 200.').waitFor()
  await accessible(page)
  await page.getByRole('link', { name: 'Open this request' }).click()
  await page.locator('.facts').getByText('ok', { exact: true }).waitFor()
  const { data } = await mock.control('GET', '/requests')
  assert.deepEqual(data.map((x) => x.response.status), [400, 400, 200])
  assert.equal(data[2].request.body, '{"phone":"966555000001","body":"It’s ‘here’ — مرحبا 👋"}')
  assert.equal(data[2].request.headers['X-Note'][0], 'mine')
  check()
})

withMock('a request is copied as curl, fetch and HTTPie, and nothing in it becomes a command', [], async (mock) => {
  const text = 'it\'s $(touch /nowhere) `id` "quoted" \\ ! 100%\nسطر'
  const { id } = await ask(mock, 'POST', send, { body: JSON.stringify({ phone: '966555000001', body: text }), headers: { 'X-Note': "it's $HOME" } })
  const { page, check } = await openPage(mock.origin, `#/requests/${id}`)
  await page.getByRole('heading', { name: 'POST /w/message/text' }).waitFor()
  const copied = async (kind) => {
    await page.getByRole('button', { name: `Copy as ${kind}` }).click()
    return page.locator('.copy pre').filter({ hasText: { curl: /^curl/, fetch: /^await/, HTTPie: /^http/ }[kind] }).innerText()
  }
  const { stdout } = await run('sh', ['-c', `${await copied('curl')} -o /dev/null -w '%{http_code}'`])
  assert.equal(stdout, '200')
  const line = await copied('fetch')
  const AsyncFunction = (async () => {}).constructor
  assert.equal((await new AsyncFunction(`return ${line}`)()).status, 200)
  const { stdout: words } = await run('sh', ['-c', `http() { printf '%s\\0' "$@"; }; ${await copied('HTTPie')}`])
  const given = words.split('\0')
  assert.ok(given.includes("X-Note:it's $HOME"), words)
  assert.equal(JSON.parse(given[given.indexOf('--raw') + 1]).body, text)
  const { data } = await mock.control('GET', '/requests')
  assert.deepEqual(data.map((x) => JSON.parse(x.request.body).body), [text, text, text])
  check()
})

withMock('what is sent never becomes markup: not in a path, a query, a header or a body', [], async (mock) => {
  await ask(mock, 'GET', `/${encodeURIComponent(hostile.image)}?${hostile.script}=${encodeURIComponent(hostile.ansi)}`, { headers: { 'X-Note': hostile.image } })
  await ask(mock, 'POST', send, { body: JSON.stringify({ phone: '966555000001', body: Object.values(hostile).join(' ') }) })
  await ask(mock, 'POST', send, { body: JSON.stringify({ phone: '966555000001', [hostile.image]: hostile.bidi }), headers: { 'X-Domain': '<b>bold</b>' } })
  const { page, check } = await openPage(mock.origin, '#/requests')
  page.on('dialog', () => assert.fail('a script ran'))
  await rows(page).nth(2).waitFor()
  for (let i = 0; i < 3; i++) {
    await rows(page).nth(i).click()
    await page.locator('.exchange .title').waitFor()
    for (const summary of await page.locator('.exchange summary').all()) await summary.click()
    assert.equal(await page.locator('main img, main script, main td b').count(), 0)
  }
  await page.locator('.pairs').getByText(hostile.image, { exact: true }).waitFor()
  await page.keyboard.press('f')
  await page.locator('.group').first().waitFor()
  assert.equal(await page.locator('main img, main script').count(), 0)
  check()
})

withMock('the list goes on by itself, and waits while one scrolls', ['--rate-limit=off'], async (mock) => {
  for (let i = 0; i < 60; i++) await ask(mock, 'GET', list)
  const { page, check } = await openPage(mock.origin, '#/requests')
  await page.getByText('60 of 60').waitFor()
  await ask(mock, 'GET', '/first')
  await rows(page).first().getByText('/first').waitFor()
  await page.locator('.requests .rows').evaluate((box) => (box.scrollTop = 520))
  await page.getByRole('button', { name: 'Go on' }).waitFor()
  const shown = await rows(page).allInnerTexts()
  await ask(mock, 'GET', '/second')
  await page.getByRole('button', { name: '1 new' }).waitFor()
  assert.deepEqual(await rows(page).allInnerTexts(), shown)
  await page.locator('.requests .rows').evaluate((box) => (box.scrollTop = 0))
  await rows(page).first().getByText('/second').waitFor()
  await page.keyboard.press('p')
  await ask(mock, 'GET', '/third')
  await page.getByRole('button', { name: '1 new' }).click()
  await rows(page).first().getByText('/third').waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByText('No request has come yet.').waitFor()
  check()
})

withMock('an upload and a body that was cut are said to be so, and are not sent again', [], async (mock) => {
  const form = '--b\r\nContent-Disposition: form-data; name="phone"\r\n\r\n966555000041\r\n--b--\r\n'
  await ask(mock, 'POST', '/w/message/media?phone_number_id=123456', { body: form, headers: { 'Content-Type': 'multipart/form-data; boundary=b' } })
  await ask(mock, 'POST', send, { body: JSON.stringify({ phone: '966555000001', body: 'x'.repeat(70_000) }) })
  const { page, check } = await openPage(mock.origin, '#/requests')
  for (const said of ['Only the beginning of the body is kept', 'An upload is not kept']) {
    await rows(page).nth(1).waitFor()
    await page.keyboard.press('j')
    await page.getByRole('heading', { name: said.startsWith('An') ? 'POST /w/message/media' : 'POST /w/message/text' }).waitFor()
    await page.getByRole('button', { name: 'Edit and send again' }).click()
    await page.getByText(said).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Copy as curl' }).count(), 0)
  }
  check()
})

test('a mock that was started again shows its own requests', { timeout: 60_000 * slow }, async (t) => {
  const first = await startMock()
  t.after(() => first.stop())
  for (let i = 0; i < 3; i++) await ask(first, 'GET', list)
  const { page } = await openPage(first.origin, '#/requests')
  await rows(page).nth(2).click()
  await page.locator('.exchange .title').waitFor()
  await first.stop()
  await page.getByText('Trying again').waitFor()
  const second = await startMock(`--addr=127.0.0.1:${new URL(first.origin).port}`)
  t.after(() => second.stop())
  await ask(second, 'GET', '/of-the-second')
  await page.getByText('The journal has no such request, or no longer.').waitFor()
  await page.getByRole('link', { name: /of-the-second/ }).waitFor()
  assert.equal(await rows(page).count(), 1)
})

test('an answer of many megabytes is said to be so and cut, and nothing freezes', { timeout: 60_000 * slow }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'awalmock-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'workspaces'))
  writeFileSync(join(folder, 'workspaces', 'crowded.yaml'), `workspace: crowded
client_id: crowded-client
hmac_secret: crowded-secret
numbers:
  - {phone_number_id: "777", phone: "966110000009", verified_name: Crowded, conversations: 100000}
`)
  const mock = await startMock(`--fixtures=${folder}`)
  t.after(() => mock.stop())
  const { id, text } = await ask(mock, 'GET', '/conversations?phone_number_id=777')
  assert.ok(text.length > 20e6, `${text.length} bytes`)
  const { page, check } = await openPage(mock.origin, `#/requests/${id}`)
  await page.getByText(/^The first 3\d\.\d kB of \d\d\.\d MB; the rest is not kept\.$/).waitFor()
  assert.ok(await page.locator('.code li').count() <= 400)
  await page.getByRole('button', { name: /^Show all/ }).click()
  await page.waitForFunction(() => document.querySelectorAll('.code li').length > 400)
  check()
})
