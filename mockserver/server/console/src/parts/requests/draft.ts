// A request to be sent again: as it was, or changed by hand, and signed anew.
import { control, send } from '../../base/call'
import { root, settings } from '../../base/config'
import { workspaces } from '../../base/workspaces'
import type { Exchange } from './entries'

/** `target` is path and query as in the request line, with the base path. */
export type Draft = { workspace: string; method: string; target: string; headers: [string, string][]; body: string }

const base = () => root.pathname.replace(/\/$/, '')

// What the sender of a request writes itself, or the signature does.
const own = /^(host|connection|content-length|transfer-encoding|accept-encoding|user-agent|origin|referer|cookie|expect|te|upgrade.*|sec-.*|x-forwarded-.*|x-timestamp|x-domain|x-client-id|x-awal-signature-256)$/i

/** What can be sent again of an exchange; headers that were masked are left out. */
export function draftOf(x: Exchange): Draft {
  const headers = Object.entries(x.request.headers).flatMap(([name, values]) => values.map((value): [string, string] => [name, value]))
  return {
    workspace: x.workspace, method: x.request.method, target: x.request.target, body: x.request.body,
    headers: headers.filter(([name, value]) => !own.test(name) && !value.includes('***')),
  }
}

/** Why an exchange cannot be sent again as it was; '' if it can. */
export function notKept(x: Exchange): '' | 'upload' | 'cut' {
  const { body, body_bytes } = x.request
  if (body === '' && body_bytes !== 0) return 'upload'
  return body_bytes > 64 << 10 ? 'cut' : ''
}

/** The address of a draft, written as a browser writes it. */
const urlOf = (draft: Draft) => new URL(base() + draft.target, root)

/**
 * Signs a draft with the secret of its workspace, or of the default one where there is no such workspace.
 * @returns its address and all headers
 * @throws Refusal, Unreachable
 */
export async function signed(draft: Draft): Promise<{ url: URL; headers: [string, string][] }> {
  const url = urlOf(draft)
  const workspace = workspaces.value.some((w) => w.domain === draft.workspace) ? draft.workspace : ''
  const kind = draft.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const target = url.pathname.slice(base().length) + url.search
  const answer = await control('post', '/sign', {
    query: { workspace }, body: { method: draft.method, target, body: draft.body, ...(kind && { content_type: kind }) },
  })
  return { url, headers: [...draft.headers, ...Object.entries(answer.headers)] }
}

export type Result = { status: number; id: string; text: string }

const readAtMost = 64 << 10

/** Signs a draft and sends it from this browser. Of a long answer only the beginning is read. */
export async function sendAgain(draft: Draft): Promise<Result> {
  const { url, headers } = await signed(draft)
  const answer = await send(url, { method: draft.method, headers, ...(draft.body !== '' && { body: draft.body }) })
  return { status: answer.status, id: answer.headers.get('X-Request-Id') ?? '', text: await beginning(answer) }
}

async function beginning(answer: Response): Promise<string> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (reader && text.length < readAtMost) {
    const { done, value } = await reader.read()
    if (done) return text
    text += value
  }
  void reader?.cancel()
  return text
}

/** The path below the base path, which is how the documents write it. */
export const short = (target: string) => {
  const prefix = settings.value.base_path
  return prefix !== '' && target.startsWith(`${prefix}/`) ? target.slice(prefix.length) : target
}
