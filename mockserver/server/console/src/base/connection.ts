// Whether the mock answers. One request every two seconds asks while it does not; a mock of another build is offered for reload.
import { signal } from '@preact/signals'
import { readSettings, settings } from './config'

/** Whether the control API wants a token that it did not get. */
export const tokenWanted = signal<'no' | 'missing' | 'wrong'>('no')

const online = signal(true)
const changed = signal(false)
const returns = signal(0)

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

async function wait() {
  for (;;) {
    await pause(document.hidden ? 5000 : 1000)
    try {
      const now = await readSettings()
      const before = settings.value
      changed.value = now.version !== before.version || now.build !== before.build
      if (!changed.value) settings.value = now
      online.value = true
      returns.value++
      return
    } catch {
      // It is asked again.
    }
  }
}

export const connection = {
  online, // false: the mock does not answer, and is asked again
  changed, // another version of the mock answers than the one that this page is from
  returns, // grows by one each time that the mock is back: what was read has to be read again
  lost() {
    if (!online.value) return
    online.value = false
    void wait()
  },
}
