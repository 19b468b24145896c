// The part that says how this mock is checked, shows a report, and lists the requirements of the contract.
import './contract.css'
import { useState } from 'preact/hooks'
import { root, settings } from '../../base/config'
import { Copy } from '../../base/copy'
import { operations, useDocument, type Contract as Document, type Requirement } from '../../base/document'
import { useKeys } from '../../base/keys'
import { numberOf } from '../../base/texts'
import { current } from '../../base/workspaces'
import { Report } from './report'
import { t } from './texts'

export function Contract() {
  const contract = useDocument()
  return (
    <div class="sheet">
      <h1>{t('title')}{contract && <span class="quiet"> {contract.info.title} {contract.info.version}</span>}</h1>
      <section aria-labelledby="check">
        <h2 id="check">{t('check')}</h2>
        <p class="quiet">{t('checkWhat')}</p>
        <Copy text={command()} />
      </section>
      <Report />
      {contract && <Requirements contract={contract} />}
    </div>
  )
}

const quoted = (text: string) => (/^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** The line for a POSIX shell that checks this mock and the workspace that is shown. */
function command(): string {
  const base = new URL(`.${settings.value.base_path}`, root).href
  const w = current.value
  const flags: [string, string][] = [
    ['base-url', base], ['domain', w?.domain ?? ''], ['client-id', w?.client_id ?? ''], ['phone-number-id', w?.phone_number_ids[0] ?? ''],
    ['report-dir', 'report'],
  ]
  return [`CONTRACT_HMAC_SECRET='${t('secretHere')}' bin/contract`, ...flags.map(([name, value]) => `  --${name} ${quoted(value)}`)].join(' \\\n')
}

type Listed = Requirement & { operations: string[] }

function Requirements({ contract }: { contract: Document }) {
  const [find, setFind] = useState('')
  useKeys([{ key: '/', text: () => t('keyFind'), run: () => document.getElementById('find')?.focus() }])
  const words = find.toLowerCase().split(/\s+/)
  const all = requirements(contract)
  const shown = all.filter((r) => {
    const text = `${r.id} ${r.level} ${r.text} ${r.mark} ${r.operations.join(' ')}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  return (
    <section aria-labelledby="requirements">
      <h2 id="requirements">{t('requirements')}</h2>
      <p class="quiet">{t('requirementsWhat')}</p>
      <div class="actions">
        <label>{t('find')} <input id="find" type="search" value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>
        <span class="quiet" role="status">{t('count', { n: numberOf(shown.length) })}</span>
      </div>
      <ul class="requirements">
        {shown.map((r) => (
          <li key={r.id}>
            <p><code>{r.id}</code> <strong>{r.level}</strong> <abbr title={r.source}>{r.mark}</abbr> <span class="quiet">{r.operations.join(', ') || t('operations')}</span></p>
            <p dir="auto">{r.text}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The requirements of the document and of its operations; one that several operations have is listed once. */
function requirements(contract: Document): Listed[] {
  const found = new Map<string, Listed>()
  const add = (r: Requirement, operation?: string) => {
    const listed = found.get(r.id) ?? { ...r, operations: [] }
    if (operation) listed.operations.push(operation)
    found.set(r.id, listed)
  }
  contract['x-requirements']?.forEach((r) => add(r))
  for (const o of operations(contract)) o.operation['x-requirements']?.forEach((r) => add(r, o.id))
  return [...found.values()]
}
