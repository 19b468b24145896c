package server

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"
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

func newRequestMetrics() *requestMetrics { return &requestMetrics{set: metrics.NewSet()} }

func (m *requestMetrics) count(operation string, status int, took time.Duration) {
	key := seriesKey{operation, status}
	found, ok := m.series.Load(key)
	if !ok {
		labels := fmt.Sprintf(`{operation=%q,status="%d"}`, operation, status)
		found, _ = m.series.LoadOrStore(key, &series{
			requests: m.set.GetOrCreateCounter("awalmock_requests_total" + labels),
			seconds:  m.set.GetOrCreatePrometheusHistogramExt("awalmock_request_duration_seconds"+labels, upperBounds()),
		})
	}
	s := found.(*series)
	s.requests.Inc()
	s.seconds.Update(took.Seconds())
}

func (m *requestMetrics) serve(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.set.WritePrometheus(w)
}

// upperBounds of the durations' buckets, in seconds: a request takes microseconds, a stream of many rows tens of
// milliseconds.
func upperBounds() []float64 { return []float64{0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10} }
