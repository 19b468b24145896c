// What the mock was asked lately, as the journal has it, without headers and bodies. One reader while the part is open.
import { effect, signal } from '@preact/signals'
import { control } from '../../base/call'
import { token } from '../../base/keep'
import { stream } from '../../base/stream'
import type { components } from '../../wire/control.gen'

export type Exchange = components['schemas']['Exchange']

const most = 1000 // as many as the journal has

/** The exchanges, oldest first. */
export const entries = signal<Exchange[]>([])

let coming: string[] = [] // JSON; what is not shown is never read
let planned = false

function take() {
  planned = false
  const come = coming.slice(-most).map((text) => JSON.parse(text) as Exchange)
  coming = []
  const before = entries.value.at(-1)?.sequence ?? 0
  // Numbers that begin again are those of a mock that was started again.
  const kept = come[0]!.sequence <= before ? [] : entries.value
  entries.value = [...kept, ...come].slice(-most)
}

/** Reads the journal until what it gives is called. Changes of a tenth of a second are drawn once. */
export function follow(): () => void {
  return effect(() => {
    void token.value
    const last = entries.peek().at(-1)?.sequence ?? 0
    return stream('/requests/stream', { messages: false }, (events) => {
      for (const event of events) coming.push(event.data)
      if (coming.length > 2 * most) coming = coming.slice(-most)
      if (!planned) setTimeout(take, 100)
      planned = true
    }, undefined, String(last))
  })
}

/** Empties the journal of the mock, too. */
export async function clear() {
  await control('delete', '/requests', { query: { workspace: '' } })
  entries.value = []
}
