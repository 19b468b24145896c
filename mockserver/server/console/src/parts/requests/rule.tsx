// The rule of the API's document that was broken, as the document has it.
import { useEffect } from 'preact/hooks'
import { signal } from '@preact/signals'
import { root } from '../../base/config'
import { send } from '../../base/call'
import { t } from './texts'
import type { Exchange } from './entries'

type Violation = Exchange['violations'][number]

const lines = signal<string[]>([])
let asked = false

async function read() {
  if (asked) return
  asked = true
  const answer = await send(new URL('openapi.yaml', root), {})
  if (answer.ok) lines.value = (await answer.text()).split('\n')
}

const indentOf = (line: string) => line.search(/\S/)

/** The lines of a rule: that where its schema begins, and that of the rule itself. */
export function excerpt(document: string[], line: number, rule: string): [number, string][] {
  const at = line - 1
  const first = document[at]
  if (first === undefined) return []
  const shown: [number, string][] = [[line, first]]
  for (let i = at + 1; i < document.length && i < at + 60; i++) {
    const text = document[i]!
    if (text.trim() !== '' && indentOf(text) <= indentOf(first)) break
    if (text.trim().startsWith(`${rule}:`)) shown.push([i + 1, text])
  }
  if (shown.length === 1 && rule === 'required') return [...requiredAbove(document, at), ...shown]
  return shown.slice(0, 2)
}

/** The line of the object's `required`, above one of its properties. */
function requiredAbove(document: string[], at: number): [number, string][] {
  for (let i = at - 1; i > Math.max(0, at - 200); i--) {
    const text = document[i]!
    if (text.trim().startsWith('required:') && indentOf(text) < indentOf(document[at]!)) return [[i + 1, text]]
  }
  return []
}

export function Rule({ violation }: { violation: Violation }) {
  useEffect(() => void read().catch(() => (asked = false)), [])
  const shown = violation.line ? excerpt(lines.value, violation.line, violation.rule) : []
  const indent = Math.min(...shown.map(([, text]) => indentOf(text)))
  return (
    <div class="rule" role="note">
      <p><strong dir="auto"><code>{violation.field}</code> {violation.text}</strong></p>
      <p class="quiet" title={violation.pointer}>{violation.line ? t('rule', { line: violation.line }) : violation.pointer}</p>
      {shown.length > 0 && <pre dir="ltr">{shown.map(([n, text]) => <code key={n}><i>{n}</i> {text.slice(indent)}{'\n'}</code>)}</pre>}
    </div>
  )
}
