package server

import (
	"fmt"
	"sync"
	"testing"

	"example.com/awalmock/mockserver/internal/webhook"
)

// A claim ends while claims for other workspaces are made: the race detector finds what is not guarded.
func TestClaimsEndWhileOthersAreMade(t *testing.T) {
	t.Parallel()
	s := &Server{webhooks: webhook.New(webhook.Options{})}
	n := newSenders(s)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 100 {
				domain := fmt.Sprint(i, j)
				c := n.of(domain)
				n.release(domain)
				if n.of(domain) != c || n.holds(c) {
					t.Errorf("%s is another claim, or still held", domain)
				}
			}
		})
	}
	all.Wait()
}
