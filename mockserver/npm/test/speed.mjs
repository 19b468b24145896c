// Prints how long the package takes to start a mock: node speed.mjs, in a project that has awalmock installed.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { startMock } from 'awalmock/test'

const ROUNDS = 9
const bin = dirname(createRequire(import.meta.url).resolve('awalmock/package.json')) + '/bin'
const binary = createRequire(join(bin, 'x.js'))('./binary.cjs')('awalmock')

/** Milliseconds that something takes, the median of several rounds. */
async function median(work) {
  const took = []
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now()
    const end = await work()
    took.push(performance.now() - begin)
    await end()
  }
  return took.sort((a, b) => a - b)[ROUNDS >> 1]
}

/** Starts a program and waits for its first line, which it prints when it answers. */
const line = (path, args, argv0) => () => new Promise((resolve) => {
  const child = spawn(path, [...args, '--addr', '127.0.0.1:0', '--quiet'], { argv0, stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.once('data', () => resolve(() => new Promise((gone) => { child.once('exit', gone); child.kill('SIGTERM') })))
})

const start = async (options) => { const mock = await startMock(options); await mock.fetch('/conversations?phone_number_id=123456'); return mock }
const bare = await median(line(binary, [], 'awalmock'))
const command = await median(line(process.execPath, [join(bin, 'awalmock.cjs')]))
const one = await median(async () => { const mock = await start(); return () => mock.close() })
const twenty = await median(async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => start()))
  return () => Promise.all(all.map((mock) => mock.close()))
})
console.log(`medians of ${ROUNDS}: the program itself ${bare.toFixed(0)} ms, the command awalmock ${command.toFixed(0)} ms (${(command - bare).toFixed(0)} ms more),`)
console.log(`startMock() and a signed answer ${one.toFixed(0)} ms, twenty of them at once ${twenty.toFixed(0)} ms`)
