// A line for a terminal, with a button that copies it.
import { useState } from 'preact/hooks'
import { t } from './words'

export function Copy({ text }: { text: string }) {
  const [done, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setDone(true)
    setTimeout(() => setDone(false), 1500)
  }
  return (
    <div class="copy">
      <pre dir="ltr" tabIndex={0}><code>{text}</code></pre>
      {navigator.clipboard && <button type="button" onClick={() => void copy()}>{t(done ? 'copied' : 'copy')}</button>}
    </div>
  )
}
