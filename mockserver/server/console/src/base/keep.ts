// What the browser keeps: choices for all tabs (localStorage), the token for this tab only (sessionStorage). A browser that
// refuses to keep anything is as one that forgets.
import { effect, signal, type Signal } from '@preact/signals'

const read = (storage: () => Storage, name: string) => {
  try {
    return storage().getItem(name)
  } catch {
    return null
  }
}

const write = (storage: () => Storage, name: string, value: string) => {
  try {
    if (value === '') storage().removeItem(name)
    else storage().setItem(name, value)
  } catch {
    // It is forgotten with the tab.
  }
}

function kept<T extends string>(storage: () => Storage, name: string, first: T): Signal<T> {
  const value = signal((read(storage, name) ?? first) as T)
  effect(() => write(storage, name, value.value))
  return value
}

export type Theme = 'system' | 'light' | 'dark'
export type Language = 'en' | 'ar'

export const theme = kept<Theme>(() => localStorage, 'awalmock-theme', 'system')
export const language = kept<Language>(() => localStorage, 'awalmock-language', 'en')
/** The token of the control API; the page at /docs keeps it under the same name. */
export const token = kept<string>(() => sessionStorage, 'awalmock-token', '')
/** The domain of the workspace that is shown in this tab; '' is the default one. */
export const workspace = kept<string>(() => sessionStorage, 'awalmock-workspace', '')
