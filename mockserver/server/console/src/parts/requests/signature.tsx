// What has to be signed beside what was signed, with the differences marked.
import { differences, type Piece } from './differences'
import { t } from './texts'
import type { Exchange } from './entries'

export function Signature({ found }: { found: NonNullable<Exchange['signature']> }) {
  const pieces: Piece[] = found.signed ? differences(found.to_sign, found.signed) : [{ of: 'both', text: found.to_sign }]
  return (
    <div class="signature">
      <p dir="auto" lang="en">{found.hint}</p>
      <dl>
        <dt>{t('toSign')}</dt>
        <dd><Side pieces={pieces} side="left" mark="ins" /></dd>
        <dt>{t('wasSigned')}</dt>
        <dd>{found.signed ? <Side pieces={pieces} side="right" mark="del" /> : <span class="quiet">{t('same')}</span>}</dd>
      </dl>
    </div>
  )
}

/** One of both texts: what only it has is marked, and where it lacks something there is a gap. */
function Side({ pieces, side, mark: Mark }: { pieces: Piece[]; side: 'left' | 'right'; mark: 'ins' | 'del' }) {
  return (
    <code dir="ltr">
      {pieces.map((piece, i) => (piece.of === 'both' ? piece.text : piece.of === side ? <Mark key={i}>{piece.text}</Mark> : <i key={i} class="gap" />))}
    </code>
  )
}
