// A conversation: its messages, what is written, what is known of the customer.
import './talk.css'
import { useKeys } from '../../base/keys'
import { go } from '../../base/route'
import { About, act } from './about'
import { Composer, otherSide } from './compose'
import { aboutShown, place, thread } from './store'
import { t } from './talk-texts'
import { Thread } from './thread'

export function Talk() {
  useKeys([
    { key: 'w', text: () => t('keyWrite'), run: () => document.getElementById('inbox-text')?.focus() },
    { key: 'o', text: () => t('keySide'), run: otherSide },
    { key: 'c', text: () => t('keyClose'), run: act.close },
    { key: 'a', text: () => t('keyAssign'), run: act.assign },
    { key: 'b', text: () => t('keyBot'), run: act.bot },
    { key: 'u', text: () => t('keyList'), run: () => go(place([])) },
  ])
  return (
    <>
      <section class="talk" aria-label={t('messages')}><Thread />{thread.value && <Composer />}</section>
      {thread.value && aboutShown.value && <About />}
    </>
  )
}
