// A part of the page that is loaded when it is first shown, so that the first view stays small.
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { connection } from './connection'
import { Problem } from './problem'

export function lazy(load: () => Promise<ComponentType>): ComponentType {
  let loaded: ComponentType | undefined
  return () => {
    const [error, setError] = useState<unknown>()
    const [, draw] = useState(0)
    const returns = connection.returns.value
    useEffect(() => {
      if (loaded) return
      load().then((view) => (loaded = view, draw(1)), setError)
    }, [returns])
    const View = loaded
    return View ? <View /> : <Problem error={error} />
  }
}
