// What the mock sends to receivers: endpoints, deliveries with their attempts, and trouble on purpose.
import '../../base/split.css'
import './style.css'
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { control } from '../../base/call'
import { useKeys } from '../../base/keys'
import { Problem } from '../../base/problem'
import { go, href, route } from '../../base/route'
import { Rows } from '../../base/rows'
import { numberOf, secondsOf } from '../../base/texts'
import { Time } from '../../base/time'
import { Badge, Opened } from './delivery'
import { Endpoints } from './endpoints'
import { EndpointForm, shownForm } from './form'
import { chosen, deliveries, endpoints, follow, most, refresh, type Delivery, type State } from './store'
import { Trigger, triggerShown } from './trigger'
import { t } from './texts'

const states: State[] = ['pending', 'delivered', 'dead', 'no_endpoint']
const back = href(['webhooks'])

export function Webhooks() {
  useEffect(follow, [])
  const opened = Number(route.value.pieces[0] ?? 0)
  const list = deliveries.value ?? []
  const step = (by: number) => {
    const at = list.findIndex((d) => d.id === opened)
    const next = at < 0 ? list.at(-1) : list[at - by]
    if (next) go(href(['webhooks', next.id]), opened > 0)
  }
  useKeys([
    { key: 'n', text: () => t('keyAdd'), run: () => void (shownForm.value = 'new') },
    { key: 'e', text: () => t('keyTrigger'), run: () => void (triggerShown.value = true) },
    { key: 'j', text: () => t('keyNext'), run: () => step(1) },
    { key: 'k', text: () => t('keyPrevious'), run: () => step(-1) },
    { key: 'Escape', text: () => t('keyBack'), run: () => go(back) },
  ])
  return (
    <div class={`split webhooks ${opened ? 'open' : ''}`}>
      <div class="side">
        <section>
          <h1 class="hidden">{t('title')}</h1>
          <div class="tools">
            <h2>{t('endpoints')}</h2>
            <button type="button" class="main" onClick={() => void (shownForm.value = 'new')}>{t('add')}</button>
            <button type="button" onClick={() => void (triggerShown.value = true)}>{t('trigger')}</button>
          </div>
          {deliveries.value !== null && <Endpoints />}
        </section>
        <Deliveries list={list} opened={opened} />
      </div>
      {opened ? <Opened id={opened} back={back} /> : <p class="empty chosen">{t('choose')}</p>}
      <EndpointForm />
      <Trigger />
    </div>
  )
}

function Deliveries({ list, opened }: { list: Delivery[]; opened: number }) {
  const problem = useSignal<unknown>(undefined)
  const { state, endpoint } = chosen.value
  const deadAgain = () => {
    control('post', '/deliveries/resend', { body: { state: 'dead', ...(endpoint && { endpoint }) } }).then(refresh, (error: unknown) => (problem.value = error))
  }
  useKeys([{ key: 'R', text: () => t('deadAgain'), run: deadAgain }])
  const at = useMemo(() => list.toReversed().findIndex((d) => d.id === opened), [opened])
  return (
    <section class="deliveries" aria-label={t('deliveries')}>
      <div class="tools">
        <h2>{t('deliveries')}</h2>
        <label><span class="hidden">{t('stateOf')}</span>
          <select value={state ?? ''} onChange={(e) => void (chosen.value = { ...chosen.value, state: (e.currentTarget.value || undefined) as State })}>
            <option value="">{t('anyState')}</option>
            {states.map((name) => <option key={name} value={name}>{t(name === 'pending' ? 'pendingState' : name)}</option>)}
          </select>
        </label>
        <label><span class="hidden">{t('endpointOf')}</span>
          <select value={endpoint ?? ''} onChange={(e) => void (chosen.value = { ...chosen.value, endpoint: e.currentTarget.value || undefined })}>
            <option value="">{t('anyEndpoint')}</option>
            {endpoints.value.map((one) => <option key={one.id} value={one.id}>{one.url}</option>)}
          </select>
        </label>
        {list.some((d) => d.state === 'dead') && <button type="button" onClick={deadAgain}>{t('deadAgain')}</button>}
      </div>
      <Problem error={problem.value} />
      {deliveries.value !== null && list.length === 0 && <p class="empty">{t(state || endpoint ? 'noneFits' : 'noDelivery')}</p>}
      {list.length > 0 && (
        <Rows total={list.length} height={52} label={t('list')} at={at}
          row={(i) => <Row d={list[list.length - 1 - i]!} chosen={list[list.length - 1 - i]!.id === opened} />} />
      )}
      {list.length === most && <p class="quiet">{t('newest', { n: numberOf(most) })}</p>}
    </section>
  )
}

function Row({ d, chosen }: { d: Delivery; chosen: boolean }) {
  const last = d.attempts.at(-1)
  return (
    <a class="entry" href={href(['webhooks', d.id])} aria-current={chosen ? 'true' : undefined}>
      <Badge d={d} />
      <code class="what" dir="ltr">{d.event}</code>
      <Time at={d.at} as={secondsOf} />
      <span class="quiet detail" dir="auto">{[d.url, last?.failure ?? (last ? String(last.status) : ''), d.attempts.length > 1 && `${d.attempts.length} ×`].filter(Boolean).join(' · ')}</span>
    </a>
  )
}
