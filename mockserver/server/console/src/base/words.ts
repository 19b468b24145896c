// The texts of what the parts share.
import { texts } from './texts'

export const en = {
  copy: 'Copy',
  copied: 'Copied',
  unreachable: 'The mock did not answer.',
  own: 'The page cannot do this: {text}',
  cut: 'The first {shown} of {all}; the rest is not kept.',
  all: 'Show all {n} lines',
  gone: '{all}, of which nothing is kept.',
  unknown: 'Its length was not known; what is kept is shown.',
}

export const t = texts('words', en)
