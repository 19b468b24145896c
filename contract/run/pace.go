package run

import "time"

// Requests at once, unless the configuration says otherwise.
const (
	usualConcurrency      = 8
	productionConcurrency = 4
	mostConcurrency       = 64
)

// resolvePace fills in and checks Concurrency, Rate and Headers.
func (c *Config) resolvePace() error {
	if c.Concurrency == 0 {
		c.Concurrency = usualConcurrency
		if c.Profile == ProfileProduction {
			c.Concurrency = productionConcurrency
		}
	}
	switch {
	case c.Concurrency < 1 || c.Concurrency > mostConcurrency:
		return Usage("--concurrency takes 1 to %d requests at once, not %d", mostConcurrency, c.Concurrency)
	case c.Rate < 0:
		return Usage("--rate must not be negative")
	}
	for _, h := range c.Headers {
		if h.Reserved() {
			return Usage("--header cannot set %s: the suite sets it", h.Name)
		}
	}
	return nil
}

// interval is the least time between the beginnings of two requests.
func (c *Config) interval() time.Duration {
	if c.Rate == 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / c.Rate)
}
