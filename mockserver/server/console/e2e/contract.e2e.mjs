import assert from 'node:assert/strict'
import { accessible, openPage, withMock } from './setup.mjs'

const report = {
  version: 1, verdict: 'FAIL', why: ['LIST-ORDER is broken'], target: { base_url: 'https://example.com/api' }, contract: { version: '1.0.0' },
  counts: { FAIL: 1, PASS: 1 }, started: '2026-01-02T03:04:05Z',
  cases: [
    { id: 'AUTH-VALID.1', title: 'a signed request', outcome: 'PASS' },
    { id: 'LIST-ORDER.1', title: 'rows <b>newest</b> first', outcome: 'FAIL', findings: [{ text: 'row 2 is newer', pointer: '/data/1', expected: 'older', actual: 'newer', rerun: 'contract --only LIST-ORDER' }] },
  ],
}

withMock('the command names this mock, requirements are found, and a report is read', [], async ({ origin, banner }) => {
  const { page, check } = await openPage(origin, '#/contract')
  const command = page.locator('.copy code')
  await page.getByText(`--base-url ${banner.base_url}`).waitFor()
  assert.ok(!(await command.textContent()).includes('your-hmac-secret'))
  await page.getByLabel('Find').fill('MUST expired')
  const found = await page.locator('.requirements li').count()
  assert.ok(found > 0 && found < 20, `${found}`)
  const file = page.getByLabel('Open report.json')
  await file.setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from('{"version": 7}') })
  await page.getByText('This is not a report.json').waitFor()
  await file.setInputFiles({ name: 'report.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(report)) })
  const first = page.locator('details').first()
  await first.getByText('LIST-ORDER.1').click()
  await page.getByText('row 2 is newer').waitFor()
  await page.getByText('rows <b>newest</b> first').waitFor()
  await accessible(page)
  check()
})
