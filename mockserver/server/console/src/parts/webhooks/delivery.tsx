// One delivery: its attempts, and what was sent beside its schema.
import { useEffect, useState } from 'preact/hooks'
import { Code } from '../../base/code'
import { control } from '../../base/call'
import { useDocument, type Contract } from '../../base/document'
import { useKeys } from '../../base/keys'
import { Problem } from '../../base/problem'
import { go, href } from '../../base/route'
import { instantOf } from '../../base/texts'
import { Time } from '../../base/time'
import { deliveries, refresh, type Delivery } from './store'
import { inWords, schemaAt } from './schema'
import { t } from './texts'

/** A delivery by its id: of those that are in the list, or one of the others. */
export function Opened({ id, back }: { id: number; back: string }) {
  const listed = deliveries.value?.find((d) => d.id === id)
  const [older, setOlder] = useState<Delivery | null>()
  const [error, setError] = useState<unknown>()
  const missing = deliveries.value !== null && !listed
  useEffect(() => {
    setOlder(undefined)
    setError(undefined)
    if (!missing) return
    control('get', '/deliveries', { query: { after: id - 1, limit: 1 } }).then((found) => setOlder(found.data.find((d) => d.id === id) ?? null), setError)
  }, [id, missing])
  const d = listed ?? older
  return (
    <article class="delivery">
      <a class="to-list" href={back}>{t('back')}</a>
      <Problem error={error} />
      {d ? <Shown key={d.id} d={d} /> : d === null && missing && <p class="empty">{t('gone')}</p>}
    </article>
  )
}

export const stateOf = (d: Delivery) => t(d.state === 'pending' ? 'pendingState' : d.state)

export function Badge({ d }: { d: Delivery }) {
  return <b class={`result ${{ delivered: 'r2', dead: 'r4', pending: '', no_endpoint: '' }[d.state]}`}>{stateOf(d)}</b>
}

function Shown({ d }: { d: Delivery }) {
  const [error, setError] = useState<unknown>()
  const doc = useDocument()
  const again = () => {
    control('post', '/deliveries/{id}/resend', { path: { id: d.id } }).then((sent) => (refresh(), go(href(['webhooks', sent.id]))), setError)
  }
  useKeys([{ key: 'r', text: () => t('keyAgain'), run: again }])
  return (
    <>
      <header>
        <h2 class="title" dir="ltr">{d.event}</h2>
        <p class="facts">
          <Badge d={d} />
          {d.url && <code dir="ltr">{d.url}</code>}
          <span><Time at={d.at} both /></span>
          <code dir="ltr">{d.event_id}</code>
          {d.resent && <span>{t('resent')}</span>}
          {d.conversation_id > 0 && <a href={href(['inbox', d.conversation_id])}>{t('conversation', { id: d.conversation_id })}</a>}
        </p>
      </header>
      {d.reason && <p class="problem" dir="auto">{t('reason', { text: d.reason })}</p>}
      {d.next_at && <p class="note">{t('next', { at: instantOf(d.next_at) })}</p>}
      <div class="buttons"><button type="button" class="main" onClick={again}>{d.state === 'pending' ? t('now') : t('again')}</button></div>
      <Problem error={error} />
      <section>
        <h3>{t('attempts')}</h3>
        {d.attempts.length === 0 ? <p class="quiet">{t('noAttempt')}</p> : <Attempts of={d.attempts} />}
      </section>
      <section>
        <h3>{t('payload')}</h3>
        <Code text={d.body} remark={(line) => doc && line.path && <Beside doc={doc} event={d.event} path={line.path} />} />
      </section>
    </>
  )
}

function Attempts({ of }: { of: Delivery['attempts'] }) {
  return (
    <table class="pairs">
      <thead><tr><th scope="col">{t('at')}</th><th scope="col">{t('result')}</th><th scope="col">{t('took')}</th></tr></thead>
      <tbody>
        {of.map((a, i) => (
          <tr key={i}>
            <td><Time at={a.at} /></td>
            <td><b class={`result r${a.failure ? 4 : 2}`}>{a.status || t('noAnswer')}</b> <span dir="auto">{a.failure ?? t('accepted')}</span></td>
            <td dir="ltr">{a.duration_ms.toFixed(1)} ms</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What the document says of a line. */
function Beside({ doc, event, path }: { doc: Contract; event: string; path: string }) {
  const found = schemaAt(doc, event, path)
  if (!found.schema) return <span class="schema bad">{t('unknownField')}</span>
  return <span class="schema" lang="en">{[inWords(found.schema), found.required && t('required')].filter(Boolean).join(' · ')} <small>{found.schema.description?.replaceAll('`', '')}</small></span>
}
