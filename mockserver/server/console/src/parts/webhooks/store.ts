// Endpoints and deliveries of the workspace that is chosen. The control API has no stream of attempts, so both are read every second
// while the part is in sight, and at once when something changes.
import { effect, signal } from '@preact/signals'
import { control } from '../../base/call'
import { onChanges } from '../../base/changes'
import { connection, tokenWanted } from '../../base/connection'
import { workspace } from '../../base/keep'
import { coalesced } from '../../base/stream'
import type { components } from '../../wire/control.gen'

export type Endpoint = components['schemas']['Webhook']
export type Delivery = components['schemas']['Delivery']
export type State = components['schemas']['DeliveryState']

/** How many deliveries are read. */
export const most = 200

export const endpoints = signal<Endpoint[]>([])
export const deliveries = signal<Delivery[] | null>(null) // the newest ones, oldest first; null until they are read
export const chosen = signal<{ state?: State; endpoint?: string }>({})

async function readBoth() {
  const from = workspace.peek()
  const [hooks, sent] = await Promise.all([
    control('get', '/webhooks'),
    control('get', '/deliveries', { query: { newest: true, limit: most, ...chosen.peek() } }),
  ])
  if (from !== workspace.peek()) return
  endpoints.value = hooks.endpoints
  deliveries.value = sent.data
}

/** Reads both again soon. */
export const refresh = coalesced(readBoth, 50)

/** Reads both as they change, until what it gives is called. */
export function follow(): () => void {
  const stops = [
    effect(() => {
      void [workspace.value, connection.returns.value, tokenWanted.value, chosen.value]
      deliveries.value = null
      refresh()
    }),
    onChanges(refresh),
  ]
  const timer = setInterval(() => document.hidden || refresh(), 1000)
  return () => (clearInterval(timer), stops.forEach((stop) => stop()))
}
