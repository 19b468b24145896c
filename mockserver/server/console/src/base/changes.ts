// What changes in the workspace that is chosen, for all parts: one stream for the page.
import { effect } from '@preact/signals'
import { stream, type StreamEvent } from './stream'
import { workspace, token } from './keep'
import type { components } from '../wire/control.gen'

export type Change = components['schemas']['Change']
type Reader = (changes: Change[], again: boolean) => void

const readers = new Set<Reader>()
const tell = (changes: Change[], again: boolean) => readers.forEach((reader) => reader(changes, again))

/**
 * Calls a reader with changes as they come, all that came at once in one piece.
 * `again` is true when changes may have been missed, or the workspace is another one: then everything has to be read again.
 * @returns what ends it
 */
export function onChanges(reader: Reader): () => void {
  readers.add(reader)
  return () => readers.delete(reader)
}

function take(events: StreamEvent[]) {
  const changes = events.map((event) => JSON.parse(event.data) as Change)
  tell(changes, changes.some((change) => change.kind === 'resync' || change.kind === 'workspace.reset'))
}

/** Follows the workspace that is chosen. Gives what ends it. */
export function followChanges(): () => void {
  return effect(() => {
    void token.value // another token may be let in
    return stream('/changes/stream', { workspace: workspace.value }, take, () => tell([], true))
  })
}
