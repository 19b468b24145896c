// The part that turns the clock, sets faults, shows what is left of the limits, and takes the whole workspace out and in.
import './time.css'
import { workspace } from '../../base/keep'
import { Clock } from './clock'
import { Faults } from './faults'
import { Limits } from './limits'
import { t } from './texts'
import { EventsFile, Reset } from './workspace'

export function Time() {
  return (
    <div class="sheet" key={workspace.value}>
      <h1>{t('title')}</h1>
      <Clock />
      <Faults />
      <Limits />
      <EventsFile />
      <Reset />
    </div>
  )
}
