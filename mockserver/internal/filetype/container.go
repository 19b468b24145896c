package filetype

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"unicode/utf16"
)

const (
	tailBytes = 256 << 10 // of a zip that are kept: its directory is at the end
	maxInside = 10_000    // names of what is in a container
)

// ReadRest reads the rest of a file whose beginning is head, and returns how many bytes that was. Of a container, a zip or an OLE
// file, it returns the names of what is in it, since the beginning does not say what the file is.
func ReadRest(head []byte, rest io.Reader) (names []string, n int64, err error) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		t := tail{}
		_, _ = t.Write(head) // it cannot fail
		n, err = io.Copy(&t, rest)
		return zipNames(head, t, int64(len(head))+n), n, err
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		o := oleNames{}
		_, _ = o.Write(head) // it cannot fail
		n, err = io.Copy(&o, rest)
		if slices.Contains(o.names, "Root Entry") { // else it was no directory
			names = o.names
		}
		return names, n, err
	default:
		n, err = io.Copy(io.Discard, rest)
		return nil, n, err
	}
}

// tail keeps the last bytes of what is written to it.
type tail []byte

func (t *tail) Write(p []byte) (int, error) {
	b := append(*t, p...)
	if over := len(b) - tailBytes; over > 0 {
		b = b[:copy(b, b[over:])]
	}
	*t = b
	return len(p), nil
}

// zipNames reads a zip's directory, or, where it breaks off, the names in its beginning.
func zipNames(head []byte, t tail, size int64) []string {
	var names []string
	if z, err := zip.NewReader(lastBytes{t, size - int64(len(t))}, size); err == nil {
		for _, f := range z.File[:min(len(z.File), maxInside)] {
			names = append(names, f.Name)
		}
		return names
	}
	for rest := head; ; {
		at := bytes.Index(rest, []byte("PK\x03\x04"))
		if at < 0 || len(rest) < at+30 {
			return names
		}
		length := int(binary.LittleEndian.Uint16(rest[at+26:]))
		rest = rest[at+30:]
		if length > len(rest) {
			return names
		}
		names = append(names, string(rest[:length]))
	}
}

// lastBytes reads a file of which only the end is there.
type lastBytes struct {
	end  []byte
	from int64
}

// ReadAt implements io.ReaderAt.
func (l lastBytes) ReadAt(p []byte, at int64) (int, error) {
	if at < l.from {
		return 0, io.ErrUnexpectedEOF
	}
	return bytes.NewReader(l.end).ReadAt(p, at-l.from)
}

// oleNames finds the entries of an OLE file's directory, which may lie anywhere in it: 128 bytes each, at a multiple of 128.
type oleNames struct {
	entry []byte // that has begun
	names []string
}

func (o *oleNames) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		more := min(128-len(o.entry), len(p))
		o.entry = append(o.entry, p[:more]...)
		p = p[more:]
		if len(o.entry) == 128 {
			o.add()
			o.entry = o.entry[:0]
		}
	}
	return n, nil
}

// add takes the name of an entry: UTF-16 with a zero behind it, its length in bytes, and the kind of entry.
func (o *oleNames) add() {
	length, kind := int(binary.LittleEndian.Uint16(o.entry[64:])), o.entry[66]
	if length < 4 || length > 64 || length%2 != 0 || kind != 1 && kind != 2 && kind != 5 || len(o.names) == maxInside {
		return
	}
	units := make([]uint16, length/2-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(o.entry[2*i:])
	}
	if o.entry[length-2] == 0 && o.entry[length-1] == 0 && !slices.Contains(units, 0) {
		o.names = append(o.names, string(utf16.Decode(units)))
	}
}
