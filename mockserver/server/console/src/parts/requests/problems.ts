// What is wrong with requests, grouped by operation and rule.
import type { Exchange } from './entries'

type Violation = Exchange['violations'][number]
export type Found = { rule: string; field: string; fix: string; violation?: Violation }

const numbers = /\[\d+\]/g

/** What was wrong with one request: one problem for each rule that it broke, or one for the whole request; none if it was accepted. */
export function problemsOf(x: Exchange): Found[] {
  if (x.violations.length > 0) {
    return x.violations.map((v) => ({ rule: v.rule, field: v.field.replace(numbers, '[]'), fix: v.text, violation: v }))
  }
  if (x.fault === 'abort' || (x.fault && x.response.status >= 400)) return [{ rule: `fault:${x.fault}`, field: '', fix: '' }]
  if (x.signature) return [{ rule: 'signature', field: '', fix: x.signature.hint }]
  if (!x.refusal) return []
  const details = Object.entries(x.refusal.details)
  return [{ rule: x.verdict, field: details.map(([name]) => name).join(', '), fix: [x.refusal.message, ...details.map(([name, text]) => `${name} ${text}`)].join(' · ') }]
}

export type Group = Found & { key: string; operation: string; count: number; newest: Exchange }

/** The problems of exchanges in groups, the most frequent first. `fix` is that of the newest one. */
export function groupsOf(entries: Exchange[]): Group[] {
  const groups = new Map<string, Group>()
  for (const x of entries) {
    const seen = new Set<string>()
    for (const found of problemsOf(x)) {
      const key = JSON.stringify([x.operation || x.request.method, found.rule, found.field, found.violation?.in ?? (found.rule === 'signature' ? found.fix : '')])
      if (seen.has(key)) continue
      seen.add(key)
      groups.set(key, { ...found, key, operation: x.operation, count: (groups.get(key)?.count ?? 0) + 1, newest: x })
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || b.newest.sequence - a.newest.sequence)
}
