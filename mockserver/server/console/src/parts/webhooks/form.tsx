// The form of an endpoint, new or known.
import { signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import { control } from '../../base/call'
import { useDocument } from '../../base/document'
import { Problem } from '../../base/problem'
import { Dialog } from '../../shell/dialog'
import { events } from './schema'
import { refresh, type Endpoint } from './store'
import { flags, times } from './trouble'
import { t } from './texts'

/** The endpoint that is changed, 'new' for a new one, null for none. */
export const shownForm = signal<Endpoint | 'new' | null>(null)

/** Events that no document has: the mock's guess, sent only to an endpoint that names them. */
const guessed = ['order.created', 'order.updated']

const close = () => void (shownForm.value = null)

export function EndpointForm() {
  const shown = shownForm.value
  const title = shown && shown !== 'new' ? t('editTitle') : t('add')
  return <Dialog title={title} open={shown !== null} onClose={close}>{shown !== null && <Form known={shown === 'new' ? null : shown} />}</Dialog>
}

function Form({ known }: { known: Endpoint | null }) {
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const attempt = async (run: () => Promise<unknown>) => {
    setBusy(true)
    try {
      await run()
      close()
      refresh()
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }
  const submit = (e: SubmitEvent) => {
    e.preventDefault()
    const form = new FormData(e.currentTarget as HTMLFormElement)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const body = {
      events: form.getAll('events').map(String),
      ...Object.fromEntries(flags.map((name) => [name, form.has(name)])),
      ...Object.fromEntries(times.filter((name) => known || text(name) !== '').map((name) => [name, text(name) || '0s'])),
      ...(text('secret') !== '' && { secret: text('secret') }),
    }
    void attempt(() => known ? control('patch', '/webhooks/{id}', { path: { id: known.id }, body }) : control('post', '/webhooks', { body: { url: text('url'), ...body } }))
  }
  const names = [...new Set([...events(useDocument()), ...guessed, ...(known?.events ?? [])])]
  return (
    <form class="form" onSubmit={submit}>
      <label>{t('url')} <input name="url" dir="ltr" type="url" required autofocus={!known} readOnly={!!known} defaultValue={known?.url ?? ''} placeholder="https://example.com/hook" /></label>
      {!known && <p class="quiet">{t('urlHelp')}</p>}
      <fieldset><legend>{t('events')}</legend>
        {names.map((name) => <label key={name} class="check"><input type="checkbox" name="events" value={name} defaultChecked={known?.events.includes(name) ?? false} /> <code dir="ltr">{name}</code>{guessed.includes(name) && <small class="quiet">{t('onlyChosen')}</small>}</label>)}
      </fieldset>
      <label>{t(known ? 'keepSecret' : 'secret')} <input name="secret" type="password" autocomplete="off" dir="ltr" /></label>
      <details open={!!known && [...flags, ...times].some((name) => known[name])}><summary>{t('trouble')}</summary>
        <div class="troubles">
          {flags.map((name) => <label key={name} class="check"><input type="checkbox" name={name} defaultChecked={known?.[name] ?? false} /> {t(name)}</label>)}
          {times.map((name) => <label key={name} class="check">{t(name)} <input name={name} dir="ltr" size={6} placeholder="0s" defaultValue={known?.[name] ?? ''} /></label>)}
        </div>
      </details>
      <Problem error={error} />
      <div class="buttons">
        <button class="main" disabled={busy}>{known ? t('save') : t('add')}</button>
        <button type="button" onClick={close}>{t('cancel')}</button>
        {known && <button type="button" class="last" disabled={busy} onClick={() => void attempt(() => control('delete', '/webhooks/{id}', { path: { id: known.id } }))}>{t('remove')}</button>}
      </div>
    </form>
  )
}
