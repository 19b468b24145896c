import './style.css'
import { effect } from '@preact/signals'
import { render } from 'preact'
import { followChanges } from './base/changes'
import { readSettings, settings } from './base/config'
import { connection, tokenWanted } from './base/connection'
import { language, theme, token } from './base/keep'
import { readWorkspaces } from './base/workspaces'
import { App } from './shell/app'

effect(() => void (document.documentElement.dataset['theme'] = theme.value))
effect(() => {
  document.documentElement.lang = language.value
  document.documentElement.dir = language.value === 'ar' ? 'rtl' : 'ltr'
})

async function start() {
  try {
    settings.value = await readSettings()
  } catch {
    connection.lost() // it is asked until it answers
    return
  }
  if (settings.value.control === 'token' && token.value === '') tokenWanted.value = 'missing'
}

effect(() => {
  void connection.returns.value
  if (settings.value && tokenWanted.value === 'no') void readWorkspaces().catch(() => {})
})
effect(() => {
  if (settings.value && tokenWanted.value === 'no') return followChanges()
})

render(<App />, document.getElementById('page')!)
void start()
