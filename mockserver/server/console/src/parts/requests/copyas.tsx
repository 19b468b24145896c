// A request as a line for curl, fetch or HTTPie, signed when it is asked for.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Copy } from '../../base/copy'
import { useKeys } from '../../base/keys'
import { Problem } from '../../base/problem'
import { draftOf, notKept, signed } from './draft'
import { snippets } from './snippets'
import { t } from './texts'
import type { Exchange } from './entries'

type Kind = keyof typeof snippets
const kinds = Object.keys(snippets) as Kind[]

/** The buttons are behind another one. */
export function CopyAs({ of, children }: { of: Exchange; children: ComponentChildren }) {
  const [shown, setShown] = useState<{ text?: string; error?: unknown }>({})
  const make = async (kind: Kind) => {
    try {
      const draft = draftOf(of)
      const { url, headers } = await signed(draft)
      setShown({ text: snippets[kind]({ method: draft.method, url: url.href, headers, body: draft.body }) })
    } catch (error) {
      setShown({ error })
    }
  }
  const key = (key: string, text: 'keyCopy' | 'keyFetch' | 'keyHTTPie', kind: Kind) => ({ key, text: () => t(text), run: () => void (notKept(of) === '' && make(kind)) })
  useKeys([key('c', 'keyCopy', 'curl'), key('C', 'keyFetch', 'fetch'), key('H', 'keyHTTPie', 'HTTPie')])
  return (
    <>
      <div class="buttons">
        {children}
        {notKept(of) === '' && kinds.map((kind) => <button key={kind} type="button" onClick={() => void make(kind)}>{t('copyAs', { kind })}</button>)}
      </div>
      <Problem error={shown.error} />
      {shown.text && <Copy text={shown.text} />}
      {shown.text && <p class="quiet">{t('signedNow', { workspace: of.workspace })}</p>}
    </>
  )
}
