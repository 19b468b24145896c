import { useEffect, useRef, useState } from 'preact/hooks'
import { control } from '../../base/call'
import { operations, useDocument } from '../../base/document'
import { useKeys } from '../../base/keys'
import { Problem } from '../../base/problem'
import { useRead } from '../../base/read'
import { numberOf } from '../../base/texts'
import type { components } from '../../wire/control.gen'
import { t } from './texts'

type Rule = components['schemas']['FaultRule']
type State = components['schemas']['FaultState']
const kinds = ['status', 'latency', 'abort', 'malformed'] as const
type Kind = (typeof kinds)[number]
const statuses = [400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504]

const kindOf = (rule: Rule): Kind => kinds.find((kind) => rule[kind] !== undefined) ?? 'status'
const made: { [K in Kind]: Partial<Rule> } = { status: { status: 500 }, latency: { latency: '2000ms' }, abort: { abort: true }, malformed: { malformed: true } }

/** The rule without what it does, which another kind replaces, and without the count of the mock. */
function bare({ operation, probability, times }: Rule): Rule {
  return { ...(operation && { operation }), ...(probability !== undefined && { probability }), ...(times && { times }) }
}

function withoutCount({ struck: _, ...rule }: State): Rule {
  return rule as Rule
}

export function Faults() {
  const { rules = [], read, error, put } = useFaults()
  const all = rules.map(withoutCount)
  const add = () => put([...all, { status: 500 }])
  useKeys([{ key: 'f', text: () => t('keyFault'), run: () => read && add() }])
  return (
    <section aria-labelledby="faults">
      <h2 id="faults">{t('faults')}</h2>
      {read && rules.length === 0 && <p class="quiet">{t('noFaults')}</p>}
      <ul>
        {rules.map((rule, i) => (
          <li key={`${i} of ${rules.length}`} class="fault">
            <Fault rule={rule} change={(next) => put(all.with(i, next))} remove={() => put(all.toSpliced(i, 1))} />
          </li>
        ))}
      </ul>
      <button type="button" disabled={!read} onClick={add}>{t('add')}</button>
      <Problem error={error} />
    </section>
  )
}

/** The faults of the workspace, and `put`, which shows other rules at once and gives them to the mock, one list after the other. */
function useFaults() {
  const faults = useRead(() => control('get', '/faults'), '', (c) => c.kind === 'workspace.reset')
  const [rules, setRules] = useState<State[]>()
  const [error, setError] = useState<unknown>()
  const waiting = useRef({ count: 0, last: Promise.resolve() })
  useEffect(() => {
    if (faults.value && waiting.current.count === 0) setRules(faults.value.rules)
  }, [faults.value])
  const some = (rules?.length ?? 0) > 0
  useEffect(() => {
    if (!some) return
    const timer = setInterval(() => void (document.hidden || faults.again()), 2000) // how often each was applied
    return () => clearInterval(timer)
  }, [some, faults.again])
  const put = (next: Rule[]) => {
    setRules(next.map((rule) => ({ ...rule, struck: 0 })))
    setError(undefined)
    waiting.current.count++
    waiting.current.last = waiting.current.last.then(async () => {
      const answer = await control('put', '/faults', { body: { rules: next } }).catch((thrown: unknown) => setError(thrown))
      if (--waiting.current.count > 0) return
      if (answer) setRules(answer.rules)
      else faults.again()
    })
  }
  return { rules, read: rules !== undefined, error: error ?? faults.error, put }
}

function Fault({ rule, change, remove }: { rule: State; change: (next: Rule) => void; remove: () => void }) {
  const contract = useDocument()
  const kind = kindOf(rule as Rule)
  const now = withoutCount(rule)
  return (
    <div class="actions">
      <label>{t('operation')}{' '}
        <select value={rule.operation ?? ''} onChange={(e) => change({ ...now, operation: e.currentTarget.value || undefined })}>
          <option value="">{t('every')}</option>
          {contract && operations(contract).map((o) => <option key={o.id} value={o.id}>{o.id}</option>)}
        </select>
      </label>
      <label>{t('kind')}{' '}
        <select value={kind} onChange={(e) => change({ ...bare(now), ...made[e.currentTarget.value as Kind] })}>
          {kinds.map((name) => <option key={name} value={name}>{t(name)}</option>)}
        </select>
      </label>
      {kind === 'status' && (
        <label>{t('answer')}{' '}
          <select value={rule.status} onChange={(e) => change({ ...now, status: Number(e.currentTarget.value) })}>
            {[...new Set([...statuses, rule.status!])].map((status) => <option key={status} value={status}>{status}</option>)}
          </select>
        </label>
      )}
      {kind === 'latency' && <Slider label={t('delay')} max={10000} step={100} value={milliseconds(rule.latency!)} show={numberOf} change={(n) => change({ ...now, latency: `${n}ms` })} />}
      <Slider label={t('probability')} max={100} step={1} value={Math.round((rule.probability ?? 1) * 100)} show={(n) => `${n} %`} change={(n) => change({ ...now, probability: n / 100 })} />
      <label>{t('times')} <input type="number" min={1} max={1e9} placeholder={t('timesHint')} value={rule.times} onChange={(e) => e.currentTarget.reportValidity() && change({ ...now, times: Number(e.currentTarget.value) || undefined })} /></label>
      <span class="quiet">{t('applied', { n: numberOf(rule.struck) })}</span>
      <button type="button" onClick={remove}>{t('remove')}</button>
    </div>
  )
}

type SliderProps = { label: string; max: number; step: number; value: number; show: (n: number) => string; change: (n: number) => void }

/** A slider that changes the value when it is let go. */
function Slider({ label, max, step, value, show, change }: SliderProps) {
  const [held, setHeld] = useState<number>()
  return (
    <label class="slider"><span>{label}</span> <input
      type="range" min={0} max={max} step={step} value={held ?? value}
      onInput={(e) => setHeld(e.currentTarget.valueAsNumber)}
      onChange={(e) => (setHeld(undefined), change(e.currentTarget.valueAsNumber))}
    /> <output dir="ltr">{show(held ?? value)}</output></label>
  )
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3600_000 }

/** A duration of the control API, such as 1m30s, in milliseconds. */
function milliseconds(duration: string): number {
  return [...duration.matchAll(/([\d.]+)(ms|s|m|h)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0)
}
