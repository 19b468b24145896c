import type { en } from './texts'

export const ar: Record<keyof typeof en, string> = {
  title: 'العقد',
  check: 'افحص هذا الخادم',
  checkWhat: 'تسأل حزمة اختبارات العقد هذا الخادم وتبيّن المتطلبات التي يفي بها. ضع المفتاح السري في متغيّرات البيئة حيث لا يقرؤه مستخدم آخر. اسم الحزمة في الإصدارات المعبّأة ‎awalmock-contract، وفي نسخة المصدر يبنيها الأمر ⁦go build -o bin/ ./contract⁩ باسم ⁦bin/contract⁩.',
  secretHere: 'المفتاح السري لمساحة العمل',
  report: 'تقرير',
  reportWhat: 'افتح ملف report.json من حزمة الاختبارات أو أفلته على هذه الصفحة. لا يغادر الملف المتصفح.',
  open: 'افتح report.json',
  notReport: 'ليس هذا ملف report.json من حزمة الاختبارات: {text}',
  of: '{target}، العقد {version}، {started}',
  all: 'الكل',
  outcome: 'النتيجة',
  cases: 'الحالات: {n}',
  expected: 'المتوقع',
  actual: 'الفعلي',
  requirements: 'المتطلبات',
  requirementsWhat: 'ما يعد به العقد فوق مخططاته. العلامة تبيّن مدى اليقين: D موثّق لدى المزوّد، E ظاهر في مثال للمزوّد، I مستنتَج.',
  find: 'ابحث',
  keyFind: 'ابحث عن متطلب',
  count: 'المتطلبات: {n}',
  operations: 'كل العمليات',
}
