import type { Mock } from 'awalmock/test'

/** The settings of the application for a mock. */
export function settingsFor(mock: Mock) {
  const { domain, clientId, secret, phoneNumberId } = mock.credentials
  return { baseUrl: mock.url, domain, clientId, secret, number: phoneNumberId }
}
