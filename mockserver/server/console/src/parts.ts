// The parts of the page, in the order of the menu. A part is a line here; docs/page.md says how to add one.
import type { ComponentType } from 'preact'
import { lazy } from './base/lazy'
import { Inbox } from './parts/inbox/inbox'
import { t } from './shell/texts'

export type Part = {
  name: string // in the address: #/name
  key: string // that opens it
  title: () => string // in the language that is chosen
  view: ComponentType
}

export const parts: Part[] = [
  { name: 'inbox', key: '1', title: () => t('inbox'), view: Inbox },
  { name: 'requests', key: '2', title: () => t('requests'), view: lazy('Requests') },
  { name: 'webhooks', key: '3', title: () => t('webhooks'), view: lazy('Webhooks') },
  { name: 'time', key: '4', title: () => t('time'), view: lazy('Time') },
  { name: 'data', key: '5', title: () => t('data'), view: lazy('Data') },
  { name: 'contract', key: '6', title: () => t('contract'), view: lazy('Contract') },
]
