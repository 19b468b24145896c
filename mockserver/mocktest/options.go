package mocktest

import (
	"io/fs"
	"log/slog"
	"time"
)

// Seed chooses the generated data.
func Seed(n uint64) Option { return func(o *Options) { o.Seed = n } }

// StoppedClock stops every workspace's clock at an instant, so that answers are the same bytes on every run.
func StoppedClock(at time.Time) Option { return func(o *Options) { o.Clock = at } }

// Fixtures takes a folder of fixtures instead of the project's own.
func Fixtures(dir fs.FS) Option { return func(o *Options) { o.Fixtures = dir } }

// Spec takes another OpenAPI document; name is its file's, for messages.
func Spec(name string, document []byte) Option {
	return func(o *Options) { o.SpecName, o.Spec = name, document }
}

// RateLimit is spec, off, or N/1s, N/1m, N/1h.
func RateLimit(limit string) Option { return func(o *Options) { o.RateLimit = limit } }

// Auth is hmac, headers or off.
func Auth(mode string) Option { return func(o *Options) { o.Auth = mode } }

// SignedUpload is what of an upload is signed: body, empty or either. The mock's own clients sign what it says.
func SignedUpload(mode string) Option { return func(o *Options) { o.SignedUpload = mode } }

// AllowMissing serves a document that lacks operations which the mock implements.
func AllowMissing() Option { return func(o *Options) { o.AllowMissing = true } }

// Strict refuses parameters and properties that the document does not know.
func Strict() Option { return func(o *Options) { o.Strict = true } }

// CheckAnswers checks every answer against the document again before it leaves.
func CheckAnswers() Option { return func(o *Options) { o.CheckAnswers = "always" } }

// SearchFolding is none or arabic: letters that are often written one for the other are equal in a search.
func SearchFolding(words string) Option { return func(o *Options) { o.SearchFolding = words } }

// MaxEvents bounds how much may happen in each workspace until a reset.
func MaxEvents(n int) Option { return func(o *Options) { o.MaxEvents = n } }

// ControlToken is what requests to the control API carry; without one it is there on a loopback address only.
func ControlToken(token string) Option { return func(o *Options) { o.ControlToken = token } }

// Addr listens on host:port instead of a free port of 127.0.0.1.
func Addr(address string) Option { return func(o *Options) { o.Addr = address } }

// BaseURL is the address of the API that the document served by the mock names, where it is not the one asked for.
func BaseURL(address string) Option { return func(o *Options) { o.BaseURL = address } }

// TLS serves https with a certificate made at the start; the mock's own clients trust it.
func TLS() Option { return func(o *Options) { o.TLS = true } }

// Logger logs one line a request.
func Logger(l *slog.Logger) Option { return func(o *Options) { o.Logger = l } }
