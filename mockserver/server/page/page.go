// Package page is what GET /docs shows: the contract in force, to read and to try. Swagger UI draws it; the control API
// of the same mock signs what is sent.
//
// It serves files and knows neither secrets nor documents: the page asks the mock for them, as any caller would.
package page

import (
	"compress/gzip"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/swaggest/swgui/v5/static"
)

// Path is where the page is. What it is made of lies under it.
const Path = "/docs"

//go:embed index.html page.js theme.js visible.js page.css
var own embed.FS

// Settings are what the page has to know of its mock.
type Settings struct {
	BasePath string `json:"base_path"` // of the API
	Signed   bool   `json:"signed"`    // requests need the headers of a signature
	Control  string `json:"control"`   // who signs for the page, the control API: "open", "token" if it asks for one, or "off"
	Console  bool   `json:"console"`   // there is a page at /, to which this one links
}

// policy lets the page load from its own mock only, and call only it. Swagger UI has its pictures in data: URLs, and shows
// a picture that was answered from a blob: URL.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Routes are the addresses of the page and what answers at them.
func Routes(s Settings) map[string]http.HandlerFunc {
	routes := map[string]http.HandlerFunc{
		Path:                           file(own, "index.html", "text/html; charset=utf-8"),
		Path + "/":                     toPage,
		Path + "/settings.json":        s.serve,
		Path + "/page.js":              file(own, "page.js", "text/javascript; charset=utf-8"),
		Path + "/theme.js":             file(own, "theme.js", "text/javascript; charset=utf-8"),
		Path + "/visible.js":           file(own, "visible.js", "text/javascript; charset=utf-8"),
		Path + "/page.css":             file(own, "page.css", "text/css; charset=utf-8"),
		Path + "/swagger-ui-bundle.js": zipped(static.FS, "swagger-ui-bundle.js.gz", "text/javascript; charset=utf-8"),
		Path + "/swagger-ui.css":       zipped(static.FS, "swagger-ui.css.gz", "text/css; charset=utf-8"),
		Path + "/favicon-32x32.png":    file(static.FS, "favicon-32x32.png", "image/png"),
	}
	for path, serve := range routes {
		routes[path] = guarded(serve)
	}
	return routes
}

func guarded(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		// Another version of the mock may answer at the same address in a minute.
		h.Set("Cache-Control", "no-cache")
		serve(w, r)
	}
}

// toPage redirects to the page. The target is relative, so that it holds behind a proxy that cuts off a prefix as well.
func toPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Location", ".."+Path)
	w.WriteHeader(http.StatusPermanentRedirect)
}

func (s Settings) serve(w http.ResponseWriter, _ *http.Request) {
	text, err := json.Marshal(s)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // a caller that has gone needs no answer
}

func file(files fs.FS, name, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		http.ServeFileFS(w, r, files, name)
	}
}

// zipped serves a file that is kept compressed; who cannot take it so gets it unpacked.
func zipped(files fs.FS, name, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f, err := files.Open(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer f.Close()
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Add("Vary", "Accept-Encoding")
		if packed, ok := f.(io.ReadSeeker); ok && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			h.Set("ETag", checksum(packed))
			http.ServeContent(w, r, "", time.Time{}, packed)
			return
		}
		plain, err := gzip.NewReader(f)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = io.Copy(w, plain) //nolint:gosec // What is embedded is no bomb. A caller that has gone needs no answer.
	}
}

// checksum is an ETag: the last eight bytes of a gzip file are the checksum and the length of what is packed in it.
func checksum(packed io.ReadSeeker) string {
	var last [8]byte
	if _, err := packed.Seek(-int64(len(last)), io.SeekEnd); err != nil {
		return ""
	}
	if _, err := io.ReadFull(packed, last[:]); err != nil {
		return ""
	}
	return `"` + hex.EncodeToString(last[:]) + `"`
}
