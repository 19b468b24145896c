// A value that a component shows, read from the mock, and read again when it may have changed.
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { onChanges, type Change } from './changes'
import { connection } from './connection'
import { workspace } from './keep'
import { coalesced } from './stream'

export type Read<T> = { value: T | undefined; error: unknown; again: () => void }

/**
 * Reads a value when the component is mounted, when `of` differs, when another workspace is chosen, and when the mock is back.
 * @param read gives the value; what it throws becomes `error`
 * @param of what the value depends on; an answer for an earlier `of` is dropped
 * @param touches reports whether a change of the workspace changes the value; without it no change does
 * @param atLeast milliseconds between two readings
 */
export function useRead<T>(read: () => Promise<T>, of = '', touches: (change: Change) => boolean = () => false, atLeast = 100): Read<T> {
  const [state, setState] = useState<{ of: string; value?: T; error?: unknown }>({ of: '' })
  const key = `${workspace.value} ${of}`
  const again = useMemo(() => {
    const once = { stopped: false, started: 0, shown: 0 }
    const run = async () => {
      if (once.stopped) return
      const turn = ++once.started
      const got = await read().then((value) => ({ value }), (error: unknown) => ({ error }))
      if (once.stopped || turn < once.shown) return // an answer that was overtaken
      once.shown = turn
      setState({ of: key, ...got })
    }
    return Object.assign(coalesced(run, atLeast), { run, stop: () => void (once.stopped = true) })
  }, [key])
  useLayoutEffect(() => void again.run(), [again, connection.returns.value])
  useEffect(() => {
    const end = onChanges((changes, all) => void ((all || changes.some(touches)) && again()))
    return () => (again.stop(), end())
  }, [again])
  return { value: state.of === key ? state.value : undefined, error: state.of === key ? state.error : undefined, again }
}
