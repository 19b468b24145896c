// All keys that are in force, and by which clock times are shown.
import { keys } from '../base/keys'
import { Dialog } from './dialog'
import { helpShown } from './state'
import { t } from './texts'

export function HelpDialog() {
  const close = () => void (helpShown.value = false)
  return (
    <Dialog title={t('help')} open={helpShown.value} onClose={close}>
      <dl class="keys">
        {keys.value.flatMap((group) => group.current).map((key) => <div key={key.key}><dt><kbd dir="ltr">{key.key}</kbd></dt><dd>{key.text()}</dd></div>)}
      </dl>
      <p class="quiet">{t('zone', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}</p>
      <button type="button" onClick={close}>{t('close')}</button>
    </Dialog>
  )
}
