import type { components as api } from './api.gen'
import type { components as control } from './control.gen'
import { send } from './http'
import { sign, type Credentials, type RequestToSign } from './sign'

/** Schemas of the vendor's API, by name. */
export type ApiSchemas = api['schemas']
/** Schemas of the mock's control API, by name. */
export type ControlSchemas = control['schemas']

export type Clock = ControlSchemas['Clock']
export type Conversation = ControlSchemas['Conversation']
export type Exchange = ControlSchemas['Exchange']
export type FaultRule = ControlSchemas['FaultRule']
export type Message = ControlSchemas['Message']
export type NewConversation = ControlSchemas['NewConversation']
export type NewMessage = ControlSchemas['NewMessage']
export type ConversationChange = ControlSchemas['ConversationChange']
export type NewWebhook = ControlSchemas['NewWebhook']
export type Delivery = ControlSchemas['Delivery']

/** What all workspaces of a mock share. */
export interface Connection {
  /** Base URL of the API. */
  readonly url: string
  readonly controlToken: string | undefined
  /** Why the mock has ended; undefined while it runs. */
  ended(): string | undefined
}

/** A refused request of the control API. */
export class ControlError extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly details: Record<string, string>) {
    super(message)
    this.name = 'ControlError'
  }
}

/** One workspace of a running mock: requests that are signed for it, and what a test does to it. */
export class Workspace {
  constructor(protected readonly connection: Connection, readonly credentials: Credentials) {}

  /** Base URL of the API, such as `http://127.0.0.1:40123/api/developer`. */
  get url(): string { return this.connection.url }

  /** The headers that sign a request for this workspace now. */
  sign(request: RequestToSign): Record<string, string> { return sign(this.credentials, request, Date.now()) }

  /**
   * Sends a signed request. `path` is behind the base URL: `/conversations?phone_number_id=123456`. A header that is given is left as it
   * is, so that a test can send a wrong one. A body that is a string is sent as JSON if no Content-Type is given.
   */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(this.url + path)
    const headers = new Headers(init.headers)
    if (typeof init.body === 'string' && !headers.has('content-type')) headers.set('content-type', 'application/json')
    const whole = new Request(url, { ...init, headers })
    const body = new Uint8Array(await whole.arrayBuffer())
    const target = url.href.slice(new URL(this.url).href.length)
    const signed: Record<string, string> = { accept: 'application/json' }
    for (const [name, value] of Object.entries(this.sign({ method: whole.method, target, body }))) signed[name.toLowerCase()] = value
    whole.headers.forEach((value, name) => { signed[name] = value })
    return this.send(url, whole.method, signed, body, init.signal ?? undefined)
  }

  /** Sends a request to the control API, for what has no method here: `control('GET', '/limits')`. Throws a ControlError if it is refused. */
  async control<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const url = new URL('/__admin' + path, this.url)
    if (!url.searchParams.has('workspace') && !path.startsWith('/workspaces')) url.searchParams.set('workspace', this.credentials.domain)
    const headers: Record<string, string> = { accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (this.connection.controlToken !== undefined) headers['authorization'] = `Bearer ${this.connection.controlToken}`
    const answer = await this.send(url, method, headers, Buffer.from(body === undefined ? '' : JSON.stringify(body)), undefined)
    const text = await answer.text()
    if (!answer.ok) throw controlError(answer.status, text)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  private async send(url: URL, method: string, headers: Record<string, string>, body: Uint8Array, signal: AbortSignal | undefined): Promise<Response> {
    try {
      return await send(url, { method, headers, body, ...(signal ? { signal } : {}) })
    } catch (err) {
      const ended = this.connection.ended()
      if (ended === undefined) throw err
      throw new Error(ended, { cause: err })
    }
  }

  /** Moves the workspace's clock on, by whole seconds: `advance('24h')`, `advance('1m30s')`. */
  advance(by: string): Promise<Clock> { return this.control('POST', '/clock', { advance: by }) }

  /** Stops the workspace's clock at an instant. */
  setClock(at: Date | string): Promise<Clock> {
    return this.control('POST', '/clock', { set: typeof at === 'string' ? at : at.toISOString() })
  }

  /** The workspace's clock. */
  clock(): Promise<Clock> { return this.control('GET', '/clock') }

  /** Lets the customer of a conversation write. */
  receive(conversation: number, message: string | NewMessage): Promise<Message> {
    return this.control('POST', `/conversations/${String(conversation)}/messages`, typeof message === 'string' ? { content: message } : message)
  }

  /** Makes a conversation. */
  createConversation(conversation: NewConversation): Promise<Conversation> { return this.control('POST', '/conversations', conversation) }

  /** Changes who a conversation is assigned to, whether the bot handles it, whether it is closed, or how much is unread. */
  changeConversation(id: number, change: ConversationChange): Promise<Conversation> { return this.control('PATCH', `/conversations/${String(id)}`, change) }

  /** Moves a sent message to another status, now. */
  forceStatus(message: number, status: ControlSchemas['ForcedStatus']): Promise<Message> {
    return this.control('PATCH', `/messages/${String(message)}`, { status })
  }

  /** Replaces the rules for answers that go wrong on purpose; none is every answer right. */
  async fault(...rules: FaultRule[]): Promise<void> { await this.control('PUT', '/faults', { rules }) }

  /** The exchanges of this workspace that the mock remembers, oldest first. */
  async requests(): Promise<Exchange[]> { return (await this.control<ControlSchemas['ExchangeList']>('GET', '/requests')).data }

  /** Makes the mock forget the exchanges of this workspace. */
  async clearRequests(): Promise<void> { await this.control('DELETE', '/requests') }

  /** Registers the receivers of webhooks; those of before are replaced. */
  async setWebhooks(...endpoints: NewWebhook[]): Promise<void> { await this.control('PUT', '/webhooks', { endpoints }) }

  /** What was sent to receivers of webhooks, and what came of it. */
  async deliveries(): Promise<Delivery[]> { return (await this.control<ControlSchemas['DeliveryList']>('GET', '/deliveries')).data }

  /** Sets the workspace back to its start: data, clock, secret, faults, deliveries and limits. Exchanges and receivers of webhooks stay. */
  async reset(): Promise<void> { await this.control('POST', '/reset') }
}

/** The error that an answer of the control API gives. */
function controlError(status: number, text: string): ControlError {
  try {
    const body = JSON.parse(text) as ControlSchemas['Error']
    const details = body.details ?? {}
    const where = Object.entries(details).map(([name, what]) => `${name}: ${what}`).join('; ')
    return new ControlError(status, body.error, where === '' ? body.message : `${body.message} (${where})`, details)
  } catch {
    return new ControlError(status, '', `the control API answered ${String(status)}: ${text.slice(0, 200)}`, {})
  }
}
