import { root } from '../../base/config'
import { workspace } from '../../base/keep'

/** The line that does something by the control API, in a terminal. */
export function curl(path: string, body: object): string {
  const query = workspace.value ? `?workspace=${encodeURIComponent(workspace.value)}` : ''
  return `curl -H 'Content-Type: application/json' -d '${JSON.stringify(body)}' '${root.href}__admin${path}${query}'`
}
