// What the page knows of its mock before anything else: the mock writes it into the page, and gives it as settings.json.
import { signal } from '@preact/signals'

export type Settings = {
  base_path: string // of the API
  signed: boolean // requests of the API need a signature
  control: 'open' | 'token' // whether the control API asks for a token
  version: string // of the mock, with its commit
  build: string // of the page: a digest of its files
}

/** Where the mock is, with a slash at the end, also behind a proxy that cuts off a prefix. */
export const root = new URL('.', document.baseURI)

export const settings = signal(JSON.parse(document.querySelector<HTMLMetaElement>('meta[name=settings]')!.content) as Settings)

/** Reads the settings anew; they are of the mock that answers now. */
export async function readSettings(): Promise<Settings> {
  const answer = await fetch(new URL('__console/settings.json', root), { cache: 'no-store' })
  if (!answer.ok) throw new Error(`settings.json: ${answer.status}`)
  return answer.json()
}
