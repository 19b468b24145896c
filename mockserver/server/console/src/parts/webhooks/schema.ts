// The events of the document in force, and the schema of each place in them.
import { plain, type Contract, type Schema } from '../../base/document'

type Events = Record<string, { post?: { requestBody?: { content?: Record<string, { schema?: Schema }> } } }>

const all = (doc: Contract) => (doc as { 'x-webhooks'?: Events })['x-webhooks'] ?? {}

/** The events that the document has, without the check of an address; none until it is read. */
export const events = (doc: Contract | undefined) => (doc ? Object.keys(all(doc)).filter((name) => name !== 'verification') : [])

/** The schema at a place of an event, such as `data.from`; without a schema: the document does not have the place. */
export function schemaAt(doc: Contract, event: string, path: string): { schema?: Schema; required: boolean } {
  const content = all(doc)[event]?.post?.requestBody?.content ?? {}
  let schema = plain(doc, Object.values(content)[0]?.schema)
  let required = false
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    const inside = /^\d+$/.test(step) && schema.items ? schema.items : schema.properties?.[step]
    if (!inside) return { required: false }
    required = schema.required?.includes(step) ?? false
    schema = plain(doc, inside)
  }
  return { schema, required }
}

/** A schema in one line. */
export function inWords(schema: Schema): string {
  const values = schema.enum ? schema.enum.map(String).join(' | ') : ''
  return [values || [schema.type, schema.format].filter(Boolean).join(' '), schema.pattern && `/${schema.pattern}/`, schema.nullable && 'null'].filter(Boolean).join(', ')
}
