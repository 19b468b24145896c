// The API of the mock, as its document describes it: requests are signed by the control API, as the browser will send them.
import { control, send, target, valueOf, type Answer, type MethodsOf, type Operation, type Options } from './call'
import { root, settings } from './config'
import type { paths as ApiPaths } from '../wire/api.gen'

/** A request of the API as it will be sent: its target has no base path. */
export type Draft = { method: string; target: string; body?: string | FormData; headers?: Record<string, string> }

/**
 * Signs a request of the API as the browser will send it and sends it. The answer is given as it is, with any status.
 * @throws Unreachable; Refusal if the control API does not sign it
 */
export async function sendSigned(draft: Draft): Promise<Response> {
  const url = new URL(`.${settings.value.base_path}${draft.target}`, root)
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
  return valueOf(answer)
}
