import type { en } from './words'

export const ar: Record<keyof typeof en, string> = {
  copy: 'نسخ',
  copied: 'نُسخ',
  unreachable: 'لم يُجب الخادم الوهمي.',
  own: 'لا تستطيع الصفحة فعل ذلك: {text}',
  cut: 'أوّل {shown} من {all}؛ ولا يُحفظ الباقي.',
  all: 'عرض الأسطر كلها ({n})',
  gone: '{all}، ولا يُحفظ منها شيء.',
  unknown: 'لم يكن الطول معروفًا؛ يُعرض ما حُفظ.',
}
