import { start, type Program } from './program'
import type { Credentials } from './sign'
import { Workspace, type Connection, type ControlSchemas } from './workspace'

export { ControlError, Workspace } from './workspace'
export type * from './workspace'
export type { Credentials, RequestToSign } from './sign'

/** How a mock is started. What is absent is as with the program; `args` takes every other flag of it. */
export interface MockOptions {
  /** The instant at which the clock is stopped, or `'real'`. */
  clock?: string | Date
  /** A folder of fixtures. */
  fixtures?: string
  /** Another OpenAPI document: the path of its file. */
  spec?: string
  /** Seed of everything that is generated. */
  seed?: number
  /** What a request must carry. */
  auth?: 'hmac' | 'headers' | 'off'
  /** Whether unknown parameters and properties are refused. */
  strict?: boolean
  /** Limits per operation: `'spec'`, `'off'`, or such as `'5/1m'`. */
  rateLimit?: string
  /** When a sent message is delivered and read: `'delivered=1s,read=3s'`. */
  delivery?: string
  /** Where the webhooks of the default workspace are sent. */
  webhookUrl?: string
  /** The port; a free one if absent. */
  port?: number
  /** Token of the control API. */
  controlToken?: string
  /** More flags of the program: `['--latency', '200ms']`. */
  args?: readonly string[]
  /** Path of the program; that of the package for this platform if absent. */
  binary?: string
  /** How long the start may take, in milliseconds (10,000). */
  startTimeout?: number
}

/** A running mock: its default workspace, and the mock as a whole. */
export class Mock extends Workspace {
  constructor(private readonly program: Program, connection: Connection, credentials: Credentials) {
    super(connection, credentials)
  }

  /** Makes a workspace of its own in the same mock, for a test that must not see what others do. Its inbox is empty. */
  async createWorkspace(workspace: ControlSchemas['NewWorkspace']): Promise<Workspace> {
    return new Workspace(this.connection, credentials(await this.control<CreatedWorkspace>('POST', '/workspaces', workspace)))
  }

  /** Stops the mock. It also stops when this process ends. */
  close(): Promise<void> { return this.program.stop() }

  /** `await using mock = await startMock()` stops it at the end of the block. */
  [Symbol.asyncDispose](): Promise<void> { return this.close() }
}

/**
 * Starts a mock on a free port of this machine and waits until it answers. Throws with the program's own words if it does not start.
 */
export async function startMock(options: MockOptions = {}): Promise<Mock> {
  const program = await start(options.binary, flags(options), options.startTimeout ?? 10_000)
  const started = JSON.parse(program.line) as Started
  const connection = { url: started.base_url, controlToken: options.controlToken, ended: () => program.ended() }
  const [workspace] = started.workspaces
  return new Mock(program, connection, credentials(workspace!))
}

/** What the program prints when it is ready; the default workspace comes first. */
interface Started { base_url: string; workspaces: CreatedWorkspace[] }

type CreatedWorkspace = ControlSchemas['CreatedWorkspace']

function credentials(w: CreatedWorkspace): Credentials {
  return { domain: w.domain, clientId: w.client_id, secret: w.secret, phoneNumberId: w.phone_number_ids[0] ?? '' }
}

/** The options as flags of the program. */
function flags(o: MockOptions): string[] {
  const clock = o.clock instanceof Date ? o.clock.toISOString().replace(/\.\d+Z$/, 'Z') : o.clock
  const values: Record<string, string | number | undefined> = {
    addr: `127.0.0.1:${String(o.port ?? 0)}`, clock, fixtures: o.fixtures, spec: o.spec, seed: o.seed, auth: o.auth, 'rate-limit': o.rateLimit,
    delivery: o.delivery, 'webhook-url': o.webhookUrl, 'control-token': o.controlToken,
  }
  const out: string[] = []
  for (const [name, value] of Object.entries(values)) if (value !== undefined) out.push(`--${name}=${String(value)}`)
  if (o.strict === true) out.push('--strict')
  return [...out, ...(o.args ?? [])]
}
