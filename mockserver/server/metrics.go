package server

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/server/control"
)

const (
	metricBuild    = "awalmock_build_info"
	metricRequests = "awalmock_requests_total"
	metricSeconds  = "awalmock_request_duration_seconds"
)

// requestMetrics counts requests by operationId and status; never by path or workspace, which have no bound.
type requestMetrics struct {
	set    *metrics.Set
	series sync.Map // seriesKey → *series
}

type seriesKey struct {
	operation string
	status    int
}

type series struct {
	requests *metrics.Counter
	seconds  *metrics.PrometheusHistogram
}

func newRequestMetrics() *requestMetrics {
	m := &requestMetrics{set: metrics.NewSet()}
	build := awalmock.ReadBuild()
	m.set.NewGauge(fmt.Sprintf(`%s{version=%q,commit=%q,go=%q}`, metricBuild, build.Version, build.Commit, build.Go), func() float64 { return 1 })
	return m
}

// of is the series of an operation and status, which begins with nothing.
func (m *requestMetrics) of(operation string, status int) *series {
	key := seriesKey{operation, status}
	found, ok := m.series.Load(key)
	if !ok {
		labels := fmt.Sprintf(`{operation=%q,status="%d"}`, operation, status)
		found, _ = m.series.LoadOrStore(key, &series{
			requests: m.set.GetOrCreateCounter(metricRequests + labels),
			seconds:  m.set.GetOrCreatePrometheusHistogramExt(metricSeconds+labels, upperBounds()),
		})
	}
	return found.(*series) //nolint:forcetypeassert // the map holds nothing else
}

func (m *requestMetrics) count(operation string, status int, took time.Duration) {
	s := m.of(operation, status)
	s.requests.Inc()
	s.seconds.Update(took.Seconds())
}

// expect has a series for each documented answer, so that the first look shows them all: a counter that appears with its first request has no
// increase that a query could see. The handler of /metrics calls it, since most mocks are never asked for metrics.
func (m *requestMetrics) expect(operations []*spec.Operation) {
	for _, op := range operations {
		for _, r := range op.Responses {
			if r.Status != 0 {
				m.of(op.ID, r.Status)
			}
		}
	}
	m.of("", http.StatusNotFound) // no operation
	m.of("", http.StatusMethodNotAllowed)
}

// serve writes all series, and those of Go and of the process.
func (m *requestMetrics) serve(w http.ResponseWriter) {
	metrics.ExposeMetadata(true) // a switch of the library for the whole process; a process that never serves /metrics does not set it
	var text bytes.Buffer
	m.set.WritePrometheus(&text)
	metrics.WriteProcessMetrics(&text)
	metrics.WriteFDMetrics(&text)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write([]byte(helped().Replace(text.String()))) // a caller that has gone needs no answer
}

// helped says what the mock's own series are; the library leaves that empty.
func helped() *strings.Replacer {
	var pairs []string
	for name, help := range map[string]string{
		metricStoreEvents:   "Events that were written to the store.",
		metricStoreErrors:   "Transactions of the store that failed.",
		metricStoreSeconds:  "Time of a transaction of the store that writes, in seconds; its count is the number of batches.",
		metricStoreWaiting:  "Writes that wait for the store now.",
		metricStoreUp:       "1 while the store can be written, 0 otherwise.",
		metricReplicas:      "Mocks that use the store now, this one among them; 0 while it is away.",
		metricWorkspaces:    "Workspaces, by whether they are in memory.",
		metricHooksPending:  "Deliveries of webhooks that are not done.",
		metricHooksInFlight: "Attempts to deliver that are being made.",
		metricHooksOutboxes: "Workspaces that have endpoints or listeners of webhooks.",

		metricBuild:    "Always 1; the labels say which build is running.",
		metricRequests: "Requests that were answered, by operationId (empty: none matched) and status (0: the connection was ended).",
		metricSeconds:  "Time from a request's head to the end of its answer, in seconds, by operationId and status.",
	} {
		pairs = append(pairs, "# HELP "+name+"\n", "# HELP "+name+" "+help+"\n")
	}
	return strings.NewReplacer(pairs...)
}

// serveMetrics is closed to strangers, as the control API is.
func (s *service) serveMetrics(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.access.Off():
		http.Error(w, "metrics are off: the mock can be reached from elsewhere and was started without --control-token", http.StatusNotFound)
	case len(r.Header["Authorization"]) > 1:
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, fmt.Sprintf("the Authorization header must be sent once; it was sent %d times", len(r.Header["Authorization"])), http.StatusUnauthorized)
	case !s.access.Authorized(r):
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "send the token of --control-token as Authorization: Bearer TOKEN", http.StatusUnauthorized)
	default:
		s.metrics.expect(s.document.Operations)
		s.metrics.expect(control.Operations())
		s.metrics.serve(w)
	}
}

// upperBounds of the durations' buckets, in seconds: a request takes microseconds, a stream of many rows tens of
// milliseconds.
func upperBounds() []float64 { return []float64{0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10} }
