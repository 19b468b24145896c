// All Arabic texts, as one file. The compiler wants each key that the English table beside it has.
import { ar as contract } from './parts/contract/texts.ar'
import { ar as data } from './parts/data/texts.ar'
import { ar as inbox } from './parts/inbox/texts.ar'
import { ar as talk } from './parts/inbox/talk-texts.ar'
import { ar as requests } from './parts/requests/texts.ar'
import { ar as shell } from './shell/texts.ar'
import { ar as time } from './parts/time/texts.ar'
import { ar as webhooks } from './parts/webhooks/texts.ar'
import { ar as words } from './base/words.ar'

export const arabic = { contract, data, inbox, requests, shell, talk, time, webhooks, words }
export type Arabic = typeof arabic
