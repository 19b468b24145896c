// What is done to the workspace as a whole: its events taken away and put back, and the way back to the fixtures.
import { useState } from 'preact/hooks'
import { useAction } from '../../base/action'
import { control } from '../../base/call'
import { useKeys } from '../../base/keys'
import { Problem } from '../../base/problem'
import { current, readWorkspaces } from '../../base/workspaces'
import { Dialog } from '../../shell/dialog'
import { t } from './texts'

export function EventsFile() {
  const { busy, error, run } = useAction()
  const [done, setDone] = useState(false)
  const save = () => run(async () => {
    const text = await control('get', '/events')
    const url = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }))
    Object.assign(document.createElement('a'), { href: url, download: `${current.value?.domain ?? 'workspace'}.events.ndjson` }).click()
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  })
  useKeys([{ key: 's', text: () => t('keySave'), run: () => void save() }])
  const put = (input: HTMLInputElement) => {
    const file = input.files?.[0]
    if (!file) return
    setDone(false)
    void run(async () => {
      try {
        await control('put', '/events', { body: file as never }) // sent as it is read
        setDone(true)
      } finally {
        input.value = ''
      }
    })
  }
  return (
    <section aria-labelledby="file">
      <h2 id="file">{t('file')}</h2>
      <p class="quiet">{t('fileWhat')}</p>
      <div class="actions">
        <button type="button" disabled={busy} onClick={() => void save()}>{t('save')}</button>
        <label>{t('put')} <input type="file" disabled={busy} onChange={(e) => put(e.currentTarget)} /></label>
      </div>
      <p role="status">{done && !error ? t('putDone') : ''}</p>
      <Problem error={error} />
    </section>
  )
}

export function Reset() {
  const { busy, error, run } = useAction()
  const [asked, setAsked] = useState(false)
  const reset = () => run(async () => {
    await control('post', '/reset')
    setAsked(false)
    await readWorkspaces()
  })
  const close = () => setAsked(false)
  useKeys([{ key: 'R', text: () => t('keyReset'), run: () => setAsked(true) }])
  const name = t('resetNow', { domain: current.value?.domain ?? '' })
  return (
    <section aria-labelledby="reset">
      <h2 id="reset">{t('reset')}</h2>
      <p class="quiet">{t('resetWhat')}</p>
      <button type="button" onClick={() => setAsked(true)}>{name} …</button>
      <Dialog title={t('reset')} open={asked} onClose={close}>
        <p>{t('resetWhat')}</p>
        <Problem error={error} />
        <div class="actions">
          <button type="button" class="main" disabled={busy} onClick={() => void reset()}>{name}</button>
          <button type="button" onClick={close}>{t('cancel')}</button>
        </div>
      </Dialog>
    </section>
  )
}
