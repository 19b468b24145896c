// Tests of the package as it is installed: node --test. They run in a project that has awalmock from its packed files.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ControlError, startMock } from 'awalmock/test'

const clock = '2024-01-20T12:00:00Z'
const bin = join(process.cwd(), 'node_modules/.bin/awalmock')
let mock
before(async () => { mock = await startMock({ clock: new Date(clock) }) })
after(() => mock.close())

/** Waits until a condition holds; a test that waits for ever is ended by the runner. */
const until = async (holds) => { while (!holds()) await new Promise((resolve) => { setTimeout(resolve, 10) }) }

test('requests are signed, whatever their body is', async () => {
  const list = await mock.fetch('/conversations?phone_number_id=123456&searchTerm=%D9%85%D8%AD')
  assert.equal(list.status, 200)
  const text = await mock.fetch('/w/message/text?phone_number_id=123456', { method: 'POST', body: JSON.stringify({ phone: '966500000904', body: 'سلام 👋' }) })
  assert.equal(text.status, 200, await text.clone().text())
  const form = new FormData()
  form.set('phone', '966500000904')
  form.set('file', new Blob(['%PDF-1.4\n%%EOF\n'], { type: 'application/pdf' }), 'a.pdf')
  form.set('type', 'document')
  const upload = await mock.fetch('/w/message/media?phone_number_id=123456', { method: 'POST', body: form })
  assert.equal(upload.status, 200, await upload.clone().text())
})

test('a header that is given is left as it is', async () => {
  const refused = await mock.fetch('/conversations?phone_number_id=123456', { headers: { 'X-Awal-Signature-256': 'sha256=' + '0'.repeat(64) } })
  assert.equal(refused.status, 401)
  assert.equal((await mock.requests()).at(-1).response.status, 401)
})

test('CommonJS has the same class', () => {
  const required = createRequire(join(process.cwd(), 'x.js'))('awalmock/test')
  assert.ok(mock instanceof required.Mock)
})

test('the control API refuses with its own words', async () => {
  await assert.rejects(mock.receive(999999, 'x'), (err) => err instanceof ControlError && err.status === 404)
  await assert.rejects(mock.fault({ status: 200 }), (err) => err instanceof ControlError && err.status === 400 && /status/.test(err.message))
})

test('a workspace of its own is not seen by others', async () => {
  const workspace = await mock.createWorkspace({ domain: 'own' })
  const made = await workspace.createConversation({ phone: '966550000009', name: 'Only here' })
  await workspace.receive(made.id, 'Hello')
  const [own, other] = await Promise.all([workspace, mock].map(async (w) => (await w.fetch('/conversations?phone_number_id=123456&searchTerm=Only')).json()))
  assert.deepEqual([own.data.length, other.data.length], [1, 0])
})

test('time, statuses and webhooks', async () => {
  const received = []
  const receiver = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString())
      received.push(body.event)
      response.end(body.challenge === undefined ? '' : JSON.stringify({ challenge: body.challenge }))
    })
  })
  await new Promise((resolve) => { receiver.listen(0, '127.0.0.1', resolve) })
  const workspace = await mock.createWorkspace({ domain: 'hooks' })
  await workspace.setWebhooks({ url: `http://127.0.0.1:${receiver.address().port}/hook` })
  await workspace.createConversation({ phone: '966550000008' })
  await until(() => received.includes('conversation.created'))
  assert.ok((await workspace.deliveries()).length > 0)
  receiver.close()
  receiver.closeAllConnections()
  await workspace.setWebhooks()
  assert.equal((await workspace.advance('90s')).now, (await workspace.clock()).now)
  await workspace.reset()
})

test('fixtures of one\'s own bring their own credentials', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'awalmock-')), 'shop')
  assert.equal(spawnSync(bin, ['init', folder]).status, 0)
  const own = await startMock({ fixtures: join(folder, 'fixtures'), auth: 'hmac', seed: 7, strict: true, rateLimit: 'off' })
  assert.equal((await own.fetch(`/conversations?phone_number_id=${own.credentials.phoneNumberId}`)).status, 200)
  await own.close()
})

test('a start that fails says what the program says', async () => {
  await assert.rejects(startMock({ port: Number(new URL(mock.url).port) }), /is taken; stop what listens there/)
  await assert.rejects(startMock({ args: ['--sead=7'] }), /--sead/)
  await assert.rejects(startMock({ binary: '/nowhere/awalmock' }), /cannot be run/)
  const config = join(mkdtempSync(join(tmpdir(), 'awalmock-')), 'awalmock.yaml')
  writeFileSync(config, 'sead: 7\n')
  await assert.rejects(startMock({ args: ['--config', config] }), /there is no setting "sead"; did you mean "seed"/)
})

test('a mock that has ended is told in the next request', async () => {
  const own = await startMock()
  await own.close()
  await assert.rejects(own.fetch('/conversations?phone_number_id=123456'), /the mock has ended \(exit code 0\)/)
})

test('a mock that was killed is told in the next request', { skip: process.platform !== 'linux' }, async () => {
  const own = await startMock({ args: ['--latency=0ms'] })
  const pid = spawnSync('sh', ['-c', "grep -lz -- --latency=0ms /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3"]).stdout.toString().trim().split('\n').map(Number)
    .find((id) => readFileSync(`/proc/${id}/stat`, 'utf8').split(' ')[3] === String(process.pid))
  process.kill(pid, 'SIGKILL')
  await until(() => own.connection.ended() !== undefined)
  await assert.rejects(own.fetch('/conversations?phone_number_id=123456'), /the mock has ended \(SIGKILL\)/)
})

test('the mock ends with the process that started it, also when that is killed', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e',
    `import { startMock } from 'awalmock/test'; const mock = await startMock(); console.log(mock.url); setInterval(() => {}, 1000)`], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise((resolve) => { child.stdout.once('data', (text) => resolve(text.toString().trim())) })
  assert.equal((await fetch(new URL('/livez', url))).status, 200)
  child.kill('SIGKILL')
  let gone = false
  while (!gone) gone = await fetch(new URL('/livez', url)).then(() => false, () => true)
})

test('a process that forgets close() ends', () => {
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', `import { startMock } from 'awalmock/test'; await startMock()`], { timeout: 60_000 })
  assert.equal(result.status, 0, result.stderr.toString())
})

test('twenty at once', async () => {
  const many = await Promise.all(Array.from({ length: 20 }, () => startMock()))
  assert.equal(new Set(many.map((m) => m.url)).size, 20)
  await Promise.all(many.map((m) => m.close()))
})

test('the commands pass on exit codes and signals', async () => {
  assert.equal(spawnSync(bin, ['--seed', 'x']).status, 2)
  assert.match(spawnSync(bin, ['--version']).stdout.toString(), /^awalmock \S+ \(commit/)
  assert.match(spawnSync(bin, ['contract', '--version']).stdout.toString(), /^awalmock-contract \S+ \(commit/)
  const child = spawn(bin, ['--addr', '127.0.0.1:0', '--quiet'], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => { child.stdout.once('data', resolve) })
  child.kill('SIGTERM')
  const [code, signal] = await new Promise((resolve) => { child.once('exit', (...how) => resolve(how)) })
  assert.deepEqual([code, signal], [0, null])
})

test('a proxy in the environment is not asked', () => {
  const result = spawnSync(process.execPath, ['--input-type=module', '-e',
    `import { startMock } from 'awalmock/test'; const mock = await startMock(); console.log((await mock.fetch('/conversations?phone_number_id=123456')).status)`],
  { env: { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' } })
  assert.equal(result.stdout.toString().trim(), '200', result.stderr.toString())
})
