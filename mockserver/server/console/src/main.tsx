import './style.css'
import { effect } from '@preact/signals'
import { render } from 'preact'
import { settings } from './base/config'
import { connection, tokenWanted } from './base/connection'
import { language, theme, token } from './base/keep'
import { arabic, loadArabic } from './base/texts'
import { readWorkspaces } from './base/workspaces'
import { App } from './shell/app'

if (settings.value.control === 'token' && token.value === '') tokenWanted.value = 'missing'

effect(() => void (document.documentElement.dataset['theme'] = theme.value))
effect(() => {
  document.documentElement.lang = arabic.value ? 'ar' : 'en'
  document.documentElement.dir = arabic.value ? 'rtl' : 'ltr'
})
effect(() => {
  void connection.returns.value
  if (tokenWanted.value === 'no') void readWorkspaces().catch(() => {})
})

// A page in Arabic is not shown in English first; without the file it is.
const first = language.value === 'ar' ? loadArabic() : Promise.resolve()
void first.catch(() => connection.lost()).then(() => {
  render(<App />, document.getElementById('page')!)
  effect(() => {
    void connection.returns.value
    if (language.value === 'ar') void loadArabic().catch(() => connection.lost())
  })
})
