// Asks for the token of the control API, once in a tab.
import { connection, tokenWanted } from '../base/connection'
import { token } from '../base/keep'
import { Dialog } from './dialog'
import { t } from './texts'

export function TokenDialog() {
  const submit = (e: SubmitEvent) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget as HTMLFormElement).get('token')
    if (typeof typed !== 'string' || typed === '') return
    token.value = typed
    tokenWanted.value = 'no'
    connection.returns.value++
  }
  return (
    <Dialog title={t('tokenTitle')} open={tokenWanted.value !== 'no'}>
      <form onSubmit={submit} class="token">
        <p class={tokenWanted.value === 'wrong' ? 'problem' : ''} role="alert">{t(tokenWanted.value === 'wrong' ? 'tokenWrong' : 'tokenMissing')}</p>
        <label>{t('token')} <input name="token" type="password" autocomplete="off" spellcheck={false} required autofocus /></label>
        <button class="main">{t('use')}</button>
      </form>
    </Dialog>
  )
}
