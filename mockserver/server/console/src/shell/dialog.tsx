// A modal <dialog>: the browser keeps the focus inside, closes it on Escape, and gives the focus back.
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'

type Props = { title: string; open: boolean; onClose?: () => void; children: ComponentChildren }

/** Without onClose it stays open until `open` is false. */
export function Dialog({ title, open, onClose, children }: Props) {
  const box = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    if (open && !box.current!.open) box.current!.showModal()
    if (!open && box.current!.open) box.current!.close()
  }, [open])
  useLayoutEffect(() => () => box.current?.close(), []) // gives the focus back
  const outside = (e: MouseEvent) => e.target === box.current && onClose?.()
  return (
    <dialog ref={box} aria-labelledby={id} onClose={onClose} onClick={outside} onCancel={(e) => !onClose && e.preventDefault()}>
      {open && <div class="inside"><h2 id={id}>{title}</h2>{children}</div>}
    </dialog>
  )
}
