import assert from 'node:assert/strict'
import { accessible, openPage, withMock } from './setup.mjs'

const bubble = (page, text) => page.locator('.bubble', { hasText: text })

async function conversation(mock, fields = {}) {
  return mock.control('POST', '/conversations', { phone: '966555000001', name: 'Sara', ...fields })
}

async function write(page, side, text) {
  await page.getByRole('button', { name: side }).click()
  await page.locator('#inbox-text').fill(text)
  await page.keyboard.press('Enter')
}

withMock('the inbox shows what the API lists: the seven statuses with counts, a search, a sending number', [], async ({ origin, control }) => {
  const { page, check } = await openPage(origin)
  await page.getByRole('link', { name: 'All 50' }).waitFor()
  const counts = await control('GET', '/conversations')
  const names = { my: 'My', unread: 'Unread', unassigned: 'Unassigned', opened: 'Opened', bot: 'Bot', expired: 'Expired', closed: 'Closed' }
  for (const [status, name] of Object.entries(names)) {
    await page.getByRole('link', { name: `${name} ${counts.counts[status]}`, exact: true }).click()
    await page.locator('.row .status', { hasText: name }).first().waitFor()
    await page.waitForFunction((n) => document.querySelectorAll('.list .rows .row .status').length === n, counts.counts[status])
    assert.deepEqual(new Set(await page.locator('.row .status').allTextContents()), new Set([name]))
  }
  await page.getByRole('link', { name: /^All/ }).click()
  await page.getByRole('searchbox').fill('ahmed')
  await page.waitForURL('**/*search=ahmed')
  await page.waitForFunction(() => [...document.querySelectorAll('.row .name')].every((n) => /ahmed/i.test(n.textContent)))
  await page.getByRole('searchbox').fill('nobody has this name')
  await page.getByText('No conversation matches.').waitFor()
  await page.getByRole('link', { name: 'Show all' }).click()
  await page.getByLabel('Sending number').selectOption('123457')
  await page.getByRole('link', { name: 'All 8' }).waitFor()
  check()
})

withMock('the customer writes and the business answers; ticks follow, and each open tab sees it', [], async (mock) => {
  const made = await conversation(mock)
  const { page, context, check } = await openPage(mock.origin, `#/inbox/${made.id}`)
  const other = await context.newPage()
  await other.goto(`${mock.origin}/#/inbox/${made.id}`)
  await other.getByText('No messages yet.').waitFor()
  await write(page, 'As the customer', 'Where is my order?')
  await bubble(page, 'Where is my order?').waitFor()
  await bubble(other, 'Where is my order?').waitFor()
  await other.locator('.row[aria-current] .unread', { hasText: '1' }).last().waitFor()
  await write(page, 'As the business', 'On its way')
  await bubble(page, 'On its way').waitFor()
  await bubble(page, 'On its way').locator('.tick.delivered').waitFor()
  await bubble(other, 'On its way').locator('.tick.read').waitFor()
  check()
})

withMock('what the API refuses is said at the place, in its words', [], async (mock) => {
  const made = await conversation(mock)
  const { page, check } = await openPage(mock.origin, `#/inbox/${made.id}`)
  await page.getByRole('button', { name: 'As the business' }).click()
  await page.locator('.sides select').selectOption('button')
  await page.locator('#inbox-text').fill('Choose')
  await page.getByLabel('Buttons, one a line').fill('Yes\nThis title is longer than it may be')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.locator('.composer .problem', { hasText: 'buttons[1].title' }).waitFor()
  assert.match(await page.locator('.composer .problem').innerText(), /400 validation_failed/)
  await page.getByLabel('Buttons, one a line').fill('Yes\nNo')
  await page.getByRole('button', { name: 'Send' }).click()
  await bubble(page, 'Choose').waitFor()
  assert.equal(await page.locator('.composer .problem').count(), 0)
  check()
})

withMock('each kind of message can be sent', [], async (mock) => {
  const made = await conversation(mock)
  const { page, check } = await openPage(mock.origin, `#/inbox/${made.id}`)
  await page.getByRole('button', { name: 'As the business' }).click()
  const kinds = {
    text: { body: 'A text' },
    media: { link: 'https://example.com/a.png', caption: 'A picture' },
    template: { template_id: '1', body_params: 'Sara\n10482' },
    button: { body_text: 'Buttons', buttons: 'Yes' },
    list: { body_text: 'A list', button_text: 'Open', title: 'All', rows: 'One\nTwo' },
    location: { latitude: '24.7', longitude: '46.7', name: 'The shop', address: 'Riyadh' },
    invoice: { message_text: 'An invoice', header_value: 'No. 1' },
  }
  let sent = 0
  for (const [kind, fields] of Object.entries(kinds)) {
    await page.locator('.sides select').selectOption(kind)
    for (const [name, value] of Object.entries(fields)) await page.locator(`.composer [name=${name}]`).fill(value)
    await page.getByRole('button', { name: 'Send' }).click()
    sent++
    await page.waitForFunction((n) => document.querySelectorAll('.bubble.outbound').length === n || document.querySelector('.composer .problem'), sent)
    assert.deepEqual(await page.locator('.composer .problem').allInnerTexts(), [], kind)
  }
  await page.locator('.sides select').selectOption('media')
  await page.locator('.composer [name=file]').setInputFiles({ name: 'صورة 1.png', mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64') })
  await page.getByRole('button', { name: 'Send' }).click()
  await page.waitForFunction((n) => document.querySelectorAll('.bubble.outbound').length === n, sent + 1)
  check()
})

withMock('an agent closes, assigns, gives to the bot and forces a status; the contact is beside it', ['--delivery=delivered=1h,read=2h'], async (mock) => {
  const made = await conversation(mock)
  const { page, check } = await openPage(mock.origin, `#/inbox/${made.id}`)
  const status = (name) => page.locator('.of .status', { hasText: name }).waitFor()
  await status('Unassigned')
  await page.keyboard.press('a')
  await status('My')
  await page.keyboard.press('b')
  await status('Bot')
  await page.getByRole('button', { name: 'Take from the bot' }).click()
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await status('Closed')
  await page.keyboard.press('c')
  await status('My')
  await page.getByPlaceholder('Assign to …').fill('Layla')
  await page.keyboard.press('Enter')
  await status('Opened')
  await page.getByRole('button', { name: 'Open a ticket' }).click()
  await page.getByRole('button', { name: /Close ticket/ }).waitFor()
  await write(page, 'As the business', 'Force me')
  await bubble(page, 'Force me').getByRole('link').click()
  await bubble(page, 'Force me').getByRole('button', { name: 'failed' }).click()
  await bubble(page, 'Force me').locator('.tick.failed').waitFor()
  await page.getByText('Contact, as the API has it').click()
  await page.locator('.about details dd', { hasText: 'Sara' }).waitFor()
  check()
})

const hostile = {
  markup: '<img src=x onerror="document.title=1"><script>document.title=1</script><b>bold</b>',
  bidi: '\u202Ehtap ot seog siht\u202C \u2066left\u2069 \u200Fmark',
  ansi: '\u001b[31mred\u001b[0m \u001b]0;title\u0007',
  emoji: '🚚'.repeat(2048),
}

withMock('no text of a message, name or assignee becomes markup', [], async (mock) => {
  for (const [i, text] of Object.values(hostile).entries()) {
    const made = await conversation(mock, { phone: `96655510000${i}`, name: [...text].slice(0, 200).join(''), assignee: text.slice(0, 180) })
    await mock.control('POST', `/conversations/${made.id}/messages`, { content: text })
    for (const type of ['image', 'location', 'template']) await mock.control('POST', `/conversations/${made.id}/messages`, { type, content: text })
    const { page, context, check, asked } = await openPage(mock.origin, `#/inbox/${made.id}`)
    await page.locator('.bubble').nth(3).waitFor()
    await page.getByText('Contact, as the API has it').click()
    await page.locator('.about details dd').first().waitFor()
    assert.equal(await page.locator('.bubble .content').first().textContent(), text)
    assert.equal(await page.locator('main :is(img, script, b, iframe)').count(), 0)
    assert.deepEqual(asked.filter((url) => url.endsWith('/x')), [])
    assert.match(await page.title(), /awalmock/)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(wide <= 0, `${wide} pixels too wide`)
    check()
    await context.close()
  }
})

withMock('a link leads to a message, and a link to one that has gone still to its conversation', [], async (mock) => {
  const made = await conversation(mock)
  const first = await mock.control('POST', `/conversations/${made.id}/messages`, { content: 'The first one' })
  for (let i = 0; i < 150; i++) await mock.control('POST', `/conversations/${made.id}/messages`, { content: `Message ${i}` })
  const { page, check } = await openPage(mock.origin, `#/inbox/${made.id}/${first.id}`)
  await page.locator('.bubble.open', { hasText: 'The first one' }).waitFor()
  await page.goto(`${mock.origin}/#/inbox/${made.id}/999999`)
  await bubble(page, 'Message 149').waitFor()
  await page.goto(`${mock.origin}/#/inbox/999999`)
  await page.getByText('There is no such conversation.').waitFor()
  check()
})

withMock('a click on a bubble opens the message, keys open the others and set their status', ['--delivery=delivered=1h,read=2h'], async (mock) => {
  const made = await conversation(mock)
  await mock.control('POST', `/conversations/${made.id}/messages`, { content: 'The first one' })
  const { page, check } = await openPage(mock.origin, `#/inbox/${made.id}`)
  await write(page, 'As the business', 'The second one')
  const [first, second] = [bubble(page, 'The first one'), bubble(page, 'The second one')]
  await second.waitFor()
  await first.locator('.content').click()
  await first.locator('.details').waitFor()
  await page.waitForURL(/#\/inbox\/\d+\/\d+/)
  await first.locator('.details code').first().click() // what is in the details can be selected: it stays open
  await first.locator('.content').click()
  await first.locator('.details').waitFor({ state: 'detached' })
  await page.keyboard.press('m')
  await second.locator('.details').waitFor()
  await page.keyboard.press('m')
  await first.locator('.details').waitFor()
  await page.keyboard.press('M')
  await page.keyboard.press('f')
  await second.locator('.tick.delivered').waitFor()
  await page.keyboard.press('f')
  await second.locator('.tick.read').waitFor()
  await page.keyboard.press('Escape')
  await second.locator('.details').waitFor({ state: 'detached' })
  check()
})

withMock('times are those of the browser, and the text of the API is beside them', ['--clock=2026-01-20T22:30:00Z'], async (mock) => {
  const made = await conversation(mock)
  await mock.control('POST', `/conversations/${made.id}/messages`, { content: 'Late in the evening' })
  const { page, check } = await openPage(mock.origin, `#/inbox/${made.id}`, { timezoneId: 'Asia/Riyadh' })
  const time = bubble(page, 'Late in the evening').locator('.foot time')
  await time.waitFor()
  assert.equal(await time.textContent(), '01:30')
  const at = await time.getAttribute('title')
  assert.match(at, /^2026-01-20T22:30:\d\dZ$/)
  await page.locator('.day', { hasText: '21 Jan 2026' }).waitFor()
  await page.keyboard.press('m')
  await page.locator('.details').getByText(at, { exact: true }).waitFor()
  await page.keyboard.press('4')
  const clock = page.locator('.now code')
  await clock.waitFor()
  await page.getByLabel('Set to').fill('2026-02-01T00:15')
  await page.getByRole('button', { name: 'Set', exact: true }).click()
  await page.locator('.now', { hasText: '2026-01-31T21:15:' }).waitFor()
  assert.match((await mock.control('GET', '/clock')).now, /^2026-01-31T21:15:/)
  check()
})

withMock('a hidden tab reads no stream, and shows what it missed when it is seen', [], async (mock) => {
  const made = await conversation(mock)
  const { page, asked, check } = await openPage(mock.origin, `#/inbox/${made.id}`)
  await page.getByText('No messages yet.').waitFor()
  const setHidden = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)
  const streams = () => asked.filter((url) => url.includes('/changes/stream')).length
  await setHidden(true)
  const before = streams()
  await mock.control('POST', `/conversations/${made.id}/messages`, { content: 'While you were away' })
  assert.equal(await page.locator('.bubble').count(), 0)
  await setHidden(false)
  await bubble(page, 'While you were away').waitFor()
  assert.equal(streams(), before + 1)
  check()
})

withMock('a phone shows one column; axe finds nothing there and on a desktop', [], async ({ origin }) => {
  const phone = await openPage(origin, '', { viewport: { width: 390, height: 780 } })
  await phone.page.locator('.row .name').first().click()
  await phone.page.locator('.bubble').first().waitFor()
  assert.ok(!(await phone.page.locator('.list').isVisible()))
  await accessible(phone.page)
  await phone.page.getByRole('link', { name: 'Back to the list' }).click()
  await phone.page.locator('.row .name').first().waitFor()
  phone.check()
  const desktop = await openPage(origin, '#/inbox/1')
  await desktop.page.locator('.bubble').first().getByRole('link').click()
  await accessible(desktop.page)
  desktop.check()
})
