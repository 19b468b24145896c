package specs

import (
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

const (
	threadsAtOnce = 12 // conversations that are read at once
	askedInTurn   = 4  // requests that are repeated one after the other
)

// httpSpecs are about HTTP itself, where a rule that looks at one exchange is not enough.
func httpSpecs() Specs {
	return Describe("HTTP",
		It("gives each caller the answer to its own request", Requirement("HTTP-OWN-ANSWER"), func(t *T) {
			requests := t.differentRequests()
			exchanges := t.answers(requests)
			for _, r := range requests[:min(askedInTurn, len(requests))] {
				exchanges = append(exchanges, t.answer(r))
			}
			for _, e := range exchanges {
				t.Check(e).To(match.AnswerItsRequest(t.Crawl().Known))
			}
		}),
		It("sends a body without a content coding to a client that accepts identity only", Requirement("HTTP-CODING"), func(t *T) {
			for _, op := range t.Collections() {
				e := t.answer(t.To(op, 0).WithHeader("Accept-Encoding", "identity"))
				if t.Check(e).To(match.HaveNoContentCoding(), "a request that accepts identity only got a body with a content coding") && op.Succeeds(e.Status) {
					t.Check(e).To(match.HaveReadableBody(), "a request that accepts identity only got a body that is not JSON")
				}
			}
		}, Suffix(".identity")),
	)
}

// differentRequests are requests that have different answers, in an order chosen by the seed. Without two of them, the case ends.
func (t *T) differentRequests() []*exchange.Request {
	t.wholeList()
	var out []*exchange.Request
	for i, id := range t.Crawl().Order {
		if i < threadsAtOnce && t.Crawl().Threads[id] != nil {
			out = append(out, t.threadRequest(id))
		}
	}
	for word, list := range t.listsByStatus() {
		if len(list.Rows) > 0 {
			out = append(out, t.listRequest(withStatus(word)))
		}
	}
	if len(out) < 2 {
		t.Lacks("two requests that have different answers")
	}
	t.Rand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
