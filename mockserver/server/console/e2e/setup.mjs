// What the tests of the page share: one browser, a mock for each test, and what must hold on every page that a test opens.
import { spawn } from 'node:child_process'
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const program = process.env.AWALMOCK ?? new URL('../../../../bin/mockserver', import.meta.url).pathname
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** SLOW=5 waits five times as long, on a machine that does much else. */
export const slow = Number(process.env.SLOW ?? 1)
let browser

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
})
after(() => browser.close())

/** Starts a mock on a free port. `stop` ends it; `origin` is its address. */
export async function startMock(...args) {
  const address = args.some((arg) => arg.startsWith('--addr=')) ? [] : ['--addr=127.0.0.1:0']
  const child = spawn(program, [...address, '--banner=json', '--stop-at-eof', '--log-level=error', ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), exited.then(([code]) => assert.fail(`the mock ended with ${code}`))])
  const banner = JSON.parse(line)
  const origin = new URL(banner.base_url).origin
  const stop = async () => {
    child.kill('SIGKILL')
    await exited
  }
  /** Calls the control API and gives the JSON of its answer. */
  const control = async (method, path, body) => {
    const answer = await fetch(`${origin}/__admin${path}`, { method, headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) })
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? '' : await answer.text()}`)
    return answer.status === 204 ? undefined : answer.json()
  }
  return { origin, banner, stop, control }
}

/** Opens a page in a context of its own. It keeps what it asked and what went wrong; `check` says what must never be. */
export async function openPage(origin, hash = '', options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: 'UTC', ...options })
  context.setDefaultTimeout(20_000 * slow) // below the time of a test, so that the failure says what was waited for
  const page = await context.newPage()
  const asked = []
  const wrong = []
  page.on('request', (r) => asked.push(r.url()))
  page.on('pageerror', (e) => wrong.push(String(e)))
  page.on('console', (m) => {
    // The browser itself writes a line for each request that fails or is refused; the page says that in words.
    if (m.type() === 'error' && !m.text().startsWith('Failed to load resource')) wrong.push(m.text())
  })
  await page.goto(`${origin}/${hash}`)
  const check = () => {
    assert.deepEqual(asked.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:')), [], 'requests to another origin')
    assert.deepEqual(wrong, [], 'errors, which a breach of the Content-Security-Policy is too')
  }
  return { page, context, asked, wrong, check }
}

/** What axe finds on a page: rules and the elements that break them. */
export async function violations(page) {
  const session = await page.context().newCDPSession(page)
  // Past the page's policy, as a tool of the browser.
  await session.send('Runtime.evaluate', { expression: axe })
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  await session.detach()
  return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary?.split('\n')[1] ?? ''}`))
}

/** Checks a page with axe in both themes and both directions of writing, and that nothing is wider than the window. */
export async function accessible(page) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme })
    for (const language of ['ar', 'en']) {
      await setLanguage(page, language)
      assert.deepEqual(await violations(page), [], `axe, ${scheme}, ${language}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(wide <= 0, `${language}: ${wide} pixels wider than the window`)
    }
  }
}

export async function setLanguage(page, language) {
  const now = await page.getAttribute('html', 'lang')
  if (now !== language) await page.locator('.switches button[lang]').evaluate((button) => button.click()) // behind a dialog too
  await page.waitForSelector(`html[lang=${language}]`)
}

/** Waits until a check that asks the mock holds. Playwright's waitForFunction takes the promise of such a check for true. */
export async function until(check) {
  for (const end = Date.now() + 20_000 * slow; !await check();) {
    assert.ok(Date.now() < end, `it does not come to hold: ${check}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A test with a mock of its own, which is stopped at the end. */
export function withMock(name, args, run) {
  test(name, { timeout: 60_000 * slow }, async (t) => {
    const mock = await startMock(...args)
    t.after(() => mock.stop())
    try {
      await run(mock, t)
    } finally {
      await picture(name)
    }
  })
}

/** Keeps a picture of the page that was opened last, as the test left it, in the folder SCREENSHOTS. */
async function picture(name) {
  const page = browser.contexts().at(-1)?.pages().at(-1)
  if (process.env.SCREENSHOTS && page) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name.replaceAll(/\W+/g, '-')}.png` })
}
