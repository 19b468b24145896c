// What the list of the inbox shows: the part that is in sight.
import { batch, computed, effect, signal } from '@preact/signals'
import { control } from '../../base/call'
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
/** The sending number that is chosen; '' is the first one of the workspace. */
export const number = computed(() => {
  const wanted = route.value.query.get('number') ?? ''
  return !current.value || current.value.phone_number_ids.includes(wanted) ? wanted : ''
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
    const query = { offset, limit, ...(number.value && { phone_number_id: number.value }), ...(status.value && { status: status.value as Status }), ...(search.value && { search: search.value }) }
    const page = await control('get', '/conversations', { query })
    if (wanted !== [workspace.value, number.value, status.value, search.value].join('\n')) return readList()
    batch(() => {
      list.value = page
      listProblem.value = null
    })
  } catch (error) {
    listProblem.value = error
  }
}, 500) // under traffic; the first change after a pause is read at once

/** Which rows of the list are in sight; more are read if they are not there. */
export function inSight(from: number, to: number) {
  sight = { from, to }
  const have = list.value
  if (have && (from < have.offset || Math.min(to, have.total) > have.offset + have.data.length)) readList()
}

/** Reads the list, and again when it changes, until it is ended. */
export function followInbox(): () => void {
  const ends = [
    effect(() => {
      void [connection.returns.value, workspace.value, number.value, status.value, search.value]
      readList()
    }),
    onChanges((changes, again) => {
      const touched = again || changes.some((c) => c.conversation_id !== undefined || c.kind === 'clock.changed')
      if (touched) readList()
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

/** Shows the conversations of the next status, or of the one before. */
export function stepStatus(by: number) {
  const all = ['', ...statuses]
  go(place(chosen.value ? [chosen.value] : [], { status: all.at((all.indexOf(status.value) + by) % all.length)! }))
}
