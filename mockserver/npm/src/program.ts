import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'

/** A running program of the mock. */
export interface Program {
  /** The first line that it printed. */
  readonly line: string
  /** What has become of it, once it has ended; undefined while it runs. */
  ended(): string | undefined
  /** Stops it, and waits until it has ended. */
  stop(): Promise<void>
}

/** How long a program that is asked to stop may take, in milliseconds. */
const STOP_TIME = 5000

/** The path of the mock's program: `binary` if it is given, else that of the package for this platform. */
function find(binary: string | undefined): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the commands of the package use the same file
  const inPackage = require(join(__dirname, '../bin/binary.cjs')) as (program: string) => string
  return binary ?? inPackage('awalmock')
}

/** Starts the mock and waits until it answers. The mock stops when this process ends, however it ends: it reads a pipe that only this process holds. */
export async function start(binary: string | undefined, args: readonly string[], timeout: number): Promise<Program> {
  const child = spawn(find(binary), [...args, '--quiet', '--banner=json', '--stop-at-eof'], { argv0: 'awalmock', stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said = (said + text).slice(-4096) })
  child.stdin.on('error', () => undefined) // the pipe of a program that has gone
  const end = ended(child)
  const line = await firstLine(child, end, timeout, () => said)
  release(child)
  let state: string | undefined
  void end.then((how) => { state = how + (said === '' ? '' : `: ${said.trim()}`) })
  return {
    line,
    ended: () => state,
    async stop() {
      child.stdin.end()
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIME)
      child.ref()
      await end
      clearTimeout(late)
    },
  }
}

/** How a program ended: by an exit code, by a signal, or because it could not be run. */
function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (err) => { resolve(`the mock cannot be run: ${err.message}`) })
    child.once('exit', (code, signal) => { resolve(`the mock has ended (${signal ?? `exit code ${String(code)}`})`) })
  })
}

/** The first line that a program prints, within a time in milliseconds. */
async function firstLine(child: ChildProcess, end: Promise<string>, timeout: number, said: () => string): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const lines = createInterface({ input: child.stdout! })
  const line = new Promise<string>((resolve) => { lines.once('line', resolve) })
  const failed = end.then(async (how) => {
    await new Promise((resolve) => { setImmediate(resolve) }) // what it said last may still be on its way
    throw new Error(said() === '' ? how : said().trim())
  })
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { reject(new Error(`the mock did not start within ${String(timeout)} ms; startTimeout allows more`)) }, timeout)
  })
  try {
    return (await Promise.race([line, failed, late])).trim()
  } catch (err) {
    child.kill('SIGKILL')
    throw err
  } finally {
    clearTimeout(timer)
    failed.catch(() => undefined)
    lines.close()
    child.stdout!.resume()
  }
}

/** Lets this process end although the program runs: then its pipe ends, and the program with it. */
function release(child: ChildProcess): void {
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    (stream as unknown as { unref(): void }).unref()
  }
}
