package engine

import (
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/signature/diagnose"
)

// hintsPerSecond bounds what looking for a hint costs: it takes many times as long as checking a signature.
const hintsPerSecond = 10

// Hints counts the hints that each client was given in the present second.
type Hints struct {
	mu     sync.Mutex
	second int64
	given  map[string]int // by workspace, each of which has one client
}

// take is false when a client has had its hints of this second.
func (h *Hints) take(workspace string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if second := now.Unix(); second != h.second || h.given == nil {
		h.second, h.given = second, map[string]int{}
	}
	h.given[workspace]++
	return h.given[workspace] <= hintsPerSecond
}

const (
	hintsUsedUp = "more than 10 wrong signatures of this client came within a second, so no reason is looked for; send the request again alone"
	otherSecret = "no usual mistake was found. X-Domain, X-Client-ID and the form of the headers are right: if string_to_sign is the text that you " +
		"signed (compare the sha256 of the body too), then it was signed with another secret than this workspace's"
)

// hint is the last word to a wrong signature that nothing explains. It never tells the secret or the expected digest.
func hint(d diagnose.Diagnosis) string {
	if d.Hint == "" {
		return otherSecret
	}
	return d.Hint
}
