package sandbox

import "sync/atomic"

// Caches keep what was rendered of one version of a conversation. A change makes another version with empty caches, so they
// never have to be cleared.
type Caches struct{ Row, Thread Cache }

// A Cache keeps one rendered text. The zero Cache is empty.
type Cache struct{ kept atomic.Pointer[rendered] }

// A Renderer is who has rendered a text: the text is of use to the same one only.
type Renderer struct{ _ byte }

type rendered struct {
	by    *Renderer
	text  []byte
	until int64 // Unix seconds; 0: for good
}

// Get is the text that by has rendered, if it is still right at the Unix second now.
func (c *Cache) Get(by *Renderer, now int64) ([]byte, bool) {
	k := c.kept.Load()
	if k == nil || k.by != by || k.until != 0 && now >= k.until {
		return nil, false
	}
	return k.text, true
}

// Put keeps a text that by has rendered, until a Unix second (0: for good).
func (c *Cache) Put(by *Renderer, text []byte, until int64) { c.kept.Store(&rendered{by, text, until}) }
