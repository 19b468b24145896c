// The part with the records of each collection of the contract: a table, one record, and forms to create and change it.
import './data.css'
import { useRef, useState } from 'preact/hooks'
import { useAction } from '../../base/action'
import { choices, useDocument, type Contract } from '../../base/document'
import { workspace } from '../../base/keep'
import { useKeys } from '../../base/keys'
import { Problem } from '../../base/problem'
import { useRead } from '../../base/read'
import { go, href, route } from '../../base/route'
import { numberOf } from '../../base/texts'
import { Dialog } from '../../shell/dialog'
import { call, collections, type Collection, type Limit, type Row } from './collections'
import { RecordForm } from './form'
import { t } from './texts'

const rarely = 5000 // milliseconds between two readings of a table that changes: each is a request that counts

const name = (c: Collection) => c.name.replaceAll('_', ' ')

export function Data() {
  const contract = useDocument()
  if (!contract) return null
  const all = collections(contract)
  const shown = all.find((c) => c.name === route.value.pieces[0]) ?? all[0]
  return <Collections all={all} shown={shown} contract={contract} />
}

function Collections({ all, shown, contract }: { all: Collection[]; shown: Collection | undefined; contract: Contract }) {
  const step = (by: number) => shown && go(href(['data', all.at((all.indexOf(shown) + by) % all.length)!.name]))
  useKeys([
    { key: '[', text: () => t('keyBefore'), run: () => step(-1) },
    { key: ']', text: () => t('keyNext'), run: () => step(1) },
  ])
  return (
    <div class="sheet wide">
      <h1>{t('title')}</h1>
      {!shown && <p class="empty">{t('none')}</p>}
      <nav class="tabs" aria-label={t('collections')}>
        {all.map((c) => <a key={c.name} href={href(['data', c.name])} aria-current={c === shown ? 'page' : undefined}>{name(c)}</a>)}
      </nav>
      {shown && <Table key={`${workspace.value} ${shown.name}`} contract={contract} collection={shown} />}
    </div>
  )
}

function Table({ contract, collection }: { contract: Contract; collection: Collection }) {
  const [search, setSearch] = useState('')
  const [filters, setFilters] = useState<Record<string, string>>({})
  const [page, setPage] = useState(1)
  const [making, setMaking] = useState(false)
  const box = useRef<HTMLInputElement>(null)
  const query: Record<string, string> = {
    ...filters, ...(search && { [searchName(collection)]: search }), ...(collection.page && page > 1 && { [collection.page]: String(page) }),
  }
  const [limit, setLimit] = useState<Limit>()
  const read = () => call(collection.list, '', query, undefined, setLimit)
  const { value, error, again } = useRead(read, JSON.stringify(query), (c) => !c.collection || c.collection === collection.name, rarely)
  const rows = (value?.['data'] ?? []) as Row[]
  const meta = (value?.['meta'] ?? {}) as Row
  const total = Number(meta['total'] ?? rows.length)
  const size = Number(meta['per_page'] ?? meta['limit'] ?? collection.default_limit ?? rows.length)
  useKeys([
    { key: '/', text: () => t('keySearch'), run: () => box.current?.focus() },
    { key: ',', text: () => t('keyPageBefore'), run: () => setPage(Math.max(1, page - 1)) },
    { key: '.', text: () => t('keyPage'), run: () => page * size < total && setPage(page + 1) },
    ...(collection.create ? [{ key: 'n', text: () => t('keyNew'), run: () => setMaking(true) }] : []),
  ])
  const timer = useRef(0)
  const look = (text: string) => {
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => (setPage(1), setSearch(text)), 300) // a request for each letter would use up the limit
  }
  const filter = (field: string, text: string) => {
    setPage(1)
    setFilters(Object.fromEntries(Object.entries({ ...filters, [field]: text }).filter(([, given]) => given !== '')))
  }
  return (
    <>
      <div class="actions">
        {collection.search && <label>{t('search')} <input ref={box} type="search" dir="auto" defaultValue={search} onInput={(e) => look(e.currentTarget.value)} /></label>}
        {Object.keys(collection.filters ?? {}).map((field) => <Filter key={field} collection={collection} field={field} value={filters[field] ?? ''} set={(text) => filter(field, text)} />)}
        {collection.create && <button type="button" class="main" onClick={() => setMaking(true)}>{t('create')}</button>}
      </div>
      <Problem error={error} />
      {value && rows.length === 0 && <p class="empty">{t('empty')}</p>}
      {rows.length > 0 && <Rows collection={collection} rows={rows} />}
      {value && (
        <div class="actions">
          <span class="quiet">{t('count', { n: numberOf(total) })}</span>
          {collection.page && (page > 1 || total > rows.length) && (
            <>
              <button type="button" disabled={page === 1} onClick={() => setPage(page - 1)}>{t('before')}</button>
              <span>{t('page', { n: numberOf(page) })}</span>
              <button type="button" disabled={page * size >= total} onClick={() => setPage(page + 1)}>{t('next')}</button>
            </>
          )}
        </div>
      )}
      <p class="quiet">{t('costs')}{limit && ` ${t('left', limit)}`}</p>
      <One contract={contract} collection={collection} rows={rows} again={again} />
      {collection.create && (
        <Dialog title={t('create')} open={making} onClose={() => setMaking(false)}>
          <RecordForm contract={contract} operation={collection.create} close={() => setMaking(false)} send={async (body) => {
            await call(collection.create!, '', {}, body)
            setMaking(false)
            again()
          }} />
        </Dialog>
      )}
    </>
  )
}

/** The name of the parameter that searches: the one of the list that is no filter and no page. */
function searchName(c: Collection): string {
  return c.list.parameters.find((p) => p.in === 'query' && /search/i.test(p.name))?.name ?? 'searchTerm'
}

type FilterProps = { collection: Collection; field: string; value: string; set: (text: string) => void }

function Filter({ collection, field, value, set }: FilterProps) {
  const contract = useDocument()
  const schema = collection.list.parameters.find((p) => p.name === field)?.schema
  const known = contract && schema ? choices(contract, schema) : []
  if (known.length === 0) return <label><code>{field}</code> <input class="short" dir="auto" value={value} onChange={(e) => set(e.currentTarget.value)} /></label>
  return (
    <select aria-label={field} value={value} onChange={(e) => set(e.currentTarget.value)}>
      <option value="">{t('any', { name: field })}</option>
      {known.map((choice) => <option key={choice} value={choice}>{field} = {choice}</option>)}
    </select>
  )
}

function Rows({ collection, rows }: { collection: Collection; rows: Row[] }) {
  return (
    <div class="table" tabIndex={0} role="region" aria-label={name(collection)}>
      <table>
        <thead><tr>{collection.columns.map((column) => <th key={column} scope="col">{column}</th>)}</tr></thead>
        <tbody>
          {rows.map((row) => {
            const key = String(row[collection.key])
            const address = href(['data', collection.name, key])
            return (
              <tr key={key} onClick={() => go(address)}>
                {collection.columns.map((column, i) => <td key={column}>{i === 0 ? <a href={address}>{key}</a> : <Value value={row[column]} />}</td>)}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span class="quiet">–</span>
  if (typeof value === 'object') return <pre dir="ltr" tabIndex={0}>{JSON.stringify(value, null, 1)}</pre>
  return <span dir="auto">{String(value)}</span>
}

/** The record that the address names, in a dialog. */
function One({ contract, collection, rows, again }: { contract: Contract; collection: Collection; rows: Row[]; again: () => void }) {
  const key = route.value.pieces[1]
  const close = () => go(href(['data', collection.name]))
  return (
    <Dialog title={t('record', { id: key ?? '' })} open={key !== undefined} onClose={close}>
      {key !== undefined && <Opened key={key} {...{ contract, collection, id: key, again, close }} listed={rows.find((row) => String(row[collection.key]) === key)} />}
    </Dialog>
  )
}

type OpenedProps = { contract: Contract; collection: Collection; id: string; listed: Row | undefined; again: () => void; close: () => void }

function Opened({ contract, collection, id, listed, again, close }: OpenedProps) {
  const [view, setView] = useState<'read' | 'edit' | 'remove'>('read')
  const { one, change, remove } = collection
  const gone = useRef(false) // what was deleted here is not asked for again: that would be a 404 in the journal
  const { value, error, again: read } = useRead(async () => (one && !gone.current ? ((await call(one, id))['data'] as Row) : listed), `${id} ${listed ? '' : 'missing'}`, (c) => c.collection === collection.name)
  const { busy, error: refused, run } = useAction()
  const record = value ?? listed
  if (view === 'edit' && change && record) {
    return <RecordForm contract={contract} operation={change} record={record} close={() => setView('read')} send={async (body) => {
      await call(change, id, {}, body)
      setView('read')
      read()
      again()
    }} />
  }
  const removed = () => run(async () => {
    gone.current = true
    await call(remove!, id).catch((refusal: unknown) => {
      gone.current = false
      throw refusal
    })
    close()
    again()
  })
  return (
    <>
      <Problem error={refused ?? error} />
      {record && <dl class="fields">{Object.entries(record).map(([field, content]) => <div key={field}><dt><code>{field}</code></dt><dd><Value value={content} /></dd></div>)}</dl>}
      {view === 'remove' && <p>{t('removeSure', { id })}</p>}
      <div class="actions">
        {view === 'read' && change && record && <button type="button" onClick={() => setView('edit')}>{t('edit')}</button>}
        {view === 'read' && remove && record && <button type="button" onClick={() => setView('remove')}>{t('remove')} …</button>}
        {view === 'remove' && <button type="button" class="main" disabled={busy} onClick={() => void removed()}>{t('remove')}</button>}
        <button type="button" onClick={() => (view === 'remove' ? setView('read') : close())}>{t(view === 'remove' ? 'cancel' : 'close')}</button>
      </div>
    </>
  )
}
