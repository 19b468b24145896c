// The messages of a conversation. At most a few hundred are in the page: at an end of them the next ones are read.
import { Fragment } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { signal } from '@preact/signals'
import { control } from '../../base/call'
import { root } from '../../base/config'
import { Problem } from '../../base/problem'
import { go } from '../../base/route'
import { dayOf, numberOf, timeOf } from '../../base/texts'
import { Time } from '../../base/time'
import { around, earlier, following, later, newest, thread, threadProblem } from './shown'
import { aboutShown, chosen, chosenMessage, place, type Message } from './store'
import { t } from './talk-texts'
import { word } from './texts'

export function Thread() {
  const shown = thread.value
  return (
    <>
      <header class="of">
        <a class="back" href={place([])} aria-label={t('back')} title={t('back')}><span aria-hidden="true">‹</span></a>
        {shown && <h2><bdi>{shown.conversation.name}</bdi> <span class={`status ${shown.conversation.status}`}>{word(shown.conversation.status)}</span></h2>}
        <button type="button" aria-expanded={aboutShown.value} onClick={() => void (aboutShown.value = !aboutShown.value)}>{t('about')}</button>
      </header>
      <Problem error={threadProblem.value} />
      {shown && <Messages key={chosen.value} />}
    </>
  )
}

function Messages() {
  const box = useRef<HTMLDivElement>(null)
  const anchor = useRef({ id: 0, top: 0 })
  const jumped = useRef(0) // the message that was gone to already
  const { data, offset, total } = thread.value!
  const behind = total - offset - data.length
  const onScroll = () => {
    const b = box.current!
    following.current = behind === 0 && b.scrollHeight - b.scrollTop - b.clientHeight < 40
    const first = [...b.querySelectorAll<HTMLElement>('[data-id]')].find((m) => m.offsetTop + m.offsetHeight > b.scrollTop)
    if (first) anchor.current = { id: Number(first.dataset['id']), top: first.offsetTop - b.scrollTop }
    if (b.scrollTop < 400) earlier()
    else if (b.scrollHeight - b.scrollTop - b.clientHeight < 400) later()
  }
  const find = (id: number) => box.current!.querySelector<HTMLElement>(`[data-id="${id}"]`)
  useLayoutEffect(() => {
    const b = box.current!
    if (following.current) b.scrollTop = b.scrollHeight
    else {
      const held = find(anchor.current.id)
      if (held) b.scrollTop = held.offsetTop - anchor.current.top
    }
  }, [thread.value])
  useEffect(() => {
    const id = chosenMessage.value
    if (!id || id === jumped.current) return
    const at = find(id)
    if (!at) return void around(id)
    jumped.current = id
    const b = box.current!
    const inSight = at.offsetTop >= b.scrollTop && at.offsetTop + 40 <= b.scrollTop + b.clientHeight
    following.current = false
    at.scrollIntoView({ block: inSight ? 'nearest' : 'center' })
    onScroll()
  }, [chosenMessage.value, offset])
  useLayoutEffect(() => {
    // A smaller box, as when a keyboard comes up, still shows its end.
    const observer = new ResizeObserver(() => following.current && (box.current!.scrollTop = box.current!.scrollHeight))
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])
  return (
    <div class="scroll">
      <div class="messages" ref={box} onScroll={onScroll} tabIndex={0} role="log" aria-label={t('messages')}>
        {offset > 0 && <button type="button" class="more" onClick={earlier}>{t('earlier', { n: numberOf(offset) })}</button>}
        {total === 0 && <p class="empty">{t('noMessages')}</p>}
        {data.map((m, i) => (
          <Fragment key={m.id}>
            {(i === 0 || dayOf(data[i - 1]!.date) !== dayOf(m.date)) && <p class="day">{dayOf(m.date)}</p>}
            <Bubble of={m} />
          </Fragment>
        ))}
      </div>
      {behind > 0 && <button type="button" class="newest" onClick={() => void newest()}>{t('newest')} ({numberOf(behind)})</button>}
    </div>
  )
}

const toggle = (of: Message) => place(of.id === chosenMessage.value ? [of.conversation_id] : [of.conversation_id, of.id])

function Bubble({ of }: { of: Message }) {
  const open = of.id === chosenMessage.value
  // A click anywhere opens it, but where something else is meant: a link, a button, a text that is being selected, what is open already.
  const click = (e: MouseEvent) => {
    if ((e.target as Element).closest('a, button, .details') || !getSelection()?.isCollapsed) return
    go(toggle(of))
  }
  return (
    <article class={`bubble ${of.direction} ${open ? 'open' : ''}`} data-id={of.id} onClick={click}>
      {of.type !== 'text' && <p class="card"><strong>{word(of.type)}</strong></p>}
      <Picture of={of} />
      <p class="content" dir="auto">{of.content}</p>
      <p class="foot">
        <a href={toggle(of)} aria-expanded={open}><span class="hidden">{t('details', { id: of.id })} </span><Time at={of.date} as={timeOf} /></a>
        {of.direction === 'outbound' && <Tick status={of.status} />}
      </p>
      {open && <Details of={of} />}
    </article>
  )
}

/** A picture that this mock itself serves; one of another server is never asked for. */
function Picture({ of }: { of: Message }) {
  if ((of.type !== 'image' && of.type !== 'sticker') || !of.content.startsWith(root.href)) return null
  return <img src={of.content} alt="" loading="lazy" />
}

const ticks: Record<string, string> = { sent: '✓', delivered: '✓✓', read: '✓✓', failed: '!' }

function Tick({ status }: { status: string }) {
  return <span class={`tick ${status}`} role="img" aria-label={word(status)} title={word(status)}>{ticks[status] ?? status}</span>
}

const forceProblem = signal<{ id: number; error: unknown } | null>(null)
const forced = ['delivered', 'read', 'failed'] as const
type Forced = (typeof forced)[number]

/** Reports whether a message can get a status: of the business, and further on than it is. */
const canBe = (of: Message, status: Forced) =>
  of.direction === 'outbound' && of.status !== status && of.status !== 'failed' && of.status !== 'read' && !(status === 'failed' && of.status === 'delivered')

async function force(of: Message, status: Forced) {
  forceProblem.value = null
  try {
    await control('patch', '/messages/{id}', { path: { id: of.id }, body: { status } })
  } catch (error) {
    forceProblem.value = { id: of.id, error }
  }
}

const opened = () => thread.value?.data.find((m) => m.id === chosenMessage.value)

/** What keys do with messages. */
export const messageKeys = {
  /** Opens the message so many above the one that is open, or the newest one; below the newest one, none. */
  step(by: number) {
    const all = thread.value?.data ?? []
    const at = all.findIndex((m) => m.id === chosenMessage.value)
    const next = at < 0 ? all.at(-1) : all[at + by]
    if (next) go(place([next.conversation_id, next.id]))
    else if (by > 0) messageKeys.close()
  },
  close: () => chosenMessage.value && go(place([chosen.value])),
  force(...statuses: Forced[]) {
    const of = opened()
    const status = of && statuses.find((one) => canBe(of, one))
    if (status) void force(of, status)
  },
}

function Details({ of }: { of: Message }) {
  const reply = of.reply_to
  const refused = forceProblem.value?.id === of.id ? forceProblem.value.error : null
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => void (refused && box.current?.scrollIntoView({ block: 'nearest' })), [refused]) // it may be below what is in sight
  return (
    <div class="details" ref={box}>
      <p>{t('details', { id: of.id })} <code dir="ltr">{of.wamid}</code></p>
      <p><Time at={of.date} both /></p>
      {reply && <p><a href={place([of.conversation_id, reply])} onClick={(e) => (e.preventDefault(), go(place([of.conversation_id, reply])))}>{t('replyTo', { id: reply })}</a></p>}
      {of.direction === 'outbound' && of.status !== 'failed' && (
        <p class="force">{t('force')} {forced.map((s) => <button key={s} type="button" disabled={!canBe(of, s)} onClick={() => void force(of, s)}>{word(s)}</button>)}</p>
      )}
      <Problem error={refused} />
    </div>
  )
}
