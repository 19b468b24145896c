// A command that a person gives: whether it runs, and what went wrong.
import { useState } from 'preact/hooks'

/** Gives `run`, which runs one command at a time; while it runs, `busy` is true; what it throws becomes `error`. */
export function useAction() {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const run = async (command: () => Promise<unknown>) => {
    if (busy) return
    setBusy(true)
    setError(undefined)
    try {
      await command()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return { busy, error, run, setError }
}
