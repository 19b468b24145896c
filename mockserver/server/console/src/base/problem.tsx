// What went wrong, in words, at the place where it happened.
import { Refusal, Unreachable } from './call'
import { t } from './words'

/** Shows an error, or nothing. The mock's own words are shown as they are. */
export function Problem({ error }: { error: unknown }) {
  if (!error) return null
  if (error instanceof Unreachable) return <p class="problem" role="alert">{t('unreachable')}</p>
  if (!(error instanceof Refusal)) return <p class="problem" role="alert">{t('own', { text: String(error) })}</p>
  const details = Object.entries(error.details)
  return (
    <div class="problem" role="alert">
      <p><strong dir="ltr">{error.status} {error.code}</strong> <span dir="auto">{error.message}</span></p>
      {details.length > 0 && <dl>{details.map(([field, text]) => <div key={field}><dt><code>{field}</code></dt><dd dir="auto">{text}</dd></div>)}</dl>}
    </div>
  )
}
