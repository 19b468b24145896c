// Package console is the page that the mock shows at its address: to play the customer, to see each request, to turn the
// clock. Its sources are in src, what is built of them in dist, which is committed: `make console`.
//
// It serves files and knows neither secrets nor data: the page asks the API and the control API for them, as any caller would.
package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"html"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Path is the folder of what the page is made of. The page itself is the index of the mock.
const Path = "/__console"

//go:embed index.html
var indexHTML []byte

//go:embed dist
var dist embed.FS

// Settings are what the page has to know of its mock before it asks anything else.
type Settings struct {
	BasePath string `json:"base_path"` // of the API
	Signed   bool   `json:"signed"`    // requests of the API need a signature
	Control  string `json:"control"`   // "open", or "token" if the control API asks for one
	Version  string `json:"version"`   // of the mock
	Build    string `json:"build"`     // digest of the files of the page; what serves it sets it
}

// policy lets the page load from its own mock only, and call only it. No script and no style may be in the page itself.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Routes are the page, which refers to what is under Path relative to itself, and what answers there. Nothing is read before it is asked for: most
// starts of a mock are for a test that never opens the page.
func Routes(s Settings) (index http.HandlerFunc, beside map[string]http.HandlerFunc) {
	entries, err := dist.ReadDir("dist")
	if err != nil {
		panic(err) // the folder is embedded
	}
	beside = map[string]http.HandlerFunc{}
	for _, entry := range entries {
		contentType := "text/javascript; charset=utf-8"
		if strings.HasSuffix(entry.Name(), ".css") {
			contentType = "text/css; charset=utf-8"
		}
		beside[Path+"/"+entry.Name()] = file(func() []byte { return built(entry.Name()) }, contentType)
	}
	known := sync.OnceValue(func() []byte {
		s.Build = digestOf(entries)
		return s.text()
	})
	beside[Path+"/settings.json"] = func(w http.ResponseWriter, _ *http.Request) {
		guard(w.Header())
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(known()) // a caller that has gone needs no answer
	}
	return file(func() []byte { return written(known()) }, "text/html; charset=utf-8"), beside
}

// written is the page with its settings in it, so that it need not ask for them first.
func written(settings []byte) []byte {
	return bytes.Replace(indexHTML, []byte("{{settings}}"), []byte(html.EscapeString(string(settings))), 1)
}

// built is a file that the build has made.
func built(name string) []byte {
	content, err := dist.ReadFile("dist/" + name)
	if err != nil {
		panic(err) // what is embedded can be read
	}
	return content
}

// digestOf is different for the files of different builds.
func digestOf(entries []fs.DirEntry) string {
	all := sha256.New()
	all.Write(indexHTML)
	for _, entry := range entries {
		all.Write(built(entry.Name()))
	}
	return hex.EncodeToString(all.Sum(nil)[:8])
}

func (s Settings) text() []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a struct of texts and a bool is always JSON
	}
	return text
}

// file serves what is embedded, compressed for who can take it so. It is read, and compressed, once.
func file(read func() []byte, contentType string) http.HandlerFunc {
	embedded := sync.OnceValues(func() (content []byte, tag string) {
		content = read()
		digest := sha256.Sum256(content)
		return content, hex.EncodeToString(digest[:8])
	})
	zipped := sync.OnceValue(func() []byte {
		content, _ := embedded()
		return compress(content)
	})
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		guard(h)
		h.Set("Content-Type", contentType)
		h.Add("Vary", "Accept-Encoding")
		body, tag := embedded()
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body, tag = zipped(), tag+"-gzip"
		}
		h.Set("ETag", `"`+tag+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	}
}

func compress(content []byte) []byte {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // neither the level nor a buffer gives an error
	}
	return packed.Bytes()
}

func guard(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	// Another version of the mock may answer at the same address in a minute.
	h.Set("Cache-Control", "no-cache")
}
