// A customer who has not written before.
import { useState } from 'preact/hooks'
import { control } from '../../base/call'
import { Problem } from '../../base/problem'
import { go } from '../../base/route'
import { Dialog } from '../../shell/dialog'
import { making } from './list'
import { number, place } from './store'
import { t } from './texts'

export function NewConversation() {
  const [problem, setProblem] = useState<unknown>(null)
  const close = () => (setProblem(null), void (making.value = false))
  const submit = async (e: SubmitEvent) => {
    e.preventDefault()
    const form = new FormData(e.currentTarget as HTMLFormElement)
    const name = String(form.get('name'))
    try {
      const made = await control('post', '/conversations', { body: { phone: String(form.get('phone')), ...(number.value && { phone_number_id: number.value }), ...(name && { name }) } })
      close()
      go(place([made.id], { status: '', search: '' }))
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Dialog title={t('new')} open={making.value} onClose={close}>
      <form class="fields" onSubmit={submit}>
        <label>{t('phone')} <input name="phone" inputMode="tel" dir="ltr" required placeholder="966555000001" autofocus /></label>
        <label>{t('name')} <input name="name" dir="auto" /></label>
        <Problem error={problem} />
        <p class="buttons"><button class="main">{t('create')}</button> <button type="button" onClick={close}>{t('cancel')}</button></p>
      </form>
    </Dialog>
  )
}
