// The control API, as its document describes it. A path, method, parameter or body that a document does not have
// is an error of the compiler.
import { root } from './config'
import { token, workspace } from './keep'
import { connection, tokenWanted } from './connection'
import type { paths as ControlPaths } from '../wire/control.gen'

export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
export type Operation<Paths, P extends keyof Paths, M extends Method> = M extends keyof Paths[P] ? Paths[P][M] : never
export type Parameters<O, In extends string> = O extends { parameters: { [K in In]?: infer V } } ? V : never
export type Body<O> = O extends { requestBody?: { content: infer C } } ? C[keyof C] : never
type Content<R> = R extends { content: infer C } ? C[keyof C] : undefined
export type Answer<O> = O extends { responses: infer R } ? Content<R[keyof R & (200 | 201 | 202 | 204)]> : never
export type MethodsOf<Paths, P extends keyof Paths> = { [M in Method]: NonNullable<Operation<Paths, P, M>> extends { responses: unknown } ? M : never }[Method]

export type Options<O> = {
  path?: Parameters<O, 'path'>
  query?: Parameters<O, 'query'>
  body?: Body<O>
  signal?: AbortSignal
}

/** A refusal of the mock, with the words of its answer. `field` gives what the answer says of one field of the request. */
export class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly details: Record<string, string>, readonly requestId: string) {
    super(message)
  }
}

/** The mock did not answer at all. */
export class Unreachable extends Error {}

/** Fills in {names} of a path and adds a query, as it will be in the request line. */
export function target(path: string, parts: object = {}, query: object = {}): string {
  const values = parts as Record<string, unknown>
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  return given.length > 0 ? `${filled}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : filled
}

export async function send(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, cache: 'no-store' })
  } catch (error) {
    if (init.signal?.aborted) throw error
    connection.lost()
    throw new Unreachable()
  }
}

async function refusal(answer: Response): Promise<Refusal> {
  const body = await answer.json().catch(() => ({}))
  return new Refusal(answer.status, body.error ?? '', body.message ?? answer.statusText, body.details ?? {}, body.request_id ?? '')
}

/** The value of an answer. @throws Refusal */
export async function valueOf(answer: Response) {
  if (!answer.ok) throw await refusal(answer)
  if (answer.status === 204) return undefined
  return answer.headers.get('Content-Type')?.startsWith('application/json') ? answer.json() : answer.text()
}

/** Headers that every request of the control API carries. */
export const controlHeaders = (): Record<string, string> => (token.value ? { Authorization: `Bearer ${token.value}` } : {})

/**
 * Calls an operation of the control API, for the workspace that is chosen unless the query names another.
 * @throws Refusal, Unreachable
 */
export async function control<P extends keyof ControlPaths, M extends MethodsOf<ControlPaths, P>>(
  method: M, path: P, o: Options<Operation<ControlPaths, P, M>> = {},
): Promise<Answer<Operation<ControlPaths, P, M>>> {
  const where = target(path, o.path ?? {}, { workspace: workspace.value, ...(o.query as object) })
  const asIs = typeof o.body === 'string' || (o.body as unknown) instanceof Blob // a file is sent as it is read
  const body = o.body === undefined ? {} : { body: asIs ? (o.body as string) : JSON.stringify(o.body) }
  const kind = asIs ? 'application/x-ndjson' : 'application/json'
  const answer = await send(new URL(`__admin${where}`, root), {
    method: method.toUpperCase(), headers: { ...controlHeaders(), ...(o.body === undefined ? {} : { 'Content-Type': kind }) }, ...body, signal: o.signal ?? null,
  })
  if (answer.status === 401) tokenWanted.value = token.value ? 'wrong' : 'missing'
  return valueOf(answer)
}
