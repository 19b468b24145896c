// A report.json of the contract suite, read in the browser. docs/report.md of the project describes the file.
import { useEffect, useState } from 'preact/hooks'
import { useKeys } from '../../base/keys'
import { Problem } from '../../base/problem'
import { instantOf, numberOf } from '../../base/texts'
import { t } from './texts'

type Finding = { text: string; expected?: string; actual?: string; pointer?: string; rerun?: string }
type Case = { id: string; title: string; outcome: string; operation?: string; reason?: string; findings?: Finding[] }
type ReportFile = {
  version: number
  verdict: string
  why?: string[]
  target: { base_url: string }
  contract: { version: string }
  counts: Record<string, number>
  cases: Case[]
  started: string
}

const order = ['FAIL', 'ERROR', 'UNVERIFIED', 'WARN', 'SKIPPED', 'PASS']
const most = 500 // cases that are drawn at once

export function Report() {
  const [report, setReport] = useState<ReportFile>()
  const [error, setError] = useState<unknown>()
  const read = (file: File | undefined) => void file?.text().then((text) => {
    setReport(parse(text))
    setError(undefined)
  }).catch((thrown: unknown) => setError(thrown))
  useKeys([{ key: 'o', text: () => t('open'), run: () => document.getElementById('report-file')?.click() }])
  useEffect(() => {
    const over = (e: DragEvent) => e.preventDefault()
    const drop = (e: DragEvent) => (e.preventDefault(), read(e.dataTransfer?.files[0]))
    addEventListener('dragover', over)
    addEventListener('drop', drop)
    return () => (removeEventListener('dragover', over), removeEventListener('drop', drop))
  }, [])
  return (
    <section aria-labelledby="report">
      <h2 id="report">{t('report')}</h2>
      <p class="quiet">{t('reportWhat')}</p>
      <label>{t('open')} <input id="report-file" type="file" accept=".json,application/json" onChange={(e) => read(e.currentTarget.files?.[0])} /></label>
      <Problem error={error} />
      {report && <Read report={report} />}
    </section>
  )
}

/** @throws Error that says what is missing */
function parse(text: string): ReportFile {
  try {
    const file = JSON.parse(text) as ReportFile
    if (file.version !== 1 || !Array.isArray(file.cases) || typeof file.target?.base_url !== 'string') throw new Error('version 1, target, cases')
    return file
  } catch (error) {
    throw new Error(t('notReport', { text: error instanceof Error ? error.message : '' }))
  }
}

function Read({ report }: { report: ReportFile }) {
  const [outcome, setOutcome] = useState('')
  const cases = report.cases.filter((c) => outcome === '' || c.outcome === outcome).sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))
  return (
    <div class="report">
      <p><strong class={`outcome ${report.verdict}`}>{report.verdict}</strong> <span dir="auto">{t('of', { target: report.target.base_url, version: report.contract.version, started: instantOf(report.started) })}</span></p>
      {report.why?.map((why) => <p key={why} dir="auto">{why}</p>)}
      <label>{t('outcome')}{' '}
        <select value={outcome} onChange={(e) => setOutcome(e.currentTarget.value)}>
          <option value="">{t('all')} ({report.cases.length})</option>
          {Object.entries(report.counts).map(([name, n]) => <option key={name} value={name}>{name} ({n})</option>)}
        </select>
      </label>
      <p class="quiet">{t('cases', { n: numberOf(cases.length) })}</p>
      <ul>{cases.slice(0, most).map((c) => <li key={c.id}><Checked checked={c} /></li>)}</ul>
    </div>
  )
}

function Checked({ checked: c }: { checked: Case }) {
  return (
    <details>
      <summary><span class={`outcome ${c.outcome}`}>{c.outcome}</span> <code>{c.id}</code> <span dir="auto">{c.title}</span></summary>
      {c.reason && <p dir="auto">{c.reason}</p>}
      {c.findings?.map((finding, i) => (
        <div key={i} class="finding">
          <p dir="auto">{finding.text} {finding.pointer && <code>{finding.pointer}</code>}</p>
          {finding.expected && <p>{t('expected')}: <code>{finding.expected}</code></p>}
          {finding.actual && <p>{t('actual')}: <code>{finding.actual}</code></p>}
          {finding.rerun && <pre dir="ltr" tabIndex={0}>{finding.rerun}</pre>}
        </div>
      ))}
    </details>
  )
}
