import { test as base } from '@playwright/test'
import { startMock, type Mock, type MockOptions } from './test'

/** What a test gets. */
export interface MockFixtures {
  /** A mock, set back to its start before each test: no faults, and no exchanges of earlier tests. */
  mock: Mock
}

/** What a worker has. */
export interface MockWorkerFixtures {
  /** How the mock is started: `test.use({ mockOptions: { clock: '2024-01-20T12:00:00Z' } })`. */
  mockOptions: MockOptions
  /** The mock of the worker. */
  workerMock: Mock
}

/** Playwright's `test`, with a mock. Each worker has a mock of its own. */
export const test = base.extend<MockFixtures, MockWorkerFixtures>({
  mockOptions: [{}, { option: true, scope: 'worker' }],
  workerMock: [async ({ mockOptions }, use) => {
    const mock = await startMock(mockOptions)
    await use(mock)
    await mock.close()
  }, { scope: 'worker' }],
  mock: async ({ workerMock }, use) => {
    await workerMock.reset()
    await workerMock.clearRequests()
    await use(workerMock)
  },
})

export { expect } from '@playwright/test'
