// A conversation: its messages, what is written, what is known of the customer.
import './talk.css'
import { useLayoutEffect } from 'preact/hooks'
import { useKeys } from '../../base/keys'
import { go } from '../../base/route'
import { About, act } from './about'
import { Composer, otherSide } from './compose'
import { followThread, thread } from './shown'
import { aboutShown, place } from './store'
import { t } from './talk-texts'
import { messageKeys, Thread } from './thread'

export function Talk() {
  useLayoutEffect(followThread, [])
  useKeys([
    { key: 'w', text: () => t('keyWrite'), run: () => document.getElementById('inbox-text')?.focus() },
    { key: 'o', text: () => t('keySide'), run: otherSide },
    { key: 'c', text: () => t('keyClose'), run: act.close },
    { key: 'a', text: () => t('keyAssign'), run: act.assign },
    { key: 'b', text: () => t('keyBot'), run: act.bot },
    { key: 'r', text: () => t('keyRead'), run: act.read },
    { key: 't', text: () => t('keyTicket'), run: act.ticket },
    { key: 'i', text: () => t('keyAbout'), run: () => void (aboutShown.value = !aboutShown.value) },
    { key: 'm', text: () => t('keyMessage'), run: () => messageKeys.step(-1) },
    { key: 'M', text: () => t('keyMessageAfter'), run: () => messageKeys.step(1) },
    { key: 'f', text: () => t('keyForce'), run: () => messageKeys.force('delivered', 'read') },
    { key: 'x', text: () => t('keyFail'), run: () => messageKeys.force('failed') },
    { key: 'v', text: () => t('keyKind'), run: () => document.getElementById('inbox-kind')?.focus() },
    { key: 'Escape', text: () => t('keyShut'), run: messageKeys.close },
    { key: 'u', text: () => t('keyList'), run: () => go(place([])) },
  ])
  return (
    <>
      <section class="talk" aria-label={t('messages')}><Thread />{thread.value && <Composer />}</section>
      {thread.value && aboutShown.value && <About />}
    </>
  )
}
