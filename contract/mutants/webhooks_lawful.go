package main

import (
	"net/http"
	"regexp"
	"strings"
	"time"

	"example.com/awalmock/mockserver/server"
)

// webhookVariants are lawful servers that send webhooks in another way.
func webhookVariants() []variant {
	written := func(change func(body []byte) []byte) change {
		return relayed(func(d *delivery) reply {
			d.body = change(d.body)
			d.sign()
			return d.forward()
		})
	}
	utc := regexp.MustCompile(`"(\d{4}-\d\d-\d\dT[0-9:]{8})Z"`)
	return []variant{
		{name: "webhooks with header names in small letters, and more headers", hooks: true, change: headed(func(d *delivery) {
			header := http.Header{"x-trace": {"1"}, "x-hook-attempt": {"0"}}
			for name, values := range d.header {
				if name != "User-Agent" {
					header[strings.ToLower(name)] = values
				}
			}
			d.header = header
		})},
		{name: "webhooks that come again after half an hour", hooks: true, options: server.Options{WebhookRetries: "30m,6h"}},
		{name: "webhooks that come again at once", hooks: true, options: server.Options{WebhookRetries: "0s,0s,1h"}},
		{name: "webhooks in an array of one", hooks: true, change: events(func(d *delivery) reply {
			d.body = append(append([]byte("["), d.body...), ']')
			d.sign()
			return d.forward()
		})},
		{name: "webhooks with more fields", hooks: true, change: troubled("unknown_field", true)},
		{name: "webhooks of other names as well", hooks: true, change: troubled("unknown_event", true)},
		{name: "webhooks signed as Standard Webhooks", hooks: true, options: server.Options{WebhookSignature: "standard"}},
		{name: "webhooks signed in both ways", hooks: true, options: server.Options{WebhookSignature: "both"}},
		{name: "webhooks over several lines, with keys in another order", hooks: true, change: written(reindented)},
		{name: "webhooks with times of another offset", hooks: true, change: written(func(body []byte) []byte {
			return utc.ReplaceAllFunc(body, func(match []byte) []byte {
				at, err := time.Parse(`"2006-01-02T15:04:05Z"`, string(match))
				if err != nil {
					return match
				}
				return []byte(at.In(time.FixedZone("", 3*60*60)).Format(`"2006-01-02T15:04:05.000-07:00"`))
			})
		})},
		{name: "webhooks that take 60 ms", hooks: true, change: later(60 * time.Millisecond)},
		{name: "webhooks signed in a way of their own", hooks: true, should: true, change: headed(func(d *delivery) {
			d.header.Set("X-Hub-Signature", d.header.Get("X-Awal-Signature-256"))
			d.header.Del("X-Awal-Signature-256")
		})},
		{name: "webhooks without ids", hooks: true, should: true, change: headed(func(d *delivery) { d.header.Del("X-Awal-Event-Id") })},
		{name: "webhooks that never come again", hooks: true, should: true, sparse: true, options: server.Options{WebhookRetries: "off"}},
		{name: "webhooks that are sent twice", hooks: true, should: true, change: troubled("twice", true)},
		{name: "webhooks without an event for sent", hooks: true, should: true, change: withoutEvents(ofStatus("sent"))},
	}
}
