import { useEffect } from 'preact/hooks'
import { control } from '../../base/call'
import { Problem } from '../../base/problem'
import { useRead } from '../../base/read'
import { timeOf } from '../../base/texts'
import { t } from './texts'

/** What is left of the rate limits, of the operations that have been asked. */
export function Limits() {
  const limits = useRead(() => control('get', '/limits'), '', (c) => c.kind === 'workspace.reset')
  useEffect(() => {
    const timer = setInterval(() => void (document.hidden || limits.again()), 2000)
    return () => clearInterval(timer)
  }, [limits.again])
  const all = limits.value?.data
  const used = all?.filter((limit) => limit.remaining < limit.limit) ?? []
  return (
    <section aria-labelledby="limits">
      <h2 id="limits">{t('limits')}</h2>
      {all && used.length === 0 && <p class="quiet">{t(all.length === 0 ? 'noLimits' : 'full')}</p>}
      <ul class="limits">
        {used.map((limit) => (
          <li key={limit.operation}>
            <code>{limit.operation}</code>
            <meter aria-label={limit.operation} min={0} max={limit.limit} low={limit.limit / 10} value={limit.remaining} />
            <span>{t('left', { remaining: limit.remaining, limit: limit.limit, time: timeOf(new Date(limit.reset * 1000).toISOString()) })}</span>
          </li>
        ))}
      </ul>
      <Problem error={limits.error} />
    </section>
  )
}
