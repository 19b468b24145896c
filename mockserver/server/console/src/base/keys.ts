// Keys without a modifier, while no text is being typed. Those of what is mounted are in force, and the help shows them.
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

export type Key = { key: string; text: () => string; run: () => void }

export const keys = signal<{ current: Key[] }[]>([])

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return
  if (document.querySelector('dialog[open]')) return
  const found = keys.value.flatMap((group) => group.current).find((key) => key.key === event.key)
  if (!found) return
  event.preventDefault()
  found.run()
})

/** Puts keys in force while the component is mounted. */
export function useKeys(mine: Key[]) {
  const group = useRef(mine)
  group.current = mine
  useEffect(() => {
    keys.value = [...keys.value, group]
    return () => void (keys.value = keys.value.filter((other) => other !== group))
  }, [])
}
