package server

import (
	"context"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"example.com/awalmock/mockserver/internal/store"
)

const (
	metricStoreEvents   = "awalmock_store_events_total"
	metricStoreErrors   = "awalmock_store_errors_total"
	metricStoreSeconds  = "awalmock_store_batch_seconds"
	metricStoreWaiting  = "awalmock_store_waiting"
	metricStoreUp       = "awalmock_store_up"
	metricReplicas      = "awalmock_replicas"
	metricWorkspaces    = "awalmock_workspaces"
	metricHooksPending  = "awalmock_webhooks_pending"
	metricHooksInFlight = "awalmock_webhooks_in_flight"
	metricHooksOutboxes = "awalmock_webhooks_workspaces"
)

// replicasWithin bounds how long a look at /metrics waits for the database.
const replicasWithin = time.Second

// gauges adds the series of workspaces, webhooks and store. They are worked out when somebody looks.
func (s *Server) gauges() {
	set := s.metrics.set
	set.NewGauge(metricWorkspaces+`{state="loaded"}`, func() float64 { return float64(len(s.inForce.Load().workspaces.all())) })
	set.NewGauge(metricWorkspaces+`{state="idle"}`, func() float64 { return float64(len(s.inForce.Load().workspaces.allIdle())) })
	set.NewGauge(metricHooksPending, func() float64 { return float64(s.webhooks.Load().Pending) })
	set.NewGauge(metricHooksInFlight, func() float64 { return float64(s.webhooks.Load().InFlight) })
	set.NewGauge(metricHooksOutboxes, func() float64 { return float64(s.webhooks.Load().Outboxes) })
	kept := s.options.Store
	if kept == nil {
		return
	}
	set.NewGauge(metricStoreWaiting, func() float64 { return float64(kept.Waiting()) })
	set.NewGauge(metricStoreUp, func() float64 {
		if kept.Health() != nil {
			return 0
		}
		return 1
	})
	set.NewGauge(metricReplicas, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), replicasWithin)
		defer cancel()
		n, _ := kept.Replicas(ctx) // 0 while the database is away
		return float64(n)
	})
	kept.Observe(observeStore(set))
}

// observeStore counts what a store writes.
func observeStore(set *metrics.Set) func(store.Batch) {
	events, errs := set.NewCounter(metricStoreEvents), set.NewCounter(metricStoreErrors)
	seconds := set.NewPrometheusHistogramExt(metricStoreSeconds, upperBounds())
	return func(b store.Batch) {
		if b.Err != nil {
			errs.Inc()
			return
		}
		events.Add(b.Events)
		seconds.Update(b.Took.Seconds())
	}
}
