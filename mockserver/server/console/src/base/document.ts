// The contract in force, as /openapi.json has it: the page shows operations, collections and forms that it describes.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { send } from './call'
import { root } from './config'
import { connection } from './connection'

export type Schema = {
  $ref?: string
  type?: string
  format?: string
  enum?: unknown[]
  nullable?: boolean
  description?: string
  example?: unknown
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
}
export type Parameter = { $ref?: string; name: string; in: string; required?: boolean; schema?: Schema }
export type Requirement = { id: string; level: string; text: string; source: string; mark: string }
export type Operation = {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { $ref?: string; content?: Record<string, { schema?: Schema }> }
  responses: Record<string, { $ref?: string; content?: Record<string, { schema?: Schema }> }>
  'x-requirements'?: Requirement[]
}
export type CollectionRules = { name: string; key: string; search?: string[]; filters?: Record<string, string>; page?: string; limit?: string; default_limit?: number }
type Path = { parameters?: Parameter[]; 'x-collection'?: CollectionRules } & { [K in (typeof methods)[number]]?: Operation }
export type Contract = {
  info: { title: string; version: string }
  paths: Record<string, Path>
  components?: Record<string, Record<string, unknown>>
  'x-requirements'?: Requirement[]
}

const methods = ['get', 'put', 'post', 'patch', 'delete'] as const

const contract = signal<Contract>()
let read = ''

/** The contract in force; undefined until it is read. It is read again when the mock is back, or a part is opened that uses it. */
export function useDocument(): Contract | undefined {
  useEffect(() => {
    void send(new URL('openapi.json', root), {}).then(async (answer) => {
      const text = await answer.text()
      if (!answer.ok || text === read) return
      contract.value = JSON.parse(text) as Contract
      read = text
    }).catch(() => {}) // what shows it waits
  }, [connection.returns.value])
  return contract.value
}

export type Listed = { id: string; method: string; path: string; operation: Operation; parameters: Parameter[] }

/** All operations, in the order of the document. */
export function operations(doc: Contract): Listed[] {
  return Object.entries(doc.paths).flatMap(([path, item]) => methods.flatMap((method) => {
    const operation = item[method]
    if (!operation) return []
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((p) => resolve(doc, p))
    return [{ id: operation.operationId, method: method.toUpperCase(), path, operation, parameters }]
  }))
}

/** What a $ref leads to, or the value itself. */
export function resolve<T extends { $ref?: string }>(doc: Contract, value: T): T {
  for (let n = 0; value.$ref !== undefined && n < 20; n++) {
    value = value.$ref.slice(2).split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], doc) as T ?? ({} as T)
  }
  return value
}

/** A schema with what its $ref, allOf and first anyOf or oneOf add; enough to draw a field for it. */
export function plain(doc: Contract, schema: Schema | undefined, depth = 0): Schema {
  if (!schema || depth > 8) return {}
  const { allOf = [], anyOf = [], oneOf = [], ...own } = resolve(doc, schema)
  const more = [...allOf, ...anyOf.slice(0, 1), ...oneOf.slice(0, 1)].map((part) => plain(doc, part, depth + 1))
  if (more.length === 0) return own
  const parts = [...more, own]
  const properties = Object.assign({}, ...parts.map((part) => part.properties))
  return {
    ...Object.assign({}, ...parts),
    ...(Object.keys(properties).length > 0 && { properties }),
    required: parts.flatMap((part) => part.required ?? []),
  }
}

/** The values that a schema allows, as texts: of an enum, and of true or false. */
export function choices(doc: Contract, schema: Schema): string[] {
  const { enum: listed, type } = plain(doc, schema)
  return (listed ?? (type === 'boolean' ? [true, false] : [])).map(String)
}
