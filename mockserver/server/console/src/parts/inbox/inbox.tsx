import { texts } from '../../base/texts'

const t = texts({ title: 'Inbox' }, { title: 'الوارد' })

export const title = () => t('title')

export function Inbox() {
  return <h1>{t('title')}</h1>
}
