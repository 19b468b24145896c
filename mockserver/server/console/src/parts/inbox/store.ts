// What the inbox shows: the part of the list that is in sight, and the part of a thread.
import { batch, computed, effect, signal } from '@preact/signals'
import { control, Refusal } from '../../base/call'
import { onChanges } from '../../base/changes'
import { connection } from '../../base/connection'
import { workspace } from '../../base/keep'
import { go, href, route } from '../../base/route'
import { coalesced } from '../../base/stream'
import { current } from '../../base/workspaces'
import type { components } from '../../wire/control.gen'

type Schemas = components['schemas']
export type Conversation = Schemas['Conversation']
export type Message = Schemas['Message']
export const statuses = ['unread', 'my', 'unassigned', 'opened', 'bot', 'expired', 'closed'] as const
export type Status = (typeof statuses)[number]

// The address: #/inbox/CONVERSATION/MESSAGE?status=…&search=…&number=…
const piece = (i: number) => computed(() => Number(route.value.part === 'inbox' ? (route.value.pieces[i] ?? 0) : 0) || 0)
export const chosen = piece(0)
export const chosenMessage = piece(1)
const asked = (name: string) => computed(() => route.value.query.get(name) ?? '')
export const status = asked('status')
export const search = asked('search')
export const number = computed(() => {
  const numbers = current.value?.phone_number_ids ?? []
  const wanted = route.value.query.get('number') ?? ''
  return numbers.includes(wanted) ? wanted : (numbers[0] ?? '')
})

/** The address of a conversation or message with the filters that are chosen, but for those that are given. */
export function place(pieces: (string | number)[], filters: { status?: string; search?: string; number?: string } = {}): string {
  return href(['inbox', ...pieces], { status: status.value, search: search.value, number: route.value.query.get('number') ?? '', ...filters })
}

/** Whether what is known of the customer is shown beside the thread. */
export const aboutShown = signal(innerWidth >= 1100)

type List = { total: number; counts: Record<string, number>; offset: number; now: string; data: Conversation[] }
export const list = signal<List | null>(null)
export const listProblem = signal<unknown>(null)
let sight = { from: 0, to: 60 }

export const rowAt = (index: number) => list.value?.data[index - list.value.offset]

const readList = coalesced(async () => {
  const wanted = [workspace.value, number.value, status.value, search.value].join('\n')
  const offset = Math.max(0, sight.from - 40)
  const limit = Math.min(1000, sight.to + 40 - offset)
  try {
    const query = { phone_number_id: number.value, offset, limit, ...(status.value && { status: status.value as Status }), ...(search.value && { search: search.value }) }
    const page = await control('get', '/conversations', { query })
    if (wanted !== [workspace.value, number.value, status.value, search.value].join('\n')) return readList()
    batch(() => {
      list.value = page
      listProblem.value = null
    })
  } catch (error) {
    listProblem.value = error
  }
})

/** Which rows of the list are in sight; more are read if they are not there. */
export function inSight(from: number, to: number) {
  sight = { from, to }
  const have = list.value
  if (have && (from < have.offset || Math.min(to, have.total) > have.offset + have.data.length)) readList()
}

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

export const readThread = coalesced(() => readPart(shownPart()), 50)

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
export function followInbox(): () => void {
  const ends = [
    effect(() => {
      void [connection.returns.value, current.value, number.value, status.value, search.value]
      if (current.value) readList()
    }),
    effect(() => {
      void [connection.returns.value, current.value]
      following.current = !chosenMessage.peek()
      thread.value = null
      threadProblem.value = null
      if (chosen.value && current.value) readThread()
    }),
    onChanges((changes, again) => {
      const touched = again || changes.some((c) => c.conversation_id !== undefined || c.kind === 'clock.changed')
      if (touched) readList()
      if (again || changes.some((c) => c.conversation_id === chosen.value || c.kind === 'clock.changed')) readThread()
    }),
  ]
  return () => ends.forEach((end) => end())
}

/** Shows the conversation so many rows below the one that is shown. */
export function step(by: number) {
  const rows = list.value
  if (!rows) return
  const at = rows.data.findIndex((c) => c.id === chosen.value)
  const next = rows.data[at < 0 ? 0 : at + by]
  if (next) go(place([next.id]))
}
