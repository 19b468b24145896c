import { Agent, request } from 'node:http'

/** Connections to mocks. It uses no proxy, also where the environment names one: a mock is on this machine. */
const agent = new Agent({ keepAlive: true })

/** A request whose body is known as a whole. */
export interface WholeRequest {
  method: string
  headers: Record<string, string>
  body: Uint8Array
  signal?: AbortSignal
}

/** Sends a request and returns the answer with its whole body. */
export function send(url: URL, r: WholeRequest): Promise<Response> {
  return new Promise((resolve, reject) => {
    const headers = { ...r.headers, ...(r.body.length > 0 ? { 'content-length': String(r.body.length) } : {}) }
    const call = request(url, { method: r.method, headers, agent, ...(r.signal ? { signal: r.signal } : {}) }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.once('error', reject)
      answer.once('end', () => {
        const status = answer.statusCode ?? 0
        const empty = status === 204 || status === 304 || r.method === 'HEAD'
        resolve(new Response(empty ? null : Buffer.concat(chunks), { status, statusText: answer.statusMessage ?? '', headers: pairs(answer.rawHeaders) }))
      })
    })
    call.once('error', reject)
    call.end(r.body)
  })
}

/** Names and values in turn, as pairs. */
function pairs(raw: readonly string[]): [string, string][] {
  const out: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) out.push([raw[i]!, raw[i + 1]!])
  return out
}
