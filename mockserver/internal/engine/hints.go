package engine

import (
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
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

const hintsUsedUp = "more than 10 wrong signatures of this client came within a second, so no reason is looked for; send the request again alone"

// hint says what is wrong with a signature. Where nothing explains the digest it says what was checked, and that the
// secret is another one. It never shows the secret or the expected digest.
func (g *Signed) hint(x *Exchange, d diagnose.Diagnosis, timestamp string) string {
	h := &x.vendor.Headers
	if !d.Unexplained {
		return d.Hint
	}
	right := "no usual mistake was found. Right are: the four headers are there, " + h.Workspace + " and " + h.Client + " belong together, "
	const other = "if string_to_sign is the text that you signed (compare the sha256 of the body too), then it was signed with another secret than this workspace's"
	form := "the form of " + h.Signature + ". "
	if d.Hint != "" {
		form = "but not the form of " + h.Signature + ": " + d.Hint + ". Besides, the digest does not fit: "
	}
	return right + g.window(x, timestamp) + form + other
}

// window says what is to be said of a timestamp, as one part of a list of what is right.
func (g *Signed) window(x *Exchange, timestamp string) string {
	header := x.vendor.Headers.Timestamp
	sent, err := signature.ParseTimestamp(timestamp)
	if err != nil {
		return ""
	}
	if g.MaxSkew == 0 {
		return header + " has the right form (its distance from the server's time is not checked), "
	}
	if err := signature.CheckSkew(sent, x.Started, g.MaxSkew); err != nil {
		return header + " has the right form (but is outside the window: " + err.Error() + "), "
	}
	return header + " is inside the window, "
}
