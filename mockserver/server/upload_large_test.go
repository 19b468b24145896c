package server_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// A largeFile is a file of which no more than a buffer is ever in memory here.
type largeFile struct {
	kind, begins string
	size         int
	chunked      bool // without a Content-Length
	unsigned     bool
}

// form is the body of an upload, and how long it is.
func (f largeFile) form() (body io.Reader, length int64) {
	head := "--b\r\nContent-Disposition: form-data; name=\"phone\"\r\n\r\n966555011001\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\n" + f.kind + "\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"large\"\r\nContent-Type: application/octet-stream\r\n\r\n" + f.begins
	const tail = "\r\n--b--\r\n"
	rest := int64(f.size - len(f.begins))
	return io.MultiReader(strings.NewReader(head), io.LimitReader(zeros{}, rest), strings.NewReader(tail)), int64(len(head)+len(tail)) + rest
}

// send uploads the file.
func (f largeFile) send(t *testing.T, m *mock) *answer {
	t.Helper()
	timestamp := strconv.FormatInt(m.now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(m.Secret))
	if !f.unsigned {
		signed, _ := f.form()
		if _, err := io.Copy(mac, io.MultiReader(strings.NewReader("POST"+sendTo("media")+timestamp), signed)); err != nil {
			t.Fatal(err)
		}
	}
	body, length := f.form()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.URL+sendTo("media"), body)
	if err != nil {
		t.Fatal(err)
	}
	if !f.chunked {
		r.ContentLength = length
	}
	for name, value := range map[string]string{
		"Content-Type": "multipart/form-data; boundary=b", "X-Domain": m.Domain, "X-Client-ID": m.ClientID, "X-Timestamp": timestamp,
		"X-Awal-Signature-256": "sha256=" + hex.EncodeToString(mac.Sum(nil)),
	} {
		r.Header.Set(name, value)
	}
	response, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	a := &answer{status: response.StatusCode, header: response.Header}
	a.readAll(t, response.Body)
	if err := json.Unmarshal(a.body, &a.value); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return a
}

// largest are files of the largest size of each type: 1 MB is 2^20 bytes, 1 KB 2^10.
func largest() []largeFile {
	return []largeFile{
		{kind: "image", begins: png, size: 5 << 20},
		{kind: "video", begins: mp4, size: 16 << 20},
		{kind: "audio", begins: ogg, size: 16 << 20},
		{kind: "sticker", begins: webp, size: 100 << 10},
		{kind: "document", begins: pdf, size: 100 << 20},
	}
}

func TestAFileOfTheLargestSizeOfItsTypeIsAcceptedAndOneByteMoreIs400OnFile(t *testing.T) {
	t.Parallel()
	for _, f := range largest() {
		t.Run(f.kind, func(t *testing.T) {
			t.Parallel()
			m := start(t, mocktest.RateLimit("off"))
			f.send(t, m).is(t, 200, "")
			m.changesNothing(t, func() {
				over := f
				over.size, over.chunked = f.size+1, true
				a := over.send(t, m).is(t, 400, "validation_failed").names(t, "file")
				if !strings.Contains(a.detail("file"), fmt.Sprint(f.size)) {
					t.Errorf("the bound is not named: %s", a.body)
				}
			})
		})
	}
}

// It runs alone, before the parallel tests: what the whole process allocates is what the upload costs.
func TestTheServersMemoryDoesNotGrowWithAnUpload(t *testing.T) {
	m := start(t, unlimited())
	allocated := func(size int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		largeFile{kind: "document", begins: pdf, size: size}.send(t, m).is(t, 200, "")
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	allocated(1 << 10) // what is made once is made now
	small, large := allocated(1<<10), allocated(32<<20)
	if large > small+1<<20 {
		t.Errorf("a document of 1 KiB allocates %d bytes, one of 32 MiB %d", small, large)
	}
}

func TestAnUploadOverTheLimitOfItsBodyIs413(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.changesNothing(t, func() {
		for _, chunked := range []bool{false, true} {
			// 100 MiB for the file and 1 MiB for its form; the size is checked before the signature.
			largeFile{kind: "document", begins: pdf, size: 101 << 20, chunked: chunked, unsigned: true}.send(t, m).is(t, 413, "payload_too_large")
		}
	})
}
