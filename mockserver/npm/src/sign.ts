import { createHmac } from 'node:crypto'

/** What a client of a workspace signs its requests with. */
export interface Credentials {
  /** `X-Domain` */
  domain: string
  /** `X-Client-ID` */
  clientId: string
  /** The key of the signature. It never leaves this process. */
  secret: string
  /** The first sending number of the workspace. */
  phoneNumberId: string
}

/** A request as it will be sent. */
export interface RequestToSign {
  method: string
  /** Path and query behind the base URL, exactly as they are sent: `/conversations?phone_number_id=123456`. */
  target: string
  body?: string | Uint8Array
}

/** The four headers of a signed request: HMAC-SHA256 over method, target, time and body. `now` is in milliseconds. */
export function sign(credentials: Credentials, request: RequestToSign, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  const digest = createHmac('sha256', credentials.secret)
    .update(request.method.toUpperCase() + request.target + timestamp)
    .update(request.body ?? '')
    .digest('hex')
  return {
    'X-Awal-Signature-256': `sha256=${digest}`,
    'X-Timestamp': timestamp,
    'X-Domain': credentials.domain,
    'X-Client-ID': credentials.clientId,
  }
}
