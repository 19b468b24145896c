// Where two texts differ, character by character.

/** A piece of both texts, or of one of them. */
export type Piece = { of: 'both' | 'left' | 'right'; text: string }

const most = 250_000 // comparisons; of two longer middles nothing is said to be common

/** Both texts as one list of pieces, in order. */
export function differences(left: string, right: string): Piece[] {
  let head = 0
  while (head < left.length && head < right.length && left[head] === right[head]) head++
  let tail = 0
  while (tail < left.length - head && tail < right.length - head && left.at(-1 - tail) === right.at(-1 - tail)) tail++
  const [a, b] = [left.slice(head, left.length - tail), right.slice(head, right.length - tail)]
  const middle: Piece[] = a.length * b.length > most ? [{ of: 'left', text: a }, { of: 'right', text: b }] : aligned(a, b)
  return joined([{ of: 'both', text: left.slice(0, head) }, ...middle, { of: 'both', text: left.slice(left.length - tail) }])
}

/** The characters of both texts, with the longest common text as their common part. */
function aligned(a: string, b: string): Piece[] {
  const width = b.length + 1
  const common = new Uint16Array((a.length + 1) * width) // of what is behind each place
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
    }
  }
  const pieces: Piece[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      pieces.push({ of: 'both', text: a[i]! })
      i++
      j++
    } else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!) pieces.push({ of: 'left', text: a[i++]! })
    else pieces.push({ of: 'right', text: b[j++]! })
  }
  return [...pieces, { of: 'left', text: a.slice(i) }, { of: 'right', text: b.slice(j) }]
}

function joined(pieces: Piece[]): Piece[] {
  const list: Piece[] = []
  for (const piece of pieces) {
    const last = list.at(-1)
    if (piece.text === '') continue
    if (last?.of === piece.of) last.text += piece.text
    else list.push({ ...piece })
  }
  return list
}
