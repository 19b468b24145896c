// The server of the page: it serves the files, and signs for those who ask it.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { waiting } from './awal.js'

/** @param {string} name */
const file = (name) => fileURLToPath(new URL(name, import.meta.url))

/**
 * Starts the server on a free port and returns its address, and how to stop it.
 * @param {import('./awal.js').Settings & { number: string }} settings
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function serve(settings) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    try {
      switch (path) {
        case '/': return response.setHeader('content-type', 'text/html').end(await readFile(file('inbox.html')))
        case '/awal.js': return response.setHeader('content-type', 'text/javascript').end(await readFile(file('awal.js')))
        case '/settings.json': return response.end(JSON.stringify(settings))
        case '/inbox.json': return response.end(JSON.stringify(await waiting(settings, settings.number)))
        default: return response.writeHead(404).end()
      }
    } catch (err) {
      response.writeHead(502).end(err instanceof Error ? err.message : String(err))
    }
  })
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)) })
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => { server.close(); server.closeAllConnections() },
  }
}
