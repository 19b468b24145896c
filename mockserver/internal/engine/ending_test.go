package engine

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestEnding_SeesTheLastBoundaryHoweverItIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, "--b": false, "--b-": false, "x--b--": true, "--b--": true, "--b--\r\n": true, "--b-x-b--": false, "---b--": true, "--b\r\n\r\n--b--y": true,
	} {
		for name, reader := range map[string]io.Reader{"at once": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text)), "in halves": iotest.HalfReader(strings.NewReader(text))} {
			e := &ending{Reader: reader, mark: []byte("--b--")}
			if _, err := io.Copy(io.Discard, struct{ io.Reader }{e}); err != nil || e.seen != want {
				t.Errorf("%q %s: %v (%v), want %v", text, name, e.seen, err, want)
			}
		}
	}
}
