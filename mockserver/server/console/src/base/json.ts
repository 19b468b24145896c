// JSON as lines, each with the place that it shows. The text is not parsed as a whole: one that is cut off, or wrong, is shown as far
// as it goes, and numbers and double names stay as they were sent.

/** `path` is the place as the mock writes it, such as `buttons[0].title`; '' is the whole text, null a line that only closes. */
export type Line = { path: string | null; text: string }

type Level = { array: boolean; base: string; name: string; index: number }

const pieces = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/g
const inside = (level: Level | undefined) =>
  !level ? '' : level.array ? `${level.base}[${level.index}]` : level.base === '' ? level.name : `${level.base}.${level.name}`

/** The lines of a text, or null if it is no object and no array. */
export function jsonLines(text: string): Line[] | null {
  if (!/^\s*[{[]/.test(text)) return null
  const lines: Line[] = []
  const levels: Level[] = []
  let line = ''
  let path: string | null = ''
  const end = (depth: number) => {
    if (line !== '') lines.push({ path, text: '  '.repeat(depth) + line })
    line = ''
    path = null
  }
  const tokens = text.match(pieces) ?? []
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!
    const level = levels.at(-1)
    if (token === '{' || token === '[') {
      const place = inside(level)
      if (line === '') path = place
      line += token
      if (tokens[i + 1] === (token === '{' ? '}' : ']')) {
        line += tokens[++i]
        continue
      }
      end(levels.length)
      levels.push({ array: token === '[', base: place, name: '', index: 0 })
    } else if (token === '}' || token === ']') {
      end(levels.length)
      levels.pop()
      line = token
    } else if (token === ',') {
      line += token
      end(levels.length)
      if (level) level.index++
    } else if (token === ':') {
      line += ': '
    } else {
      if (line === '' && level && !level.array) level.name = unquoted(token)
      if (line === '') path = inside(level)
      line += token
    }
  }
  end(levels.length)
  return lines
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}

/** The line that shows a place or, where it is missing, what it would be in. */
export function lineOf(lines: Line[], place: string): number {
  for (let path = place; path !== '';) {
    const found = lines.findIndex((line) => line.path === path)
    if (found >= 0) return found
    const around = path.replace(/\[\d+\]$|(^|\.)[^.[\]]+$/, '')
    path = around === path ? '' : around
  }
  return 0
}

/** A number of bytes, for people. */
export function bytesOf(n: number): string {
  if (n < 1000) return `${n} B`
  return n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(1)} MB`
}
