// What was asked and answered, as it happens: the list, the problems in groups, and one exchange.
import '../../base/split.css'
import './style.css'
import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { Copy } from '../../base/copy'
import { useKeys } from '../../base/keys'
import { Problem } from '../../base/problem'
import { go, href, route } from '../../base/route'
import { Rows } from '../../base/rows'
import { numberOf, secondsOf } from '../../base/texts'
import { Time } from '../../base/time'
import { current } from '../../base/workspaces'
import { settings } from '../../base/config'
import { short, signed } from './draft'
import { clear, entries, follow, type Exchange } from './entries'
import { Opened, Status } from './exchange'
import { groupsOf, problemsOf, type Found, type Group } from './problems'
import { pair, readFilter } from './filter'
import { snippets } from './snippets'
import { t } from './texts'

export function Requests() {
  useEffect(follow, [])
  const id = route.value.pieces[0] ?? ''
  const grouped = id === 'problems'
  const opened = grouped ? '' : id
  const typed = route.value.query.get('q') ?? ''
  const filter = useComputed(() => readFilter(route.value.query.get('q') ?? ''))
  const fitting = useComputed(() => entries.value.filter(filter.value.matches))
  const held = useSignal<Exchange[] | null>(null) // what is shown while it is paused
  const shown = held.value ?? fitting.value
  const field = useRef<HTMLInputElement>(null)
  const problem = useSignal<unknown>(undefined)

  const open = (x: Exchange | undefined) => x && go(address(x.id), opened !== '')
  const address = (piece: string) => href(piece === '' ? ['requests'] : ['requests', piece], { q: typed })
  const step = (by: number) => {
    const at = shown.findIndex((x) => x.id === opened)
    open(at < 0 ? shown.at(-1) : shown[at - by])
  }
  const empty = () => void clear().catch((error: unknown) => (problem.value = error))
  const pause = () => void (held.value = held.value ? null : fitting.value)
  const at = useMemo(() => shown.toReversed().findIndex((x) => x.id === opened), [opened]) // it stays in sight when it is chosen, not when others come
  useEffect(() => void (held.value = null), [typed])
  useKeys([
    { key: '/', text: () => t('keyFilter'), run: () => field.current?.focus() },
    { key: 'j', text: () => t('keyNext'), run: () => step(1) },
    { key: 'k', text: () => t('keyPrevious'), run: () => step(-1) },
    { key: 'f', text: () => t('keyProblems'), run: () => go(address(grouped ? '' : 'problems')) },
    { key: 'p', text: () => t('keyPause'), run: pause },
    { key: 'X', text: () => t('clearHelp'), run: () => empty() },
    { key: 'Escape', text: () => t('keyBack'), run: () => go(address('')) },
  ])

  return (
    <div class={`split requests ${opened ? 'open' : ''}`}>
      <section class="side">
        <h1 class="hidden">{t('title')}</h1>
        <div class="tools">
          <label class="wide"><span class="hidden">{t('filter')}</span>
            <input ref={field} type="search" dir="ltr" placeholder={t('filter')} value={typed} spellcheck={false}
              onInput={(e) => go(href(['requests', ...(id ? [id] : [])], { q: e.currentTarget.value }), true)} />
          </label>
          <nav aria-label={t('title')}>
            <a href={address('')} aria-current={grouped ? undefined : 'page'}>{t('all')}</a>
            <a href={address('problems')} aria-current={grouped ? 'page' : undefined}>{t('problems')}</a>
          </nav>
          <span class="quiet" role="status">{t('shown', { shown: numberOf(shown.length), all: numberOf(entries.value.length) })}</span>
          <button type="button" aria-pressed={held.value !== null} onClick={pause}>{held.value ? t('go') : t('pause')}{held.value && fitting.value.length > held.value.length ? ` · ${t('waiting', { n: fresh(held.value, fitting.value) })}` : ''}</button>
          <button type="button" title={t('clearHelp')} onClick={empty}>{t('clear')}</button>
        </div>
        {filter.value.wrong !== '' && <p class="problem" role="alert">{filter.value.wrong}</p>}
        <Problem error={problem.value} />
        {entries.value.length === 0 ? <None /> : grouped ? <Groups groups={groupsOf(shown)} /> : shown.length === 0 ? <p class="empty">{t('noneFits')}</p> : (
          <div class="scroller" onScrollCapture={(e) => {
            const { scrollTop } = e.target as HTMLElement
            if (scrollTop > 0 !== (held.value !== null)) pause()
          }}>
            <Rows total={shown.length} height={52} label={t('list')} at={at}
              row={(i) => <Row x={shown[shown.length - 1 - i]!} address={address} chosen={shown[shown.length - 1 - i]!.id === opened} />} />
          </div>
        )}
      </section>
      {opened ? <Opened id={opened} back={address('')} /> : <p class="empty chosen">{t('choose')}</p>}
    </div>
  )
}

/** How many have come since the list was paused. */
const fresh = (held: Exchange[], now: Exchange[]) => {
  const last = held.at(-1)?.sequence ?? 0
  return numberOf(now.filter((x) => x.sequence > last).length)
}

/** What is said of a problem in the list. */
const said = (f: Found) => (f.violation ? `${f.field} ${f.fix}` : f.fix || t('onPurpose'))

function Row({ x, address, chosen }: { x: Exchange; address: (id: string) => string; chosen: boolean }) {
  const found = problemsOf(x)
  return (
    <a class="entry" href={address(x.id)} aria-current={chosen ? 'true' : undefined}>
      <Status x={x} />
      <code class="what" dir="ltr">{x.request.method} {short(x.request.target)}</code>
      <Time at={x.time} as={secondsOf} />
      <span class="quiet detail" dir="ltr">{[x.operation, ...(found.length > 0 ? found.map(said) : [x.workspace])].filter(Boolean).join(' · ')}</span>
    </a>
  )
}

function Groups({ groups }: { groups: Group[] }) {
  if (groups.length === 0) return <p class="empty">{t('noProblems')}</p>
  return (
    <ol class="groups">
      {groups.map((g) => {
        const q = [pair('operation', g.operation), pair('rule', g.rule), ...(g.violation ? [pair('field', g.violation.field.split('[')[0]!)] : [])].filter((text) => !text.endsWith(':')).join(' ')
        return (
          <li key={g.key}>
            <a class="group" href={href(['requests', g.newest.id], { q })}>
              <b class="count">{t('times', { n: numberOf(g.count) })}</b>
              <span><code dir="ltr">{g.operation || g.newest.request.method}</code> <span class="quiet">{g.violation ? g.violation.in : ''}</span> <code dir="ltr">{g.violation ? `${g.field}: ${g.rule}` : g.rule}</code></span>
              <span class="fix" dir="auto">{said(g)}</span>
            </a>
          </li>
        )
      })}
    </ol>
  )
}

/** A line that sends a request, since there is none. */
function None() {
  const text = useSignal('')
  const number = current.value?.phone_number_ids[0] ?? ''
  useEffect(() => {
    const draft = { workspace: current.value?.domain ?? '', method: 'GET', target: `${settings.value.base_path}/conversations?phone_number_id=${number}`, headers: [] as [string, string][], body: '' }
    void signed(draft).then(({ url, headers }) => (text.value = snippets.curl({ ...draft, url: url.href, headers })), () => {})
  }, [number])
  return <div class="empty"><p>{t('none')}</p>{text.value && <Copy text={text.value} />}</div>
}
