// A request to be changed and sent again, signed anew, as often as one likes.
import { useState } from 'preact/hooks'
import { Code } from '../../base/code'
import { Problem } from '../../base/problem'
import { href } from '../../base/route'
import { draftOf, notKept, sendAgain, type Draft, type Result } from './draft'
import { t } from './texts'
import type { Exchange } from './entries'

export function Again({ of }: { of: Exchange }) {
  const [result, setResult] = useState<Result>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const kept = notKept(of)
  if (kept !== '') return <p class="note">{t(kept)}</p>
  const draft = draftOf(of)

  const submit = async (e: SubmitEvent) => {
    e.preventDefault()
    const form = new FormData(e.currentTarget as HTMLFormElement)
    const text = (name: string) => String(form.get(name) ?? '')
    setBusy(true)
    setError(undefined)
    try {
      setResult(await sendAgain({ workspace: draft.workspace, method: text('method'), target: text('target'), headers: headersOf(text('headers')), body: bodyOf(text('body'), draft) }))
    } catch (problem) {
      setError(problem)
      setResult(undefined)
    }
    setBusy(false)
  }
  const rows = (value: string) => Math.min(16, Math.max(2, value.split('\n').length + 1))
  const headers = draft.headers.map(([name, value]) => `${name}: ${value}`).join('\n')
  return (
    <form class="again" onSubmit={(e) => void submit(e)}>
      <h3>{t('again')}</h3>
      {(draft.target + draft.body).includes('***') && <p class="note">{t('masked')}</p>}
      <div class="line">
        <label>{t('method')} <input name="method" dir="ltr" size={7} required pattern="[A-Za-z]+" defaultValue={draft.method} /></label>
        <label class="wide">{t('target')} <input name="target" dir="ltr" required pattern="/.*" defaultValue={draft.target} spellcheck={false} /></label>
      </div>
      <label>{t('ownHeaders')} <textarea name="headers" dir="ltr" rows={rows(headers)} spellcheck={false} defaultValue={headers} /></label>
      <label>{t('body')} <textarea name="body" dir="ltr" rows={rows(draft.body)} spellcheck={false} defaultValue={draft.body} /></label>
      <div class="buttons"><button class="main" disabled={busy}>{t('send')}</button></div>
      <Problem error={error} />
      {result && (
        <div role="status">
          <p><b class={`result r${String(result.status)[0]}`}>{result.status}</b> {t('sent', { status: result.status })} {result.id && <a href={href(['requests', result.id])}>{t('open')}</a>}</p>
          <Code text={result.text} />
        </div>
      )}
    </form>
  )
}

/** A form writes line ends its own way: what was not changed is sent as it was. */
function bodyOf(typed: string, draft: Draft): string {
  const plain = (text: string) => text.replaceAll('\r\n', '\n')
  return plain(typed) === plain(draft.body) ? draft.body : plain(typed)
}

function headersOf(text: string): [string, string][] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '').map((line) => {
    const colon = line.indexOf(':')
    if (colon < 1) throw new Error(t('badHeader', { line }))
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
  })
}
