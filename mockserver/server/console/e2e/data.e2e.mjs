import assert from 'node:assert/strict'
import { accessible, openPage, withMock } from './setup.mjs'

withMock('a contact is made, found, changed and deleted, and what the mock refuses is said at the form', [], async ({ origin }) => {
  const { page, check } = await openPage(origin, '#/data/contacts')
  await page.getByRole('button', { name: 'New record' }).click()
  const form = page.locator('form.record')
  await form.getByLabel('name', { exact: false }).first().fill('<img src=x onerror=alert(1)>')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByRole('alert').getByText('phone').first().waitFor() // it is missing
  await form.getByLabel('phone').fill('966500000555')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.waitFor({ state: 'detached' })
  await page.getByRole('searchbox').fill('966500000555')
  const row = page.getByRole('row').filter({ hasText: '966500000555' })
  await row.getByText('<img src=x onerror=alert(1)>').waitFor() // as text
  assert.equal(await page.locator('main img').count(), 0)
  await row.getByRole('link').click()
  await page.waitForURL(/#\/data\/contacts\/\d+/)
  await page.getByRole('button', { name: 'Edit' }).click()
  await form.getByLabel('name', { exact: false }).first().fill('نورة')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.locator('dialog[open] .fields').getByText('نورة').first().waitFor()
  await page.getByRole('button', { name: 'Delete …' }).click()
  await page.locator('dialog[open]').getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('There are no records here.').waitFor()
  check()
})

withMock('each collection of the contract is a table, also those that somebody else changes', [], async ({ origin }) => {
  const { page, check } = await openPage(origin, '#/data')
  await page.locator('.tabs a').first().waitFor()
  const names = await page.locator('.tabs a').allTextContents()
  assert.deepEqual(names, ['numbers', 'templates', 'contacts', 'contact groups', 'branches', 'orders'])
  for (const name of names) {
    await page.locator('.tabs a', { hasText: new RegExp(`^${name}$`) }).click()
    await page.locator('tbody tr').first().waitFor()
  }
  await accessible(page)
  await page.getByRole('combobox', { name: 'status' }).selectOption('pending')
  await page.waitForFunction(() => [...document.querySelectorAll('tbody tr')].every((row) => row.textContent.includes('pending')))
  const orders = `${origin}/__admin/collections/orders`
  const pending = (await (await fetch(orders)).text()).split('\n').find((line) => line.includes('"status":"pending"'))
  assert.equal((await fetch(orders, { method: 'PUT', headers: { 'Content-Type': 'application/x-ndjson' }, body: pending })).status, 200)
  await page.getByText('Records: 1', { exact: true }).waitFor()
  check()
})

withMock('a table says what it costs, and is not read for each change', [], async ({ origin, control }) => {
  const { page, asked, check } = await openPage(origin, '#/data/contacts')
  await page.getByText(/counts against the rate limit.* Left: 19\d of 200\./).waitFor()
  for (let i = 0; i < 20; i++) await control('POST', '/conversations', { phone: `9665550000${10 + i}`, name: `Customer ${i}` }) // each makes a contact
  await page.getByRole('cell', { name: 'Customer 19', exact: true }).waitFor()
  const read = asked.filter((url) => url.includes('/contacts')).length
  assert.ok(read <= 4, `${read} requests`)
  check()
})

withMock('a record has an address, and one that is not there is said so', [], async ({ origin }) => {
  const { page } = await openPage(origin, '#/data/contacts/1')
  await page.locator('dialog[open] .fields').getByText('Ahmed Mohammed', { exact: true }).waitFor()
  await page.goto(`${origin}/#/data/contacts/999999`)
  await page.locator('dialog[open]').getByText('404').waitFor()
})
