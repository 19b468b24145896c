// What changes in the workspace that is chosen, for all parts: one stream for the page, while a part reads it.
import { effect, signal } from '@preact/signals'
import { tokenWanted } from './connection'
import { stream, type StreamEvent } from './stream'
import { workspace, token } from './keep'
import type { components } from '../wire/control.gen'

export type Change = components['schemas']['Change']
type Reader = (changes: Change[], again: boolean) => void

const readers = new Set<Reader>()
const wanted = signal(false) // the stream costs the mock some work for each change
const tell = (changes: Change[], again: boolean) => readers.forEach((reader) => reader(changes, again))

/**
 * Calls a reader with changes as they come, all that came at once in one piece.
 * `again` is true when changes may have been missed, or the workspace is another one: then everything has to be read again.
 * @returns what ends it
 */
export function onChanges(reader: Reader): () => void {
  readers.add(reader)
  wanted.value = true
  return () => {
    readers.delete(reader)
    // The part that is shown next may be a reader, too.
    setTimeout(() => void (wanted.value = readers.size > 0))
  }
}

function take(events: StreamEvent[]) {
  const changes = events.map((event) => JSON.parse(event.data) as Change)
  tell(changes, changes.some((change) => change.kind === 'resync' || change.kind === 'workspace.reset'))
}

effect(() => {
  void token.value // another token may be let in
  if (wanted.value && tokenWanted.value === 'no') return stream('/changes/stream', { workspace: workspace.value }, take, () => tell([], true))
})
