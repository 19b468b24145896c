package receiver

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// An effect is what a receiver has made of a message.
type effect struct{ status string }

const (
	effectsRead = 8 << 20                // bytes of a page of effects
	effectsWait = 3 * time.Second        // how long an effect may take to appear
	effectsEach = 50 * time.Millisecond  // between two looks
	effectsRest = 300 * time.Millisecond // how long to wait for an effect that must not appear
)

// An effectsPage is the address under which a receiver shows what it has done: JSON in which each object with a message_id is one effect, and
// its status, if it has one, the present status of the message.
type effectsPage struct {
	http *http.Client
	url  *url.URL
}

// look returns the effects of a message.
func (p *effectsPage) look(ctx context.Context, messageID string) ([]effect, error) {
	ctx, cancel := context.WithTimeout(ctx, effectsWait)
	defer cancel()
	at := *p.url
	query := at.Query()
	query.Set(fieldMessageID, messageID)
	at.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := p.http.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, effectsRead))
	if err != nil {
		return nil, withoutURL(err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %d", response.StatusCode)
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, fmt.Errorf("it answers no JSON: %w", err)
	}
	return effectsIn(value, messageID), nil
}

// effectsIn finds the objects of a message, however deep.
func effectsIn(value any, messageID string) (out []effect) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			out = append(out, effectsIn(item, messageID)...)
		}
	case map[string]any:
		if v[fieldMessageID] == messageID {
			status, _ := v[fieldStatus].(string)
			return []effect{{status}}
		}
		for _, item := range v {
			out = append(out, effectsIn(item, messageID)...)
		}
	}
	return out
}

// await looks until there is an effect of a message that fits, and returns what it saw last.
func (p *effectsPage) await(ctx context.Context, messageID string, fits func([]effect) bool) ([]effect, error) {
	waiting, cancel := context.WithTimeout(ctx, effectsWait)
	defer cancel()
	for {
		seen, err := p.look(ctx, messageID) // the end of the wait does not cut off the last look
		if err != nil || fits(seen) {
			return seen, err
		}
		if !pause(waiting, effectsEach) {
			return seen, nil
		}
	}
}

// rest waits until an effect that must not appear would have appeared, and looks.
func (p *effectsPage) rest(ctx context.Context, messageID string) ([]effect, error) {
	pause(ctx, effectsRest)
	return p.look(ctx, messageID)
}

// pause waits, and reports whether it waited to the end.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
