// The parts of the page, in the order of the menu. A part is a line here; docs/page.md says how to add one.
import type { ComponentType } from 'preact'
import { lazy } from './base/lazy'
import { texts } from './base/texts'

const t = texts(
  { inbox: 'Inbox', requests: 'Requests', webhooks: 'Webhooks', time: 'Time and trouble', data: 'Data', contract: 'Contract' },
  { inbox: 'الوارد', requests: 'الطلبات', webhooks: 'الويب هوك', time: 'الوقت والأعطال', data: 'البيانات', contract: 'العقد' },
)

export type Part = {
  name: string // in the address: #/name
  key: string // that opens it
  title: () => string // in the language that is chosen
  view: ComponentType
}

export const parts: Part[] = [
  { name: 'inbox', key: '1', title: () => t('inbox'), view: lazy(async () => (await import('./parts/inbox/inbox')).Inbox) },
  { name: 'requests', key: '2', title: () => t('requests'), view: lazy(async () => (await import('./parts/requests/requests')).Requests) },
  { name: 'webhooks', key: '3', title: () => t('webhooks'), view: lazy(async () => (await import('./parts/webhooks/webhooks')).Webhooks) },
  { name: 'time', key: '4', title: () => t('time'), view: lazy(async () => (await import('./parts/time/time')).Time) },
  { name: 'data', key: '5', title: () => t('data'), view: lazy(async () => (await import('./parts/data/data')).Data) },
  { name: 'contract', key: '6', title: () => t('contract'), view: lazy(async () => (await import('./parts/contract/contract')).Contract) },
]
