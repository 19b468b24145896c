// The two APIs of the mock, as their documents describe them. A path, method, parameter or body that a document does not have
// is an error of the compiler.
import { root, settings } from './config'
import { token, workspace } from './keep'
import { connection, tokenWanted } from './connection'
import type { paths as ApiPaths } from '../wire/api.gen'
import type { paths as ControlPaths } from '../wire/control.gen'

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
type Operation<Paths, P extends keyof Paths, M extends Method> = M extends keyof Paths[P] ? Paths[P][M] : never
type Parameters<O, In extends string> = O extends { parameters: { [K in In]?: infer V } } ? V : never
type Body<O> = O extends { requestBody?: { content: infer C } } ? C[keyof C] : never
type Content<R> = R extends { content: infer C } ? C[keyof C] : undefined
type Answer<O> = O extends { responses: infer R } ? Content<R[keyof R & (200 | 201 | 202 | 204)]> : never
type MethodsOf<Paths, P extends keyof Paths> = { [M in Method]: NonNullable<Operation<Paths, P, M>> extends { responses: unknown } ? M : never }[Method]

type Options<O> = {
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

async function value(answer: Response) {
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
  return value(answer)
}

/** A request of the API as it will be sent: its target has no base path. */
export type Draft = { method: string; target: string; body?: string | FormData; headers?: Record<string, string> }

/**
 * Signs a request of the API as the browser will send it and sends it. The answer is given as it is, with any status.
 * @throws Unreachable; Refusal if the control API does not sign it
 */
export async function sendSigned(draft: Draft): Promise<Response> {
  const url = new URL(`.${settings.value?.base_path ?? ''}${draft.target}`, root)
  const headers = new Headers(draft.headers)
  if (typeof draft.body === 'string' && !headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
  const written = new Request(url, { method: draft.method, headers, body: draft.body ?? null })
  const bytes = new Uint8Array(await written.arrayBuffer()) // with the boundary that the browser has chosen
  const signed = await control('post', '/sign', {
    body: { method: draft.method, target: draft.target, body_base64: await base64(bytes), content_type: written.headers.get('Content-Type') ?? '' },
  })
  for (const [name, value] of Object.entries(signed.headers)) written.headers.set(name, value)
  return send(url, { method: draft.method, headers: written.headers, body: bytes.length > 0 ? bytes : null })
}

async function base64(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const text = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error())
    reader.readAsDataURL(new Blob([bytes]))
  })
  return text.slice(text.indexOf(',') + 1)
}

/**
 * Calls an operation of the API, signed with the secret of the workspace that is chosen.
 * @throws Refusal, Unreachable
 */
export async function api<P extends keyof ApiPaths, M extends MethodsOf<ApiPaths, P>>(
  method: M, path: P, o: Options<Operation<ApiPaths, P, M>> & { form?: FormData } = {},
): Promise<Answer<Operation<ApiPaths, P, M>>> {
  const body = o.form ?? (o.body === undefined ? undefined : JSON.stringify(o.body))
  const answer = await sendSigned({ method: method.toUpperCase(), target: target(path, o.path ?? {}, o.query ?? {}), ...(body === undefined ? {} : { body }) })
  return value(answer)
}
