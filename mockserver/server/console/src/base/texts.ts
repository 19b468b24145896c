// The texts of the page. English is in the files that show it; Arabic is a file of its own, which is loaded when it is chosen.
import { computed, signal } from '@preact/signals'
import { language } from './keep'
import type { Arabic } from '../arabic'

const read = signal<Arabic | null>(null)

/** The Arabic texts if Arabic is chosen, and loaded; else null. */
export const arabic = computed(() => (language.value === 'ar' ? read.value : null))

/** Loads the Arabic texts, once. */
export async function loadArabic() {
  read.value ??= (await import('../arabic')).arabic
}

/**
 * Makes the function that gives a text in the language that is chosen.
 * @param name that the table has in src/arabic.ts
 * @param en the English texts; `{name}` in a text is replaced by the value of that name
 */
export function texts<T extends Record<string, string>>(name: keyof Arabic, en: T) {
  return (key: keyof T, values: Record<string, string | number> = {}): string =>
    ((arabic.value?.[name] as T | undefined) ?? en)[key]!.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

const locale = () => (arabic.value ? 'ar-u-nu-latn' : 'en-GB')
const formats = new Map<string, Intl.DateTimeFormat>()

const format = (options: Intl.DateTimeFormatOptions) => (instant: string) => {
  const key = locale() + JSON.stringify(options)
  let known = formats.get(key)
  if (!known) formats.set(key, (known = new Intl.DateTimeFormat(locale(), { hourCycle: 'h23', ...options })))
  return known.format(new Date(instant))
}

// An instant of the API, which is in UTC, by the clock of the browser. An element <time> that shows one has the instant itself as its title.
export const timeOf = format({ hour: '2-digit', minute: '2-digit' })
export const secondsOf = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
export const dayOf = format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
export const shortDayOf = format({ day: 'numeric', month: 'short' })
export const instantOf = format({ dateStyle: 'medium', timeStyle: 'medium' })
export const numberOf = (n: number) => n.toLocaleString(locale())
