// A form for the body of an operation, made from its schema.
import { useAction } from '../../base/action'
import type { Contract, Listed } from '../../base/document'
import { Problem } from '../../base/problem'
import type { Draft } from '../../base/signed'
import { formOf, type Field, type Form, type Row } from './collections'
import { t } from './texts'

type Props = { contract: Contract; operation: Listed; record?: Row | undefined; send: (body: Draft['body']) => Promise<unknown>; close: () => void }

export function RecordForm({ contract, operation, record, send, close }: Props) {
  const form = formOf(contract, operation)
  const { busy, error, run } = useAction()
  const submit = (e: SubmitEvent) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget as HTMLFormElement)
    void run(() => send(bodyOf(form, typed, record)))
  }
  return (
    <form class="record" onSubmit={submit} noValidate>
      {form.fields.map((field) => <Input key={field.name} field={field} value={record?.[field.name]} />)}
      <Problem error={error} />
      <div class="actions">
        <button class="main" disabled={busy}>{t('save')}</button>
        <button type="button" onClick={close}>{t('cancel')}</button>
      </div>
    </form>
  )
}

// The page does not check what is typed: the mock does, and its refusal is what a program would get.
function Input({ field, value }: { field: Field; value: unknown }) {
  const { name, schema } = field
  const id = `field-${name}`
  return (
    <div>
      <label for={id}><code>{name}</code>{field.required && ' *'}</label>
      <Control id={id} field={field} value={value} />
      {schema.description && <p class="quiet" id={`${id}-text`} lang="en" dir="auto">{schema.description.split('\n\n')[0]!.replaceAll('`', '')}</p>}
    </div>
  )
}

function Control({ id, field: { name, schema }, value }: { id: string; field: Field; value: unknown }) {
  const common = { id, name, 'aria-describedby': schema.description ? `${id}-text` : undefined }
  const choices = schema.enum ?? (schema.type === 'boolean' ? [true, false] : undefined)
  if (schema.format === 'binary') return <input type="file" {...common} />
  if (choices) {
    return (
      <select {...common} defaultValue={text(value)}>
        <option value="">({t('unset')})</option>
        {choices.map((choice) => <option key={String(choice)} value={String(choice)} selected={choice === value}>{String(choice)}</option>)}
      </select>
    )
  }
  if (nested(schema)) return <textarea {...common} dir="ltr" rows={4} placeholder={t('asJSON')} defaultValue={value === undefined ? '' : JSON.stringify(value, null, 1)} />
  if (schema.type === 'integer' || schema.type === 'number') return <input inputMode="decimal" dir="ltr" {...common} defaultValue={text(value)} />
  return <input dir="auto" {...common} defaultValue={text(value)} placeholder={text(schema.example)} />
}

const nested = ({ type }: Field['schema']) => type === 'object' || type === 'array'
const text = (value: unknown) => (value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value))

/** The body of what was typed. A field that is empty, and was so before, is not sent. */
function bodyOf(form: Form, typed: FormData, record: Row = {}): Draft['body'] {
  const given = form.fields.filter(({ name }) => {
    const value = typed.get(name)
    if (value instanceof File) return value.size > 0 || value.name !== ''
    return value !== null && (value !== '' || text(record[name]) !== '')
  })
  if (form.type === 'application/json') return JSON.stringify(Object.fromEntries(given.map((field) => [field.name, jsonOf(field, String(typed.get(field.name)))])))
  if (form.type === 'multipart/form-data') {
    const body = new FormData()
    for (const { name } of given) body.append(name, typed.get(name)!)
    return body
  }
  return String(new URLSearchParams(given.map(({ name }) => [name, String(typed.get(name))])))
}

/** A typed value as the type that the schema names; what does not fit is sent as it was typed, for the mock to refuse. */
function jsonOf({ name, schema }: Field, typed: string): unknown {
  if (typed === '' && schema.nullable) return null
  if (nested(schema)) {
    try {
      return JSON.parse(typed) as unknown
    } catch (error) {
      throw new Error(t('notJSON', { field: name, text: String(error) }))
    }
  }
  if ((schema.type === 'integer' || schema.type === 'number') && typed !== '' && Number.isFinite(Number(typed))) return Number(typed)
  const choice = [...(schema.enum ?? []), ...(schema.type === 'boolean' ? [true, false] : [])].find((value) => String(value) === typed)
  return choice === undefined ? typed : choice
}
