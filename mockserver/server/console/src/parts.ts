// The parts of the page, in the order of the menu. A part is a line here; docs/page.md says how to add one.
import type { ComponentType } from 'preact'
import { lazy } from './base/lazy'
import { texts } from './base/texts'
import { Inbox, title as inboxTitle } from './parts/inbox/inbox'

const t = texts({ requests: 'Requests', webhooks: 'Webhooks' }, { requests: 'الطلبات', webhooks: 'الويب هوك' })

export type Part = {
  name: string // in the address: #/name
  key: string // that opens it
  title: () => string // in the language that is chosen
  view: ComponentType
}

export const parts: Part[] = [
  { name: 'inbox', key: '1', title: inboxTitle, view: Inbox },
  { name: 'requests', key: '2', title: () => t('requests'), view: lazy(async () => (await import('./parts/requests/requests')).Requests) },
  { name: 'webhooks', key: '3', title: () => t('webhooks'), view: lazy(async () => (await import('./parts/webhooks/webhooks')).Webhooks) },
]
