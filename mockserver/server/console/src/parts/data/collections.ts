// The collections of the contract, with the operations that list, read, create, change and delete their records.
import { target, valueOf } from '../../base/call'
import { operations, plain, resolve, type CollectionRules, type Contract, type Listed, type Schema } from '../../base/document'
import { sendSigned, type Draft } from '../../base/signed'
import { current } from '../../base/workspaces'

export type Row = Record<string, unknown>
export type Collection = CollectionRules & {
  list: Listed
  one?: Listed // reads one record by its key
  create?: Listed
  change?: Listed
  remove?: Listed
  columns: string[] // fields of a row that fit into a table
}

export function collections(doc: Contract): Collection[] {
  const all = operations(doc)
  return Object.entries(doc.paths).flatMap(([path, item]) => {
    const rules = item['x-collection']
    const list = all.find((o) => o.path === path && o.method === 'GET')
    if (!rules || !list) return []
    const under = (...ways: string[]) => all.find((o) => o.path.startsWith(`${path}/{`) && !o.path.slice(path.length + 1).includes('/') && ways.includes(o.method))
    return [{
      ...rules, list, columns: columns(doc, list, rules.key),
      one: under('GET'), create: all.find((o) => o.path === path && o.method === 'POST'), change: under('PATCH', 'PUT'), remove: under('DELETE'),
    }]
  })
}

/** The key, then the fields of a row that are one value, in the order of the document. */
function columns(doc: Contract, list: Listed, key: string): string[] {
  const answer = resolve(doc, list.operation.responses['200'] ?? {})
  const rows = plain(doc, plain(doc, answer.content?.['application/json']?.schema).properties?.['data'])
  const fields = Object.entries(plain(doc, rows.items).properties ?? {})
  const single = fields.filter(([, schema]) => !['object', 'array'].includes(plain(doc, schema).type ?? 'object')).map(([name]) => name)
  return [key, ...single.filter((name) => name !== key && !name.endsWith('_url'))].slice(0, 9)
}

/** The query that an operation wants beside what is given: the sending number of the workspace. */
function numbered(o: Listed, query: Record<string, string>): Record<string, string> {
  const wanted = o.parameters.some((p) => p.in === 'query' && p.name === 'phone_number_id')
  return wanted ? { phone_number_id: current.value?.phone_number_ids[0] ?? '', ...query } : query
}

/** What an answer said of the rate limit of its operation; undefined where there is none. */
export type Limit = { limit: string; remaining: string } | undefined

/**
 * Sends a request of an operation and gives the JSON of its answer.
 * @param limit gets what is left of the rate limit
 * @throws Refusal, Unreachable
 */
export async function call(o: Listed, key: unknown, query: Record<string, string> = {}, body?: Draft['body'], limit?: (left: Limit) => void): Promise<Row> {
  const path = o.path.replace(/\{\w+\}/, () => encodeURIComponent(String(key)))
  const answer = await sendSigned({ method: o.method, target: target(path, {}, numbered(o, query)), ...(body !== undefined && { body }) })
  const remaining = answer.headers.get('X-RateLimit-Remaining')
  limit?.(remaining === null ? undefined : { limit: answer.headers.get('X-RateLimit-Limit') ?? '', remaining })
  return ((await valueOf(answer)) ?? {}) as Row
}

export type Field = { name: string; schema: Schema; required: boolean }
export type Form = { type: string; fields: Field[] }

/** The body that an operation takes, as fields; a form is preferred to JSON, since it may have files. */
export function formOf(doc: Contract, o: Listed): Form {
  const content = resolve(doc, o.operation.requestBody ?? {}).content ?? {}
  const type = ['multipart/form-data', 'application/x-www-form-urlencoded', 'application/json'].find((name) => content[name]) ?? 'application/json'
  const schema = plain(doc, content[type]?.schema)
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => ({ name, schema: plain(doc, field), required: schema.required?.includes(name) ?? false }))
  return { type, fields }
}
