// The texts of the page, in two languages. Each part has its own two tables.
import { language } from './keep'

/**
 * Makes the function that gives a text in the language that is chosen.
 * @param en the table of English texts; `{name}` in a text is replaced by the value of that name
 * @param ar the same keys in Arabic
 */
export function texts<T extends Record<string, string>>(en: T, ar: { [K in keyof T]: string }) {
  return (key: keyof T, values: Record<string, string | number> = {}): string =>
    (language.value === 'ar' ? ar : en)[key]!.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

const locale = () => (language.value === 'ar' ? 'ar-u-nu-latn' : 'en-GB')
const formats = new Map<string, Intl.DateTimeFormat>()

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()}${JSON.stringify(options)}`
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', hourCycle: 'h23', ...options })
  formats.set(key, known)
  return known
}

/** An instant of the API as a time of day, a day, or both; always in UTC, as the API has it. */
export const timeOf = (instant: string) => format({ hour: '2-digit', minute: '2-digit' }).format(new Date(instant))
export const dayOf = (instant: string) => format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(instant))
export const shortDayOf = (instant: string) => format({ day: 'numeric', month: 'short' }).format(new Date(instant))
export const instantOf = (instant: string) => format({ dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(instant))
export const numberOf = (n: number) => n.toLocaleString(locale())
