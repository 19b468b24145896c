// All keys that are in force.
import { signal } from '@preact/signals'
import { keys } from '../base/keys'
import { Dialog } from './dialog'
import { t } from './texts'

export const helpShown = signal(false)

export function Help() {
  const close = () => void (helpShown.value = false)
  return (
    <Dialog title={t('help')} open={helpShown.value} onClose={close}>
      <dl class="keys">
        {keys.value.flatMap((group) => group.current).map((key) => <div key={key.key}><dt><kbd>{key.key}</kbd></dt><dd>{key.text()}</dd></div>)}
      </dl>
      <button type="button" onClick={close}>{t('close')}</button>
    </Dialog>
  )
}
