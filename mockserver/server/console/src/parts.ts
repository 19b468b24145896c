// The parts of the page, in the order of the menu. A part is a line here; docs/page.md says how to add one.
import type { ComponentType } from 'preact'
import { Inbox, title as inboxTitle } from './parts/inbox/inbox'

export type Part = {
  name: string // in the address: #/name
  key: string // that opens it
  title: () => string // in the language that is chosen
  view: ComponentType
}

export const parts: Part[] = [
  { name: 'inbox', key: '1', title: inboxTitle, view: Inbox },
]
