// The frame of the page: the bar with the parts, what is said of the connection, and the part that the address names.
import { useEffect, useRef } from 'preact/hooks'
import { connection, tokenWanted } from '../base/connection'
import { root, settings } from '../base/config'
import { language, theme, workspace, type Theme } from '../base/keep'
import { lazy } from '../base/lazy'
import { useKeys } from '../base/keys'
import { go, href, route } from '../base/route'
import { arabic } from '../base/texts'
import { current, workspaces } from '../base/workspaces'
import { parts } from '../parts'
import { helpShown } from './state'
import { t } from './texts'

const Help = lazy('HelpDialog')
const Token = lazy('TokenDialog')
const signs: Record<Theme, string> = { system: '◐', light: '☀', dark: '☾' }
const themes = Object.keys(signs) as Theme[]
const nextTheme = () => void (theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length]!)
const otherLanguage = () => void (language.value = language.value === 'ar' ? 'en' : 'ar')
const docs = new URL('docs', root).href

export function App() {
  useKeys([
    ...parts.map((part) => ({ key: part.key, text: part.title, run: () => go(href([part.name])) })),
    { key: '?', text: () => t('keyHelp'), run: () => void (helpShown.value = true) },
    { key: 'T', text: () => t('keyTheme'), run: nextTheme },
    { key: 'L', text: () => t('keyLanguage'), run: otherLanguage },
    { key: 'D', text: () => t('keyDocs'), run: () => location.assign(docs) },
  ])
  const name = route.value.part || parts[0]!.name
  const part = parts.find((other) => other.name === name)
  useEffect(() => void (document.title = part ? `${part.title()} · awalmock` : 'awalmock'), [part, arabic.value])
  const View = part?.view
  return (
    <>
      <a class="skip" href="#content" onClick={(e) => (e.preventDefault(), document.getElementById('content')?.focus())}>{t('skip')}</a>
      <Bar shown={name} />
      <State />
      <main id="content" tabIndex={-1}>
        {tokenWanted.value !== 'no' ? null : View ? <View /> : <p class="empty">{t('unknown')}</p>}
      </main>
      {helpShown.value && <Help />}
      {tokenWanted.value !== 'no' && <Token />}
    </>
  )
}

function Bar({ shown }: { shown: string }) {
  const nav = useRef<HTMLElement>(null)
  // On a phone the parts are a row that is wider than the screen.
  useEffect(() => nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }), [shown, arabic.value])
  return (
    <header class="bar">
      <a class="brand" href="#/">awalmock</a>
      <nav ref={nav} aria-label={t('parts')}>
        {parts.map((part) => (
          <a key={part.name} href={href([part.name])} aria-current={part.name === shown ? 'page' : undefined} title={`${part.title()} (${part.key})`}>{part.title()}</a>
        ))}
        <a href={docs}>{t('docs')}</a>
      </nav>
      <Workspaces />
      <div class="switches">
        <button type="button" onClick={nextTheme} title={`${t('theme')}: ${t(theme.value)} (T)`} aria-label={`${t('theme')}: ${t(theme.value)}`}>{signs[theme.value]}</button>
        <button type="button" lang={arabic.value ? 'en' : 'ar'} onClick={otherLanguage} title={t('languageLabel')}>{t('language')}</button>
        <button type="button" onClick={() => void (helpShown.value = true)} aria-label={t('help')} title={`${t('help')} (?)`}>?</button>
      </div>
    </header>
  )
}

function Workspaces() {
  if (workspaces.value.length === 0) return null
  return (
    <label class="quiet workspace"><span class="hidden">{t('workspace')}</span>
      <select dir="ltr" value={current.value?.domain ?? ''} title={t('workspace')} onChange={(e) => void (workspace.value = e.currentTarget.value)}>
        {workspaces.value.map((w) => <option key={w.domain} value={w.domain}>{w.domain}</option>)}
      </select>
    </label>
  )
}

function State() {
  const lost = !connection.online.value
  const changed = connection.changed.value
  return (
    <div class="state" role="status">
      {lost && <p class="problem">{t('lost')}</p>}
      {!lost && changed && <p class="note">{t('changed', { version: settings.value.version })} <button type="button" onClick={() => location.reload()}>{t('reload')}</button></p>}
    </div>
  )
}
