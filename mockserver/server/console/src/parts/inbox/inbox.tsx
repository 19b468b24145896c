// The inbox: the list of conversations, and beside it the one that is chosen, whose file is loaded then.
import './inbox.css'
import { useLayoutEffect } from 'preact/hooks'
import { Copy } from '../../base/copy'
import { useKeys } from '../../base/keys'
import { lazy } from '../../base/lazy'
import { curl } from './curl'
import { List, making } from './list'
import { aboutShown, chosen, followInbox, step, stepStatus } from './store'
import { t } from './texts'

const Talk = lazy('Talk')

export function Inbox() {
  useLayoutEffect(followInbox, [])
  useKeys([
    { key: 's', text: () => t('keySearch'), run: () => document.getElementById('inbox-search')?.focus() },
    { key: 'j', text: () => t('keyNext'), run: () => step(1) },
    { key: 'k', text: () => t('keyPrevious'), run: () => step(-1) },
    { key: '[', text: () => t('keyStatusBefore'), run: () => stepStatus(-1) },
    { key: ']', text: () => t('keyStatus'), run: () => stepStatus(1) },
    { key: 'n', text: () => t('new'), run: () => void (making.value = true) },
  ])
  return (
    <div class={`inbox ${chosen.value ? 'one' : ''} ${aboutShown.value ? 'with-about' : ''}`}>
      <h1 class="hidden">{t('title')}</h1>
      <List />
      {chosen.value ? <Talk /> : <Nothing />}
    </div>
  )
}

function Nothing() {
  return (
    <section class="talk nothing">
      <div class="empty">
        <p>{t('choose')}</p>
        <Copy text={curl('/conversations/1/messages', { content: 'Where is my order?' })} />
      </div>
    </section>
  )
}
