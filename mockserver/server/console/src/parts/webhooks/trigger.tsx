// Sends an event that did not happen.
import { signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import { control } from '../../base/call'
import { useDocument } from '../../base/document'
import { Problem } from '../../base/problem'
import { Dialog } from '../../shell/dialog'
import { events } from './schema'
import { refresh } from './store'
import { t } from './texts'

export const triggerShown = signal(false)
const close = () => void (triggerShown.value = false)

export function Trigger() {
  return <Dialog title={t('trigger')} open={triggerShown.value} onClose={close}>{triggerShown.value && <Form />}</Dialog>
}

function Form() {
  const [error, setError] = useState<unknown>()
  const names = events(useDocument())
  const submit = async (e: SubmitEvent) => {
    e.preventDefault()
    const form = new FormData(e.currentTarget as HTMLFormElement)
    try {
      const data = values(String(form.get('data')))
      await control('post', '/webhooks/trigger', { body: { event: String(form.get('event')), ...(data && { data }) } })
      close()
      refresh()
    } catch (problem) {
      setError(problem)
    }
  }
  return (
    <form class="form" onSubmit={(e) => void submit(e)}>
      <label>{t('event')} <select name="event" dir="ltr">{names.map((name) => <option key={name}>{name}</option>)}</select></label>
      <label>{t('data')} <textarea name="data" dir="ltr" rows={4} spellcheck={false} placeholder='{"body": "Hello"}' /></label>
      <Problem error={error} />
      <div class="buttons"><button class="main" disabled={names.length === 0}>{t('send')}</button> <button type="button" onClick={close}>{t('cancel')}</button></div>
    </form>
  )
}

function values(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(t('noJSON', { text: (error as Error).message }))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(t('noJSON', { text }))
  return value as Record<string, unknown>
}
