// The endpoints: what they get, whether they are on, and what went wrong last.
import { signal } from '@preact/signals'
import { control } from '../../base/call'
import { Copy } from '../../base/copy'
import { root } from '../../base/config'
import { workspace } from '../../base/keep'
import { Problem } from '../../base/problem'
import { numberOf } from '../../base/texts'
import { deliveries, endpoints, refresh, type Endpoint } from './store'
import { shownForm } from './form'
import { flags, times } from './trouble'
import { t } from './texts'

const problem = signal<{ id: string; error: unknown } | null>(null)

async function turn(e: Endpoint, active: boolean) {
  problem.value = null
  try {
    await control('patch', '/webhooks/{id}', { path: { id: e.id }, body: { active } })
  } catch (error) {
    problem.value = { id: e.id, error }
  }
  refresh()
}

export function Endpoints() {
  if (endpoints.value.length === 0) {
    const query = workspace.value && `?workspace=${workspace.value}`
    return <div class="empty"><p>{t('noEndpoint')}</p><Copy text={`curl -H 'Content-Type: application/json' -d '{"url":"http://127.0.0.1:3000/hook"}' '${root}__admin/webhooks${query}'`} /></div>
  }
  return <ul class="endpoints" aria-label={t('endpoints')}>{endpoints.value.map((e) => <li key={e.id}><One e={e} /></li>)}</ul>
}

function One({ e }: { e: Endpoint }) {
  const breaks = [...flags.filter((name) => e[name]).map((name) => t(name)), ...times.filter((name) => e[name]).map((name) => `${t(name)} ${e[name]}`)]
  const facts = [e.events.join(', '), e.own_secret && t('ownSecret'), e.pending > 0 && t('pending', { n: numberOf(e.pending) }), ...breaks].filter(Boolean)
  const last = deliveries.value?.findLast((d) => d.endpoint === e.id && d.attempts.length > 0)?.attempts.at(-1)
  return (
    <>
      <div class="head">
        <code dir="ltr">{e.url}</code>
        <button type="button" role="switch" aria-checked={e.active} aria-label={t('switch', { url: e.url })} onClick={() => void turn(e, !e.active)}>{e.active ? t('on') : t('off')}</button>
        <button type="button" onClick={() => void (shownForm.value = e)}>{t('edit')}</button>
      </div>
      <p class="quiet">{facts.flatMap((fact, i) => [i > 0 && ' · ', <bdi key={i}>{fact}</bdi>])}</p>
      {e.reason && <p class="bad" dir="auto">{e.reason}</p>}
      {last?.failure && <p class="bad" dir="auto">{t('failed', { text: last.failure })}</p>}
      {problem.value?.id === e.id && <Problem error={problem.value.error} />}
    </>
  )
}
