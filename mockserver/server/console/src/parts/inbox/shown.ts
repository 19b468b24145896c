// What is shown of the conversation that is chosen: a part of its messages.
import { batch, effect, signal } from '@preact/signals'
import { control, Refusal } from '../../base/call'
import { onChanges } from '../../base/changes'
import { connection } from '../../base/connection'
import { workspace } from '../../base/keep'
import { coalesced } from '../../base/stream'
import { chosen, chosenMessage, type Conversation, type Message } from './store'

type Thread = { conversation: Conversation; offset: number; total: number; data: Message[] }
export const thread = signal<Thread | null>(null)
export const threadProblem = signal<unknown>(null)
/** Whether the thread follows its end. */
export const following = { current: true }

const part = 100 // messages that are read at once
const most = 300 // messages that are drawn

type Query = { offset?: number; around?: number; limit: number }

function shownPart(): Query {
  const shown = thread.value
  if (!shown || shown.conversation.id !== chosen.value) return chosenMessage.value ? { around: chosenMessage.value, limit: part } : { limit: part }
  const atEnd = shown.offset + shown.data.length >= shown.total
  if (atEnd && following.current) return { limit: Math.max(part, Math.min(most, shown.data.length)) }
  return { offset: shown.offset, limit: Math.min(most, Math.max(part, shown.data.length + (atEnd ? part : 0))) }
}

async function readPart(query: Query) {
  const id = chosen.value
  if (!id) return
  try {
    const [conversation, page] = await Promise.all([
      control('get', '/conversations/{id}', { path: { id } }),
      control('get', '/conversations/{id}/messages', { path: { id }, query }).catch((error: unknown) => {
        // A link to a message that has gone, as after a reset, still leads to its conversation.
        if (query.around && error instanceof Refusal && error.status === 404) return control('get', '/conversations/{id}/messages', { path: { id }, query: { limit: query.limit } })
        throw error
      }),
    ])
    if (id !== chosen.value) return
    batch(() => {
      thread.value = { conversation, ...page }
      threadProblem.value = null
    })
  } catch (error) {
    if (id === chosen.value) batch(() => {
      threadProblem.value = error
      if (error instanceof Refusal) thread.value = null
    })
  }
}

export const readThread = coalesced(() => readPart(shownPart()), 250)

let reading = false
/** Reads a part of the thread in the place of the one that is shown. */
async function move(query: Query) {
  if (reading) return
  reading = true
  await readPart(query)
  reading = false
}

export function earlier() {
  const shown = thread.value
  if (!shown || shown.offset === 0) return
  const offset = Math.max(0, shown.offset - part)
  void move({ offset, limit: Math.min(most, shown.data.length + shown.offset - offset) })
}

export function later() {
  const shown = thread.value
  if (!shown || shown.offset + shown.data.length >= shown.total) return
  const end = Math.min(shown.total, shown.offset + shown.data.length + part)
  const offset = Math.max(shown.offset, end - most)
  void move({ offset, limit: end - offset })
}

export const newest = () => (following.current = true, move({ limit: part }))
export const around = (message: number) => move({ around: message, limit: part })

/** Reads what is shown, and again when it changes, until it is ended. */
export function followThread(): () => void {
  const ends = [
    effect(() => {
      void [connection.returns.value, workspace.value]
      following.current = !chosenMessage.peek()
      thread.value = null
      threadProblem.value = null
      if (chosen.value) readThread()
    }),
    onChanges((changes, again) => {
      if (again || changes.some((c) => c.conversation_id === chosen.value || c.kind === 'clock.changed')) readThread()
    }),
  ]
  return () => ends.forEach((end) => end())
}
