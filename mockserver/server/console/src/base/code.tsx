// A body as lines, with remarks at some of them. A long one is cut, and says so.
import './code.css'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { bytesOf, jsonLines, type Line } from './json'
import { numberOf } from './texts'
import { t } from './words'

const linesAtOnce = 400
const lineAtMost = 4000

type Props = {
  text: string
  bytes?: number // that it had; -1 if that is not known
  remark?: (line: Line, index: number, lines: Line[]) => ComponentChildren
}

export function Code({ text, bytes, remark }: Props) {
  const [whole, setWhole] = useState(false)
  const lines = jsonLines(text) ?? plain(text)
  const shown = whole ? lines : lines.slice(0, linesAtOnce)
  return (
    <div class="code">
      {shown.length > 0 && (
        <ol dir="ltr">
          {shown.map((line, i) => <li key={i}><code>{line.text}</code>{remark?.(line, i, lines)}</li>)}
        </ol>
      )}
      {shown.length < lines.length && <button type="button" onClick={() => setWhole(true)}>{t('all', { n: numberOf(lines.length) })}</button>}
      {bytes !== undefined && <Kept text={text} bytes={bytes} />}
    </div>
  )
}

function plain(text: string): Line[] {
  const cut = (line: string) => line.match(new RegExp(`[^]{1,${lineAtMost}}`, 'g')) ?? ['']
  return text === '' ? [] : text.split('\n').flatMap(cut).map((line) => ({ path: null, text: line }))
}

/** Says what is missing of a text. A masked secret is shorter or longer than it was, so the beginning of 30 kB is never said to be cut. */
function Kept({ text, bytes }: { text: string; bytes: number }) {
  const shown = new TextEncoder().encode(text).length
  if (bytes < 0) return <p class="quiet">{t('unknown')}</p>
  if (bytes > 0 && shown === 0) return <p class="quiet">{t('gone', { all: bytesOf(bytes) })}</p>
  if (shown >= 30_000 && shown < bytes) return <p class="quiet">{t('cut', { shown: bytesOf(shown), all: bytesOf(bytes) })}</p>
  return null
}
