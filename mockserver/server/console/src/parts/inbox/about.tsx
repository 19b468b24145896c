// What is known of a conversation and its customer, and what an agent does with it.
import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { control } from '../../base/call'
import { Problem } from '../../base/problem'
import { api } from '../../base/signed'
import { numberOf } from '../../base/texts'
import { Time } from '../../base/time'
import { current } from '../../base/workspaces'
import type { components as Api } from '../../wire/api.gen'
import type { components } from '../../wire/control.gen'
import { thread } from './shown'
import { aboutShown, number, type Conversation } from './store'
import { t } from './talk-texts'
import { t as tList, word } from './texts'

const problem = signal<unknown>(null)

async function doing(work: () => Promise<unknown>) {
  try {
    await work()
    problem.value = null
  } catch (error) {
    problem.value = error
    aboutShown.value = true
  }
}

/** Changes the conversation that is shown. What it becomes comes with the stream of changes. */
const change = (how: (c: Conversation) => components['schemas']['ConversationChange']) => {
  const c = thread.value?.conversation
  if (c) void doing(() => control('patch', '/conversations/{id}', { path: { id: c.id }, body: how(c) }))
}

export const act = {
  close: () => change((c) => ({ closed: !c.closed })),
  assign: () => change((c) => ({ assignee: c.assignee === current.value?.client_id ? '' : (current.value?.client_id ?? '') })),
  bot: () => change((c) => ({ bot: !c.bot })),
  read: () => change((c) => ({ unread_count: c.unread_count > 0 ? 0 : 1 })),
  ticket() {
    const c = thread.value?.conversation
    if (c) void doing(() => api('post', '/wechat/chat/events/{id}', { path: { id: c.id }, query: { phone_number_id: c.phone_number_id }, body: { route: c.ticket_id ? 'closeTicket' : 'openTicket' } }))
  },
}

export function About() {
  const c = thread.value!.conversation
  const own = current.value?.client_id
  const assignTo = (e: SubmitEvent) => {
    e.preventDefault()
    const name = String(new FormData(e.currentTarget as HTMLFormElement).get('assignee'))
    change(() => ({ assignee: name }))
  }
  return (
    <aside class="about" aria-label={t('about')}>
      <h2><bdi>{c.name}</bdi></h2>
      <dl>
        <Fact name={tList('phone')} value={c.phone} />
        <Fact name={t('status')} value={word(c.status)} />
        <Fact name={t('assignee')} value={c.assignee || t('nobody')} />
        <Fact name={t('messages')} value={numberOf(c.messages)} />
        <Fact name={tList('unread')} value={numberOf(c.unread_count)} />
        <Fact name={t('created')} value={<Time at={c.created_at} />} />
        <Fact name={t('updated')} value={<Time at={c.updated_at} />} />
      </dl>
      <p class="buttons">
        <button type="button" onClick={act.assign}>{t(c.assignee === own ? 'drop' : 'take')}</button>
        <button type="button" onClick={act.bot}>{t(c.bot ? 'botOff' : 'botOn')}</button>
        <button type="button" onClick={act.close}>{t(c.closed ? 'reopen' : 'close')}</button>
        <button type="button" onClick={act.read}>{t(c.unread_count > 0 ? 'markRead' : 'markUnread')}</button>
        <button type="button" onClick={act.ticket}>{c.ticket_id ? t('ticketClose', { id: c.ticket_id }) : t('ticketOpen')}</button>
      </p>
      <form class="inline" onSubmit={assignTo}>
        <input name="assignee" key={c.id} aria-label={t('whom')} placeholder={t('other')} dir="auto" /> <button>{t('assign')}</button>
      </form>
      <Problem error={problem.value} />
      <Contact of={c} />
    </aside>
  )
}

function Fact({ name, value }: { name: string; value: ComponentChildren }) {
  return <div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>
}

type Found = Api['schemas']['Contact'] | null | undefined

/** The contact as the API has it. It is asked for only when it is opened: the request is one of the API, in its journal and limits. */
function Contact({ of }: { of: Conversation }) {
  const [open, setOpen] = useState(false)
  const [found, setFound] = useState<Found>(undefined)
  const [failed, setFailed] = useState<unknown>(null)
  useEffect(() => {
    setFound(undefined)
    setFailed(null)
    if (!open) return
    api('get', '/contacts', { query: { searchTerm: of.phone } })
      .then((page) => setFound(page.data.find((contact) => contact.phone === of.phone) ?? null))
      .catch(setFailed)
  }, [open, of.id, of.phone, of.name, number.value])
  return (
    <details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{t('contact')}</summary>
      <Problem error={failed} />
      {found === null && <p>{t('noContact')}</p>}
      {found && (
        <dl>
          <Fact name="id" value={String(found.id)} />
          <Fact name={tList('name')} value={found.name} />
          <Fact name={t('email')} value={found.email ?? '–'} />
          <Fact name={t('group')} value={String(found.contact_group_id ?? '–')} />
          <Fact name={t('branch')} value={String(found.branch_id ?? '–')} />
          <Fact name={t('favorite')} value={t(found.is_favorite ? 'yes' : 'no')} />
          <Fact name={t('created')} value={<Time at={found.created_at} />} />
        </dl>
      )}
    </details>
  )
}
