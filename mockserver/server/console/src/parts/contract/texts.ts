import { texts } from '../../base/texts'

export const en = {
  title: 'Contract',
  check: 'Check this mock',
  checkWhat: 'The contract suite asks this mock and says which requirements it keeps. Give the secret in the environment, where no other user can read it. In packages the suite is called awalmock-contract; in a checkout “go build -o bin/ ./contract” makes bin/contract.',
  secretHere: 'the secret of the workspace',
  report: 'A report',
  reportWhat: 'Open a report.json of the suite, or drop it on this page. It does not leave the browser.',
  open: 'Open report.json',
  notReport: 'This is not a report.json of the suite: {text}',
  of: '{target}, contract {version}, {started}',
  all: 'all',
  outcome: 'Outcome',
  cases: 'Cases: {n}',
  expected: 'expected',
  actual: 'actual',
  requirements: 'Requirements',
  requirementsWhat: 'What the contract promises beyond its schemas. The mark says how sure it is: D documented by the vendor, E shown in an example of the vendor, I inferred.',
  find: 'Find',
  keyFind: 'Find a requirement',
  count: 'Requirements: {n}',
  operations: 'all operations',
}

export const t = texts('contract', en)
