// Writing, as the customer by the control API, or as the business by the API, with each kind of message that it has.
import { signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import { control, target, valueOf } from '../../base/call'
import { Problem } from '../../base/problem'
import { sendSigned } from '../../base/signed'
import type { components } from '../../wire/control.gen'
import { kinds, type Field } from './kinds'
import { newest, thread } from './shown'
import { t } from './talk-texts'
import { word } from './texts'

type Side = 'customer' | 'business'
const side = signal<Side>('customer')
export const otherSide = () => void (side.value = side.value === 'customer' ? 'business' : 'customer')

const customerTypes = ['text', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'template', 'button', 'list'] as const
const kind = signal<Record<Side, string>>({ customer: 'text', business: 'text' })

export function Composer() {
  const [problem, setProblem] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const now = side.value
  const submit = async (e: Event) => {
    e.preventDefault()
    const form = e.currentTarget as HTMLFormElement
    if (busy || !form.reportValidity()) return
    setBusy(true)
    try {
      await (now === 'customer' ? receive(form) : send(form))
      form.reset()
      setProblem(null)
      void newest()
    } catch (error) {
      setProblem(error)
    }
    setBusy(false)
    form.querySelector<HTMLElement>('#inbox-text')?.focus()
  }
  const enter = (e: KeyboardEvent) => {
    if (e.key !== 'Enter' || e.shiftKey || e.isComposing || (e.target as HTMLElement).id !== 'inbox-text') return
    e.preventDefault()
    ;(e.currentTarget as HTMLFormElement).requestSubmit()
  }
  const names = now === 'customer' ? customerTypes : Object.keys(kinds)
  const chosenKind = kind.value[now]
  const fields: Field[] = now === 'customer' ? [{ path: 'content', label: chosenKind === 'text' ? 'content' : 'contentOf', input: 'area' }] : kinds[chosenKind]!.fields
  const pick = (name: string) => (setProblem(null), void (kind.value = { ...kind.value, [now]: name }))
  return (
    <div class={`composer ${now}`}>
      <div class="sides" role="group" aria-label={t('side')}>
        {(['customer', 'business'] as const).map((name) => (
          <button key={name} type="button" aria-pressed={now === name} onClick={() => (setProblem(null), void (side.value = name))}>{t(name)}</button>
        ))}
        <select id="inbox-kind" aria-label={t('kind')} title={t('kind')} value={chosenKind} onChange={(e) => pick(e.currentTarget.value)}>
          {names.map((name) => <option key={name} value={name}>{name === 'media' ? `${word('image')}, ${word('video')} …` : word(name)}</option>)}
        </select>
      </div>
      <form key={`${now} ${chosenKind}`} onSubmit={(e) => void submit(e)} onKeyDown={enter}>
        <div class="inputs">{fields.map((field, i) => <Input key={field.path} of={field} id={i === 0 ? 'inbox-text' : undefined} alone={fields.length === 1} />)}</div>
        <button class="main" disabled={busy}>{t('send')}</button>
      </form>
      <Problem error={problem} />
    </div>
  )
}

/** A field under its label; one that is alone has it inside. */
function Input({ of, id, alone }: { of: Field; id: string | undefined; alone: boolean }) {
  const { path: name, input, choices } = of
  const common = { name, id, title: name, dir: 'auto' as const }
  return (
    <label class={input === 'area' || input === 'lines' ? 'wide' : ''}>
      <span class={alone ? 'hidden' : ''}>{t(of.label)}</span>
      {choices ? <select {...common}>{choices.map((c) => <option key={c} value={c}>{word(c.toLowerCase())}</option>)}</select>
        : input === 'file' ? <input type="file" name={name} />
          : input === 'area' || input === 'lines' ? <textarea {...common} rows={input === 'lines' ? 3 : 2} placeholder={alone ? t(of.label) : ''} />
            : <input {...common} inputMode={input === 'number' ? 'decimal' : 'text'} />}
    </label>
  )
}

async function receive(form: HTMLFormElement) {
  const content = String(new FormData(form).get('content'))
  const type = kind.value.customer as components['schemas']['MessageType']
  await control('post', '/conversations/{id}/messages', { path: { id: thread.value!.conversation.id }, body: { type, content } })
}

async function send(form: HTMLFormElement) {
  const { phone, phone_number_id } = thread.value!.conversation
  const { path, request } = kinds[kind.value.business]!
  const body = request(phone, new FormData(form))
  await valueOf(await sendSigned({ method: 'POST', target: target(path, {}, { phone_number_id }), body: body instanceof FormData ? body : JSON.stringify(body) }))
}
