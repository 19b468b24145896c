package journal

// A ring keeps the newest of what is written to it. Were each answer copied into memory of its own, the garbage collector
// would have as much again to do for a list.
type ring struct {
	buf []byte // made when it is needed
	end int64  // how much was ever written
}

// write gives the place at which p can be read.
func (r *ring) write(p []byte) (at int64) {
	at = r.end
	if r.buf == nil && len(p) > 0 {
		r.buf = make([]byte, keptBlocks)
	}
	for len(p) > 0 {
		n := copy(r.buf[r.end%int64(len(r.buf)):], p)
		p = p[n:]
		r.end += int64(n)
	}
	return at
}

// read copies what was written at a place; nil when something newer is there.
func (r *ring) read(at int64, size int) []byte {
	if r.end-at > int64(len(r.buf)) {
		return nil
	}
	p := make([]byte, size)
	n := copy(p, r.buf[at%int64(len(r.buf)):])
	copy(p[n:], r.buf)
	return p
}
