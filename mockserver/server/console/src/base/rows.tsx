// A list of rows of one height, of which only those in sight are drawn: 100,000 rows cost as much as ten.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

type Props = {
  total: number
  height: number // of a row, in pixels
  label: string // what the list is, for who cannot see it
  row: (index: number) => ComponentChildren
  show?: (from: number, to: number) => void // which rows are in sight, for who has to fetch them
  at?: number // the row that has to be in sight
}

export function Rows({ total, height, label, row, show, at }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [sight, setSight] = useState({ top: 0, tall: 800 })
  const from = Math.max(0, Math.floor(sight.top / height) - 5)
  const to = Math.min(total, Math.ceil((sight.top + sight.tall) / height) + 5)

  useLayoutEffect(() => {
    const measure = () => box.current && setSight({ top: box.current.scrollTop, tall: box.current.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => show?.(from, to), [from, to, total])
  useLayoutEffect(() => {
    const b = box.current!
    if (at === undefined || at < 0) return
    if (at * height < b.scrollTop) b.scrollTop = at * height
    else if ((at + 1) * height > b.scrollTop + b.clientHeight) b.scrollTop = (at + 1) * height - b.clientHeight
  }, [at])

  const rows = []
  for (let i = from; i < to; i++) {
    rows.push(<li key={i} style={{ top: `${i * height}px`, height: `${height}px` }} aria-setsize={total} aria-posinset={i + 1}>{row(i)}</li>)
  }
  return (
    <div class="rows" ref={box} tabIndex={-1} onScroll={(e) => setSight({ top: e.currentTarget.scrollTop, tall: e.currentTarget.clientHeight })}>
      <ul aria-label={label} style={{ height: `${total * height}px` }}>{rows}</ul>
    </div>
  )
}
