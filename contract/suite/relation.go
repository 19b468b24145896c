package suite

// A breach is a relation between answers that does not hold. The key says which part of the data it concerns, so that it can be looked for in
// the answers to the same questions asked again.
type breach struct {
	key       string
	finding   Finding
	exchanges []*exchange
}

// A relation must hold between answers that cannot be had at one instant. Live data may change between two of them.
type relation[V any] struct {
	first V                 // what was answered before, usually by the crawl
	ask   func() (V, error) // asks all of it again
	judge func(V) []breach
	// changed tells whether anything visible of what the key names differs between the two: then the breach may be bad luck.
	changed func(key string, before, after V) bool
}

const relationRounds = 4

// hold judges a relation. A breach is asked again before it is a finding: it is one if it is still there and nothing visible changed, if it is
// gone and nothing visible changed (an answer that comes and goes is a fault), or if it is still there after several rounds.
func hold[V any](p *probe, r relation[V]) error {
	before := r.first
	pending := r.judge(before)
	told := map[string]bool{}
	tell := func(b breach, how string) {
		if !told[b.key] {
			told[b.key] = true
			b.finding.Text += how
			p.fail(b.finding, b.exchanges...)
		}
	}
	for round := 1; len(pending) > 0 && round < relationRounds; round++ {
		after, err := r.ask()
		if err != nil {
			return err
		}
		again := r.judge(after)
		still := map[string]breach{}
		for _, b := range again {
			still[b.key] = b
		}
		for _, b := range pending {
			now, remains := still[b.key]
			switch {
			case remains && (round == relationRounds-1 || !r.changed(b.key, before, after)):
				tell(now, "")
			case !remains && !r.changed(b.key, before, after):
				tell(b, " (asked again it held, although nothing visible had changed)")
			}
		}
		pending = pending[:0]
		for _, b := range again {
			if !told[b.key] {
				pending = append(pending, b)
			}
		}
		before = after
	}
	return nil
}
