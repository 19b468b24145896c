// An instant by the clock of the browser, with the API's own text, in UTC, as the title or beside it.
import { instantOf } from './texts'

type Props = { at: string; as?: (instant: string) => string; both?: boolean }

/** Without `as` it is day and time. With `both` the API's text is shown too, so that it can be found and copied. */
export function Time({ at, as = instantOf, both = false }: Props) {
  return <><time dateTime={at} title={at}>{as(at)}</time>{both && <> <code class="quiet instant" dir="ltr">{at}</code></>}</>
}
