// A client of the Awal Conversations API that runs in the browser and in Node: it signs each request with the Web Crypto API.

/**
 * @typedef {object} Settings
 * @property {string} baseUrl such as http://127.0.0.1:4010/api/developer
 * @property {string} domain
 * @property {string} clientId
 * @property {string} secret in the browser only for a mock: everyone who opens the page can read it
 */

/**
 * @param {Settings} settings
 * @param {string} method
 * @param {string} target path and query behind the base URL
 * @param {unknown} [body] sent as JSON
 * @returns {Promise<any>} the JSON of the answer
 */
export async function awal(settings, method, target, body) {
  const text = body === undefined ? '' : JSON.stringify(body)
  const timestamp = String(Math.floor(Date.now() / 1000))
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode(settings.secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const digest = await crypto.subtle.sign('HMAC', key, encoder.encode(method + target + timestamp + text))
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const response = await fetch(settings.baseUrl + target, {
    method,
    ...(text === '' ? {} : { body: text }),
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'X-Domain': settings.domain,
      'X-Client-ID': settings.clientId,
      'X-Timestamp': timestamp,
      'X-Awal-Signature-256': `sha256=${hex}`,
    },
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(`${response.status} ${answer.message ?? ''}`)
  return answer
}

/**
 * Who waits for an answer, the one who has waited longest last.
 * @param {Settings} settings
 * @param {string} number
 * @returns {Promise<{ name: string, unread_count: number, last_message: string }[]>}
 */
export async function waiting(settings, number) {
  const { data } = await awal(settings, 'GET', `/conversations?phone_number_id=${encodeURIComponent(number)}&status=unread`)
  return data
}
