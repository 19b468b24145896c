// What is in the other file of the page, src/rest.ts: it is loaded when something of it is first shown.
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import { Unreachable } from './call'
import { root } from './config'
import { connection } from './connection'
import { Problem } from './problem'

type Rest = typeof import('../rest')

const rest = signal<Rest | null>(null)

/** Loads the other file, with its style. */
async function loadRest() {
  const [loaded] = await Promise.all([import('../rest'), style()])
  rest.value ??= loaded
}

const style = () => new Promise((done, failed) => {
  if (document.getElementById('rest-style')) return done(null)
  const link = Object.assign(document.createElement('link'), { id: 'rest-style', rel: 'stylesheet', href: new URL('__console/rest.css', root).href, onload: done })
  link.onerror = () => (link.remove(), failed(new Unreachable()))
  document.head.append(link)
})

export function lazy(name: keyof Rest): ComponentType {
  return () => {
    const [error, setError] = useState<unknown>()
    const returns = connection.returns.value
    useLayoutEffect(() => void loadRest().catch(setError), [returns])
    const View = rest.value?.[name]
    return View ? <View /> : <Problem error={error} />
  }
}
