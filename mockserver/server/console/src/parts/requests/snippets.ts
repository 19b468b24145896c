// A request as a line for a shell or a program. Every value is quoted: what somebody sent must not become a command.

export type Request = { method: string; url: string; headers: [string, string][]; body: string }
type Kind = 'curl' | 'fetch' | 'HTTPie'

/** One word of a POSIX shell. */
const word = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
const line = (words: string[]) => words.join(' \\\n  ')

export const snippets: Record<Kind, (r: Request) => string> = {
  curl: (r) => line([
    `curl -gsS --path-as-is${r.method === 'GET' ? '' : ` -X ${word(r.method)}`} ${word(r.url)}`,
    ...r.headers.map(([name, value]) => `-H ${word(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...(r.body === '' ? [] : [`--data-raw ${word(r.body)}`]),
  ]),
  fetch: (r) => {
    const options = { method: r.method, headers: Object.fromEntries(r.headers), ...(r.body !== '' && { body: r.body }) }
    return `await fetch(${JSON.stringify(r.url)}, ${JSON.stringify(options, null, 2)})`
  },
  HTTPie: (r) => line([
    `http --ignore-stdin --path-as-is ${word(r.method)} ${word(r.url)}`,
    ...r.headers.map(([name, value]) => word(value === '' ? `${name};` : `${name}:${value.replace(/^[@=]/, '\\$&')}`)),
    ...(r.body === '' ? [] : [`--raw ${word(r.body)}`]),
  ]),
}
