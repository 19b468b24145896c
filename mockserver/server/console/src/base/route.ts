// The address of what is shown: #/part/piece/piece?name=value. It is behind the #, so no path of an API is taken, a proxy may
// add a prefix, and every view is a link.
import { computed, signal } from '@preact/signals'

const hash = signal(location.hash)
addEventListener('hashchange', () => (hash.value = location.hash))

export type Route = { part: string; pieces: string[]; query: URLSearchParams }

export const route = computed<Route>(() => {
  const [path = '', query = ''] = hash.value.replace(/^#\/?/, '').split('?', 2)
  const [part = '', ...pieces] = path.split('/').map(decode)
  return { part, pieces: pieces.filter((piece) => piece !== ''), query: new URLSearchParams(query) }
})

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The address of a view, for a link: href(['inbox', 12], {status: 'unread'}). Empty values are left out. */
export function href(pieces: (string | number)[], query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1])
  const path = `#/${pieces.map((piece) => encodeURIComponent(piece)).join('/')}`
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path
}

/** Shows a view. With `replace` the back button leaves out the one that was shown before. */
export function go(address: string, replace = false) {
  if (address === hash.value) return
  if (replace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  hash.value = location.hash
}
