package journal

import (
	"encoding/binary"
	"net/http"
)

// appendHeader writes a header as bytes: each name with each of its values, both behind their lengths. A name without a value is left
// out. As maps, the headers of a thousand exchanges would be a fifth of what the mock keeps in memory.
func appendHeader(to []byte, h http.Header) []byte {
	for name, values := range h {
		for _, value := range values {
			to = appendText(appendText(to, name), value)
		}
	}
	return to
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

// readHeader reads what appendHeader has written.
func readHeader(from []byte) http.Header {
	h := http.Header{}
	for len(from) > 0 {
		var name, value string
		name, from = cutText(from)
		value, from = cutText(from)
		h[name] = append(h[name], value)
	}
	return h
}

func cutText(from []byte) (text string, rest []byte) {
	n, size := binary.Uvarint(from)
	end := size + int(n)
	return string(from[size:end]), from[end:]
}
