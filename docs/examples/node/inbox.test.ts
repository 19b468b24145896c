// Vitest: npx vitest run
import { startMock, type Mock } from 'awalmock/test'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { waiting } from './app/awal.js'
import { settingsFor } from './settings.js'

let mock: Mock
beforeAll(async () => { mock = await startMock({ clock: '2024-01-20T12:00:00Z' }) })
beforeEach(() => mock.reset())
afterAll(() => mock.close())

test('a customer who writes is in the list of those who wait', async () => {
  const settings = settingsFor(mock)
  expect((await waiting(settings, settings.number)).map((c) => c.name)).not.toContain('Fatima Ali')
  await mock.receive(2, 'One more question')
  expect((await waiting(settings, settings.number)).map((c) => c.name)).toContain('Fatima Ali')
})

test('an error of the API has its status', async () => {
  const settings = settingsFor(mock)
  await mock.fault({ operation: 'listConversations', status: 503, times: 1 })
  await expect(waiting(settings, settings.number)).rejects.toThrow('503')
  expect((await mock.requests()).at(-1)).toMatchObject({ operation: 'listConversations', response: { status: 503 } })
})
