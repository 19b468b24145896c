// The kinds of messages that the business can send: what is asked of a person, and the request that it becomes. Nothing is
// checked here: the API says what is wrong.
import type { paths } from '../../wire/api.gen'
import type { t } from './talk-texts'

export type Field = {
  path: string // its name in the request
  label: Parameters<typeof t>[0]
  input?: 'area' | 'lines' | 'number' | 'file'
  choices?: readonly string[]
}

type Path = keyof paths
type Body<P extends Path> = paths[P] extends { post: { requestBody: { content: { 'application/json': infer B } } } } ? B : never
export type Kind = { path: Path; fields: Field[]; request: (phone: string, form: FormData) => FormData | object }

const media = ['image', 'video', 'audio', 'document', 'sticker'] as const
const headers = ['TEXT', 'IMAGE', 'DOCUMENT', 'VIDEO', 'LOCATION'] as const

const text = (form: FormData, name: string) => String(form.get(name) ?? '')
const lines = (form: FormData, name: string) => text(form, name).split('\n').filter((line) => line.trim() !== '')

/** What was typed, without the fields that are empty, as a form. */
function typed(phone: string, form: FormData): FormData {
  const sent = new FormData()
  sent.set('phone', phone)
  for (const [name, value] of form) {
    if (typeof value === 'string' ? value !== '' : value.size > 0) sent.set(name, value)
  }
  return sent
}

export const kinds: Record<string, Kind> = {
  text: {
    path: '/w/message/text',
    fields: [{ path: 'body', label: 'content', input: 'area' }],
    request: (phone, form): Body<'/w/message/text'> => ({ phone, body: text(form, 'body') }),
  },
  media: {
    path: '/w/message/media',
    fields: [{ path: 'link', label: 'link' }, { path: 'type', label: 'mediaKind', choices: media }, { path: 'caption', label: 'caption' }, { path: 'file', label: 'file', input: 'file' }],
    request: (phone, form): FormData | Body<'/w/message/media'> => {
      const file = form.get('file')
      const sent = typed(phone, form)
      if (file instanceof File && file.size > 0) {
        sent.delete('link')
        return sent
      }
      const caption = text(form, 'caption')
      return { phone, type: text(form, 'type') as 'image', link: text(form, 'link'), ...(caption && { caption }) }
    },
  },
  template: {
    path: '/w/message/template',
    fields: [{ path: 'template_id', label: 'templateId', input: 'number' }, { path: 'header_type', label: 'header', choices: headers }, { path: 'header_value', label: 'headerValue' }, { path: 'body_params', label: 'params', input: 'lines' }],
    request: (phone, form) => {
      const sent = typed(phone, form)
      const values = lines(form, 'body_params')
      if (values.length > 0) sent.set('body_params', JSON.stringify(values))
      return sent
    },
  },
  button: {
    path: '/w/message/button',
    fields: [{ path: 'body_text', label: 'content', input: 'area' }, { path: 'buttons', label: 'buttons', input: 'lines' }],
    request: (phone, form): Body<'/w/message/button'> => ({
      phone, body_text: text(form, 'body_text'), buttons: lines(form, 'buttons').map((title, i) => ({ id: String(i + 1), title })),
    }),
  },
  list: {
    path: '/w/message/list',
    fields: [{ path: 'body_text', label: 'content', input: 'area' }, { path: 'button_text', label: 'buttonText' }, { path: 'title', label: 'section' }, { path: 'rows', label: 'rows', input: 'lines' }],
    request: (phone, form): Body<'/w/message/list'> => ({
      phone, body_text: text(form, 'body_text'), button_text: text(form, 'button_text'),
      sections: [{ title: text(form, 'title'), rows: lines(form, 'rows').map((title, i) => ({ id: String(i + 1), title })) }],
    }),
  },
  location: {
    path: '/w/message/location',
    fields: [{ path: 'latitude', label: 'latitude', input: 'number' }, { path: 'longitude', label: 'longitude', input: 'number' }, { path: 'name', label: 'place' }, { path: 'address', label: 'address' }],
    request: (phone, form): object => {
      const number = (name: string) => (text(form, name).trim() === '' || isNaN(Number(text(form, name))) ? text(form, name) : Number(text(form, name)))
      return { phone, location: { latitude: number('latitude'), longitude: number('longitude'), name: text(form, 'name'), address: text(form, 'address') } }
    },
  },
  invoice: {
    path: '/invoice-message',
    fields: [{ path: 'message_text', label: 'content', input: 'area' }, { path: 'header_type', label: 'header', choices: headers }, { path: 'header_value', label: 'headerValue' }, { path: 'header_media', label: 'headerFile', input: 'file' }],
    request: typed,
  },
}
