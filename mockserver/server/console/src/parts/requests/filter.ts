// The language of the filter: words, and name:value pairs such as status:4xx or operation:sendTextMessage. All have to hold; of
// several values with commas between, one; a minus before turns one round. Quotes hold spaces and colons.
import type { Exchange } from './entries'
import { problemsOf } from './problems'
import { t } from './texts'

type Field = (x: Exchange) => string[]

const fields: Record<string, Field> = {
  status: (x) => [String(x.response.status)],
  operation: (x) => [x.operation],
  workspace: (x) => [x.workspace],
  method: (x) => [x.request.method],
  path: (x) => [x.request.target],
  verdict: (x) => [x.verdict],
  rule: (x) => problemsOf(x).map((f) => f.rule),
  field: (x) => problemsOf(x).map((f) => f.field),
  fault: (x) => [x.fault ?? ''],
}

/** The names that the filter knows, for people. */
export const names = Object.keys(fields).join(', ')

const words: Field = (x) => [
  x.id, x.request.method, x.request.target, x.operation, x.workspace, x.verdict, x.refusal?.message ?? '', x.signature?.hint ?? '',
  ...problemsOf(x).flatMap((f) => [f.field, f.fix]),
]

const contains = (field: Field, value: string) => (x: Exchange) => field(x).some((text) => text.toLowerCase().includes(value.toLowerCase()))
const status = (value: string) => (x: Exchange) => new RegExp(`^${value.toLowerCase().replaceAll('x', '.')}$`).test(String(x.response.status))

/** Reads a filter. `wrong` says in words what is wrong with it; what is wrong does not filter. */
export function readFilter(text: string): { matches: (x: Exchange) => boolean; wrong: string } {
  const tests: ((x: Exchange) => boolean)[] = []
  let wrong = ''
  for (const [, minus, name, quoted, bare] of text.matchAll(/(-?)(?:([^\s":]+):)?(?:"([^"]*)"?|(\S*))/g)) {
    const value = quoted ?? bare ?? ''
    const field = name === undefined ? words : Object.hasOwn(fields, name.toLowerCase()) ? fields[name.toLowerCase()] : undefined
    if (name === undefined && value === '') continue
    if (!field) wrong ||= t('noName', { name: name!, names })
    else if (value === '') wrong ||= t('noValue', { name: name! })
    else {
      const values = name === undefined ? [value] : value.split(',').filter((one) => one !== '')
      const bad = field === fields['status'] && values.find((one) => !/^(0|[1-5][0-9x]{2})$/i.test(one))
      if (bad) wrong ||= t('badStatus', { value: bad })
      else {
        const some = values.map((one) => (field === fields['status'] ? status(one) : contains(field, one)))
        tests.push((x) => some.some((test) => test(x)) !== (minus === '-'))
      }
    }
  }
  return { matches: (x) => tests.every((test) => test(x)), wrong }
}

/** A pair of the filter, in quotes where it needs them. */
export const pair = (name: string, value: string) => `${name}:${/[\s":]/.test(value) ? `"${value.replaceAll('"', '')}"` : value}`
