package server

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
)

// storagePath is where the mock shows a picture in the place of each uploaded file, with --storage-url=self.
const storagePath = "/storage/"

// ownStorage lets the addresses of uploaded files in an answer lie at the mock itself.
func (s *service) ownStorage(next engine.Handler) engine.Handler {
	if s.Server == nil || s.options.StorageURL != "self" {
		return next
	}
	return func(c *engine.Call) (engine.Reply, error) {
		reply, err := next(c)
		move := addressMover{from: []byte(`"` + storageHost + "/"), to: []byte(`"` + s.origin(c.HTTP) + storagePath)}
		reply.Body = move.in(reply.Body)
		if stream := reply.Stream; stream != nil {
			reply.Stream = func(w io.Writer) error {
				move.Writer = w
				return stream(&move)
			}
		}
		return reply, err
	}
}

// An addressMover writes another beginning of addresses. No address is written in two pieces.
type addressMover struct {
	io.Writer
	from, to []byte
}

func (m *addressMover) in(text []byte) []byte {
	if text == nil {
		return nil
	}
	return bytes.ReplaceAll(text, m.from, m.to)
}

// Write implements io.Writer.
func (m *addressMover) Write(text []byte) (int, error) {
	_, err := m.Writer.Write(m.in(text))
	return len(text), err
}

// serveStorage shows the picture of a record: /storage/WORKSPACE/COLLECTION/ID/NAME. What has no record is 404.
func (s *service) serveStorage(w http.ResponseWriter, r *http.Request) {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, storagePath), "/", 4)
	if len(parts) != 4 || !s.hasRecord(parts[0], parts[1], parts[2]) {
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_ = png.Encode(w, picture(r.URL.Path)) // a caller that has gone needs no answer
}

func (s *service) hasRecord(domain, name, id string) bool {
	t := s.workspaces.get(domain)
	if domain == "" || t == nil || t.resources[name] == nil {
		return false
	}
	_, err := t.Record(name, id)
	return err == nil
}

// picture is a pattern of its own for each name, the same on both sides.
func picture(name string) image.Image {
	const cells, size = 8, 32
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash cannot fail
	bits := h.Sum64()
	ink := color.RGBA{uint8(bits) / 2, uint8(bits>>8) / 2, uint8(bits>>16) / 2, 255}
	made := image.NewPaletted(image.Rect(0, 0, cells*size, cells*size), color.Palette{color.RGBA{238, 240, 243, 255}, ink})
	for y := range cells * size {
		for x := range cells * size {
			column := min(x/size, cells-1-x/size)
			if bits>>(uint(y/size*cells/2+column)%64)&1 == 1 {
				made.SetColorIndex(x, y, 1)
			}
		}
	}
	return made
}
