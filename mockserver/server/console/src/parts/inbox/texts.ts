import { texts } from '../../base/texts'

export const en = {
  title: 'Inbox',
  number: 'Sending number',
  search: 'Search name or phone',
  statuses: 'Status',
  all: 'All',
  unassigned: 'Unassigned',
  my: 'My',
  unread: 'Unread',
  expired: 'Expired',
  opened: 'Opened',
  closed: 'Closed',
  bot: 'Bot',
  list: 'Conversations',
  new: 'New conversation',
  newShort: 'New',
  none: 'No conversation yet. Let a customer begin one:',
  noneHere: 'No conversation matches.',
  showAll: 'Show all',
  choose: 'Choose a conversation. A customer may write as well:',
  unreadCount: 'Unread: {n}',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
  text: 'Text',
  image: 'Image',
  video: 'Video',
  audio: 'Audio',
  document: 'Document',
  sticker: 'Sticker',
  location: 'Location',
  template: 'Template',
  button: 'Buttons',
  list_: 'List',
  invoice: 'Invoice',
  phone: 'Phone',
  name: 'Name',
  create: 'Create',
  cancel: 'Cancel',
  keySearch: 'Search',
  keyNext: 'Next conversation',
  keyStatus: 'The next status',
  keyStatusBefore: 'The status before',
  keyPrevious: 'Previous conversation',
}

export const t = texts('inbox', en)

type Word = Parameters<typeof t>[0]

/** The text for a word of the API; the word itself if the page has none. */
export function word(text: string): string {
  const key = text === 'list' ? 'list_' : text
  return words.has(key) ? t(key as Word) : text
}

const words = new Set('unassigned my unread expired opened closed bot sent delivered read failed text image video audio document sticker location template button list_ invoice'.split(' '))
