import { useEffect, useState } from 'preact/hooks'
import { useAction } from '../../base/action'
import { control } from '../../base/call'
import { useKeys } from '../../base/keys'
import { Problem } from '../../base/problem'
import { useRead } from '../../base/read'
import { Time } from '../../base/time'
import { current } from '../../base/workspaces'
import type { components } from '../../wire/control.gen'
import { t } from './texts'

const atOnce = 1000
const day = 24 * 3600_000 // after so long without a message a conversation is expired

export function Clock() {
  const clock = useRead(async () => ({ ...await control('get', '/clock'), read: performance.now() }), '', (c) => c.kind === 'clock.changed' || c.kind === 'workspace.reset')
  const { busy, error, run, setError } = useAction()
  const now = useRunning(clock.value)
  const change = (body: components['schemas']['ClockChange']) => run(async () => {
    await control('post', '/clock', { body })
    clock.again()
  })
  const turn = () => void change({ run: clock.value?.standing ?? false })
  const toExpiry = () => run(async () => {
    const from = Date.parse((await control('get', '/clock')).now)
    const at = await nextExpiry(from)
    if (at === undefined) throw new Error(t('noExpiry'))
    await control('post', '/clock', { body: { advance: `${Math.ceil((at - from) / 1000)}s` } })
    clock.again()
  })
  useKeys([
    { key: 'h', text: () => t('keyHour'), run: () => void change({ advance: '1h' }) },
    { key: 'd', text: () => t('keyDay'), run: () => void change({ advance: '24h' }) },
    { key: 'x', text: () => t('keyExpiry'), run: () => void toExpiry() },
    { key: 'r', text: () => t('keyRun'), run: turn },
  ])
  const set = (e: SubmitEvent) => {
    e.preventDefault()
    const typed = String(new FormData(e.currentTarget as HTMLFormElement).get('at'))
    const at = new Date(typed) // by the clock of the browser, as the field shows it
    if (Number.isNaN(at.getTime())) setError(new Error(typed))
    else void change({ set: at.toISOString().replace(/\.\d+/, '') })
  }
  return (
    <section aria-labelledby="clock">
      <h2 id="clock">{t('clock')}</h2>
      {clock.value && <p class="now"><Time at={`${new Date(now).toISOString().slice(0, 19)}Z`} both /> · {t(clock.value.standing ? 'standing' : 'running')}</p>}
      <div class="actions">
        <button type="button" disabled={busy || !clock.value} onClick={turn}>{t(clock.value?.standing ? 'runOn' : 'stop')}</button>
        <button type="button" disabled={busy} onClick={() => void change({ advance: '1h' })}><bdi>+1 h</bdi></button>
        <button type="button" disabled={busy} onClick={() => void change({ advance: '24h' })}><bdi>+24 h</bdi></button>
        <button type="button" disabled={busy || !clock.value} onClick={() => void toExpiry()}>{t('expiry')}</button>
        <form class="actions" onSubmit={set}>
          <label>{t('set')} <input type="datetime-local" name="at" step="1" required /></label>
          <button disabled={busy}>{t('setTo')}</button>
        </form>
      </div>
      <Problem error={error ?? clock.error} />
    </section>
  )
}

/** The instant that the workspace's clock shows, in milliseconds; drawn again each second while the clock runs. */
function useRunning(clock: { now: string; standing: boolean; read: number } | undefined): number {
  const [, draw] = useState(0)
  const runs = clock !== undefined && !clock.standing
  useEffect(() => {
    if (!runs) return
    const timer = setInterval(() => draw((n) => n + 1), 1000)
    return () => clearInterval(timer)
  }, [runs])
  if (!clock) return 0
  return Date.parse(clock.now) + (runs ? performance.now() - clock.read : 0)
}

/** When the next conversation expires, of all numbers. The control API is asked: no fault or limit is in the way of it. */
async function nextExpiry(now: number): Promise<number | undefined> {
  const ends: number[] = []
  for (const number of current.value?.phone_number_ids ?? []) {
    for (let offset = 0, total = 1; offset < total; offset += atOnce) {
      const page = await control('get', '/conversations', { query: { phone_number_id: number, offset, limit: atOnce } })
      total = page.total
      ends.push(...page.data.filter((row) => !row.closed).map((row) => Date.parse(row.updated_at) + day).filter((end) => end > now))
    }
  }
  return ends.length > 0 ? Math.min(...ends) : undefined
}
