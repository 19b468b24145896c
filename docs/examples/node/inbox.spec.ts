// Playwright: npx playwright test
import { expect, test } from 'awalmock/playwright'
import { serve } from './app/server.mjs'
import { settingsFor } from './settings.js'

test.use({ mockOptions: { clock: '2024-01-20T12:00:00Z' } })

for (const signedBy of ['browser', 'backend']) {
  test(`the page shows who waits, signed by the ${signedBy}`, async ({ mock, page }) => {
    await mock.receive(2, 'One more question')
    const app = await serve(settingsFor(mock))
    await page.goto(`${app.url}?signed-by=${signedBy}`)
    await expect(page.getByRole('listitem').filter({ hasText: 'Fatima Ali: One more question (1)' })).toBeVisible()
    await mock.fault({ operation: 'listConversations', status: 503 })
    await page.reload()
    await expect(page.getByRole('alert')).toContainText('503')
    app.close()
  })
}
