// The list of conversations with its filters.
import { signal } from '@preact/signals'
import { Copy } from '../../base/copy'
import { lazy } from '../../base/lazy'
import { Problem } from '../../base/problem'
import { go } from '../../base/route'
import { Rows } from '../../base/rows'
import { dayOf, numberOf, shortDayOf, timeOf } from '../../base/texts'
import { Time } from '../../base/time'
import { current } from '../../base/workspaces'
import { curl } from './curl'
import { chosen, inSight, list, listProblem, number, place, rowAt, search, status, statuses, type Conversation } from './store'
import { t, word } from './texts'

const NewConversation = lazy('NewConversation')
/** Whether the form of a new conversation is shown. */
export const making = signal(false)
let typed = 0 // the timer of what is typed

export function List() {
  const all = list.value
  const numbers = current.value?.phone_number_ids ?? []
  const look = (text: string) => {
    clearTimeout(typed)
    typed = window.setTimeout(() => go(place(chosen.value ? [chosen.value] : [], { search: text }), true), 120)
  }
  return (
    <section class="list" aria-label={t('list')}>
      <div class="filters">
        <input id="inbox-search" type="search" key={search.value === '' ? 'empty' : 'search'} defaultValue={search.value} placeholder={t('search')} aria-label={t('search')} dir="auto" onInput={(e) => look(e.currentTarget.value)} />
        <button type="button" onClick={() => void (making.value = true)} title={`${t('new')} (n)`} aria-label={t('new')}>+ {t('newShort')}</button>
        {numbers.length > 1 && (
          <label class="quiet">{t('number')}
            <select value={number.value || numbers[0]} onChange={(e) => go(place([], { number: e.currentTarget.value }))}>
              {numbers.map((id) => <option key={id} value={id}>{id}</option>)}
            </select>
          </label>
        )}
      </div>
      <nav class="statuses" aria-label={t('statuses')}>
        {['', ...statuses].map((name) => <Tab key={name} name={name} />)}
      </nav>
      <Problem error={listProblem.value} />
      {all && all.total === 0 ? <Empty /> : <Rows total={all?.total ?? 0} height={64} label={t('list')} show={inSight} row={(i) => <Row of={rowAt(i)} />} />}
      {making.value && <NewConversation />}
    </section>
  )
}

function Tab({ name }: { name: string }) {
  const counts = list.value?.counts
  const count = counts && (name ? (counts[name] ?? 0) : Object.values(counts).reduce((a, b) => a + b, 0))
  return (
    <a href={place(chosen.value ? [chosen.value] : [], { status: name })} aria-current={status.value === name ? 'true' : undefined}>
      {name ? word(name) : t('all')} {count !== undefined && <span class="count">{numberOf(count)}</span>}
    </a>
  )
}

function Empty() {
  if (status.value || search.value) {
    return <div class="empty"><p>{t('noneHere')}</p><a href={place([], { status: '', search: '' })}>{t('showAll')}</a></div>
  }
  return <div class="empty"><p>{t('none')}</p><Copy text={curl('/conversations', { phone: '966555000001', name: 'Sara' })} /></div>
}

function Row({ of }: { of: Conversation | undefined }) {
  if (!of) return <span class="row loading" />
  const now = list.value?.now ?? of.updated_at
  const as = dayOf(now) === dayOf(of.updated_at) ? timeOf : shortDayOf
  return (
    <a class="row" href={place([of.id])} aria-current={of.id === chosen.value ? 'true' : undefined}>
      <span class="who"><bdi class="name">{of.name}</bdi> <Time at={of.updated_at} as={as} /></span>
      <span class="last">
        <span class={`status ${of.status}`}>{word(of.status)}</span>
        {of.last_message_type && of.last_message_type !== 'text' && <em>{word(of.last_message_type)}</em>}
        <span class="text" dir="auto">{of.last_message ?? ''}</span>
        {of.unread_count > 0 && <span class="unread" title={t('unreadCount', { n: of.unread_count })}>{numberOf(of.unread_count)}</span>}
      </span>
    </a>
  )
}
