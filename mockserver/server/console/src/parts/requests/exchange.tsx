// One request and its answer: why it was refused, and each broken rule at its place.
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Code } from '../../base/code'
import { control } from '../../base/call'
import { connection } from '../../base/connection'
import { lineOf } from '../../base/json'
import { useKeys } from '../../base/keys'
import { Problem } from '../../base/problem'
import { Time } from '../../base/time'
import { Again } from './again'
import { CopyAs } from './copyas'
import { short } from './draft'
import { Rule } from './rule'
import { Signature } from './signature'
import { t } from './texts'
import type { Exchange } from './entries'

type Violation = Exchange['violations'][number]

export function Opened({ id, back }: { id: string; back: string }) {
  const [x, setX] = useState<Exchange>()
  const [error, setError] = useState<unknown>()
  const returns = connection.returns.value
  useEffect(() => {
    const stop = new AbortController()
    setError(undefined)
    control('get', '/requests/{id}', { path: { id }, query: { workspace: '' }, signal: stop.signal })
      .then(setX, (problem: unknown) => stop.signal.aborted || (setX(undefined), setError(problem)))
    return () => stop.abort()
  }, [id, returns])
  return (
    <article class="exchange" aria-live="off">
      <a class="to-list" href={back}>{t('back')}</a>
      <Problem error={error} />
      {x && <Shown key={x.id} x={x} />}
    </article>
  )
}

function Shown({ x }: { x: Exchange }) {
  const [again, setAgain] = useState(false)
  useKeys([{ key: 'e', text: () => t('keyAgain'), run: () => setAgain(!again) }])
  return (
    <>
      <Head x={x} />
      <Why x={x} />
      <CopyAs of={x}><button type="button" class="main" aria-expanded={again} onClick={() => setAgain(!again)}>{t('again')}</button></CopyAs>
      {again && <Again of={x} />}
      <section>
        <h3>{t('request')}</h3>
        <Parameters x={x} />
        <Headers headers={x.request.headers} broken={x.violations.filter((v) => v.in === 'header' || v.in === 'cookie')} />
        <Body x={x} />
      </section>
      <section>
        <h3>{t('answer')} <Status x={x} /></h3>
        <Headers headers={x.response.headers} broken={[]} />
        <Code text={x.response.body} bytes={x.response.body_bytes} />
      </section>
    </>
  )
}

export function Status({ x }: { x: Exchange }) {
  const { status } = x.response
  return <b class={`result r${String(status)[0]}`}>{status === 0 ? t('aborted') : status}</b>
}

function Head({ x }: { x: Exchange }) {
  return (
    <header>
      <h2 class="title" dir="ltr">{x.request.method} {short(x.request.target)}</h2>
      <p class="facts">
        <Status x={x} /> <code>{x.verdict}</code>
        <span>{x.operation || t('noOperation')}</span>
        <span>{x.workspace}</span>
        <span><Time at={x.time} both /></span>
        <span dir="ltr">{x.duration_ms.toFixed(1)} ms</span>
        <code dir="ltr">{x.id}</code>
      </p>
    </header>
  )
}

function Why({ x }: { x: Exchange }) {
  const warnings = x.response.headers['X-Mock-Warning'] ?? []
  return (
    <>
      {x.fault && <p class="note">{t('fault', { kind: t(`fault_${x.fault}`) })}</p>}
      {x.refusal && (
        <div class="problem why" role="note" aria-label={t('why')}>
          <p lang="en" dir="auto"><strong>{x.refusal.message}</strong></p>
          {x.signature ? <Signature found={x.signature} /> : <Details of={x.refusal.details} />}
        </div>
      )}
      {warnings.length > 0 && <div class="note"><strong>{t('warning')}</strong>{warnings.map((text, i) => <p key={i} lang="en" dir="auto">{text}</p>)}</div>}
    </>
  )
}

function Details({ of }: { of: Record<string, string> }) {
  return <dl lang="en">{Object.entries(of).map(([field, text]) => <div key={field}><dt><code dir="auto">{field}</code></dt><dd dir="auto">{text}</dd></div>)}</dl>
}

/** A name and a value, with the rules that it broke. */
function Row({ name, value, broken, inside }: { name: string; value: ComponentChildren; broken: Violation[]; inside?: string }) {
  return (
    <tr>
      <th scope="row"><code dir="auto">{name}</code> {inside && inside !== 'query' && <small>{inside}</small>}</th>
      <td>{value}{broken.map((v, i) => <Rule key={i} violation={v} />)}</td>
    </tr>
  )
}

function Parameters({ x }: { x: Exchange }) {
  const query = [...new URLSearchParams(x.request.target.split('?').slice(1).join('?'))]
  const broken = x.violations.filter((v) => v.in === 'query' || v.in === 'path')
  const missing = broken.filter((v) => v.in === 'path' || !query.some(([name]) => name === v.field))
  if (query.length + missing.length === 0) return null
  return (
    <table class="pairs">
      <caption>{t('parameters')}</caption>
      <tbody>
        {query.map(([name, value], i) => <Row key={i} name={name} value={<span dir="auto">{value}</span>} broken={broken.filter((v) => v.in === 'query' && v.field === name)} />)}
        {missing.map((v, i) => <Row key={`missing ${i}`} name={v.field} inside={v.in} value={v.in === 'query' && <em>{t('notSent')}</em>} broken={[v]} />)}
      </tbody>
    </table>
  )
}

function Headers({ headers, broken }: { headers: Record<string, string[]>; broken: Violation[] }) {
  const all = Object.entries(headers)
  const is = (name: string) => (v: Violation) => v.field.toLowerCase() === name.toLowerCase()
  const missing = broken.filter((v) => !all.some(([name]) => is(name)(v)))
  return (
    <details open={broken.length > 0}>
      <summary>{t('headers', { n: all.length })}</summary>
      <table class="pairs">
        <tbody>
          {all.map(([name, values]) => <Row key={name} name={name} value={<span dir="auto">{values.join(', ')}</span>} broken={broken.filter(is(name))} />)}
          {missing.map((v, i) => <Row key={`missing ${i}`} name={v.field} value={<em>{t('notSent')}</em>} broken={[v]} />)}
        </tbody>
      </table>
    </details>
  )
}

function Body({ x }: { x: Exchange }) {
  const broken = x.violations.filter((v) => v.in === 'body')
  const { body, body_bytes } = x.request
  return (
    <>
      <Code text={body} bytes={body_bytes} remark={(_, i, lines) => {
        const here = broken.filter((v) => lineOf(lines, v.field) === i)
        return here.length > 0 && here.map((v, n) => <Rule key={n} violation={v} />)
      }} />
      {body === '' && broken.map((v, i) => <Rule key={i} violation={v} />)}
    </>
  )
}
