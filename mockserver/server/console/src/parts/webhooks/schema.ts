// The schemas of the document in force, for what is shown beside them.
import { signal } from '@preact/signals'
import { send } from '../../base/call'
import { root } from '../../base/config'

type Schema = {
  $ref?: string; type?: string; format?: string; enum?: unknown[]; pattern?: string; nullable?: boolean; description?: string
  properties?: Record<string, Schema>; required?: string[]; items?: Schema; allOf?: Schema[]
}
type Document = { 'x-webhooks'?: Record<string, { post?: { requestBody?: { content?: Record<string, { schema?: Schema }> } } }> }

const document = signal<Document | null>(null)
let asked = false

/** Reads the document once. */
export async function readDocument() {
  if (asked) return
  asked = true
  try {
    const answer = await send(new URL('openapi.json', root), {})
    if (answer.ok) document.value = await answer.json()
  } catch {
    asked = false
  }
}

/** The events that the document has, without the check of an address. */
export const events = () => Object.keys(document.value?.['x-webhooks'] ?? {}).filter((name) => name !== 'verification')

function follow(schema: Schema | undefined): Schema | undefined {
  if (!schema?.$ref) return schema
  return schema.$ref.slice(2).split('/').reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], document.value) as Schema | undefined
}

function property(schema: Schema | undefined, name: string): { schema: Schema | undefined; required: boolean } {
  const all = [schema, ...(schema?.allOf ?? [])].map(follow)
  const owner = all.find((one) => one?.properties?.[name])
  return { schema: follow(owner?.properties?.[name]), required: all.some((one) => one?.required?.includes(name)) }
}

/** The schema at a place of an event, such as `data.from`; undefined if the document does not have it, null if it is not read yet. */
export function schemaAt(event: string, path: string): { schema: Schema | undefined; required: boolean } | null {
  if (!document.value) return null
  const content = document.value['x-webhooks']?.[event]?.post?.requestBody?.content ?? {}
  let found = { schema: follow(Object.values(content)[0]?.schema), required: false }
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    found = /^\d+$/.test(step) && found.schema?.items ? { schema: follow(found.schema.items), required: false } : property(found.schema, step)
  }
  return found
}

/** A schema in one line. */
export function inWords(schema: Schema): string {
  const values = schema.enum ? schema.enum.map(String).join(' | ') : ''
  return [values || [schema.type, schema.format].filter(Boolean).join(' '), schema.pattern && `/${schema.pattern}/`, schema.nullable && 'null'].filter(Boolean).join(', ')
}
