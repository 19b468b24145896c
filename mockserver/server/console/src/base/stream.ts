// One reader of server-sent events. EventSource cannot send a token, so the stream is read with fetch.
import { root } from './config'
import { controlHeaders, send, target } from './call'
import { tokenWanted } from './connection'
import { token } from './keep'

export type StreamEvent = { name: string; id: string; data: string }

/** Takes pieces of text as they come and gives the events that are whole. */
export function eventParser() {
  let rest = ''
  return (text: string): StreamEvent[] => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.map(parse).filter((event) => event.data !== '')
  }
}

function parse(block: string): StreamEvent {
  const event = { name: 'message', id: '', data: '' }
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    const value = line.slice(colon + 1).replace(/^ /, '')
    if (line.startsWith('event:')) event.name = value
    if (line.startsWith('id:')) event.id = value
    if (line.startsWith('data:')) event.data += event.data === '' ? value : `\n${value}`
  }
  return event
}

const pause = (milliseconds: number, stop: AbortSignal) => new Promise<void>((resolve) => {
  const timer = setTimeout(resolve, milliseconds)
  stop.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
})

type Stream = '/changes/stream' | '/requests/stream' | '/webhooks/stream'

/**
 * Reads a stream of the control API until it is stopped. After a break it reads on behind the last event that it has seen.
 * @param take gets all events that came together, in one piece, so that it draws once for them
 * @param opened is called each time that the stream is open; what was missed without an id has to be read again then
 * @param from the event to begin behind; '' begins with what happens next
 * @returns what stops it
 */
export function stream(path: Stream, query: object, take: (events: StreamEvent[]) => void, opened: () => void = () => {}, from = ''): () => void {
  const stop = new AbortController()
  void follow(path, query, take, opened, from, stop.signal)
  return () => stop.abort()
}

async function follow(path: Stream, query: object, take: (events: StreamEvent[]) => void, opened: () => void, from: string, stop: AbortSignal) {
  let last = from
  while (!stop.aborted) {
    const leave = new AbortController()
    try {
      await untilSeen(stop)
      whenHidden(() => leave.abort(), leave.signal)
      const headers = { ...controlHeaders(), ...(last && { 'Last-Event-ID': last }) }
      const answer = await send(new URL(`__admin${target(path, {}, query)}`, root), { headers, signal: AbortSignal.any([stop, leave.signal]) })
      if (answer.status === 401) tokenWanted.value = token.value ? 'wrong' : 'missing'
      if (answer.ok && answer.body) {
        opened()
        const parse = eventParser()
        for await (const text of chunks(answer.body)) {
          const events = parse(text)
          last = events.findLast((event) => event.id !== '')?.id ?? last
          if (events.length > 0) take(events)
        }
      } else if (answer.status === 400) last = '' // an id that this mock cannot read
    } catch {
      // A stream that breaks is opened again.
    }
    const hidden = leave.signal.aborted
    leave.abort()
    if (!hidden) await pause(1000, stop)
  }
}

// A browser has six connections to a server for all tabs: a stream of a hidden tab would take one of them.

function whenHidden(run: () => void, stop: AbortSignal) {
  document.addEventListener('visibilitychange', () => document.hidden && run(), { signal: stop })
}

const untilSeen = (stop: AbortSignal) => new Promise<void>((resolve) => {
  if (!document.hidden || stop.aborted) return resolve()
  document.addEventListener('visibilitychange', () => resolve(), { signal: stop, once: true })
})

async function* chunks(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

/**
 * Makes a function that runs another: at once when it has not run for a while, else soon, once for all calls until then, and never
 * twice at once. When a run takes long, the next one waits longer: the page uses at most a third of the time.
 */
export function coalesced(run: () => Promise<void> | void, atLeast = 100): () => void {
  let planned = false
  let running = false
  let next = 0 // when it may run again
  const start = async () => {
    running = true
    planned = false
    const began = performance.now()
    try {
      await run()
    } catch {
      // The function that is run shows what went wrong.
    }
    const now = performance.now()
    next = now + Math.max(atLeast, 2 * (now - began))
    running = false
    if (planned) plan()
  }
  const plan = () => setTimeout(() => void start(), Math.max(0, next - performance.now()))
  return () => {
    if (planned) return
    planned = true
    if (!running) plan()
  }
}
