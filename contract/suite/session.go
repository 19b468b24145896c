package suite

import (
	"cmp"
	"context"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A session is one run of the suite against one target.
type session struct {
	cfg      Config
	contract *contract
	checks   []*check // those of the contract
	selected []*check // those of them that --only leaves
	judging  *judge
	began    time.Time

	start    sync.Once
	startErr error
	target   *target
	client   *client
	control  *operation // stands for all of the control API
	crawled  *crawl
	hide     *strings.Replacer

	mu            sync.Mutex
	results       map[string]CaseResult
	done          map[string]chan struct{} // closed when a result is there; only with look-ahead
	ctx           context.Context          // of the whole run
	stop          context.CancelFunc
	shares        int  // processes that Ginkgo shares the specs out to
	cutOff        int  // cases that the end of the time cut off
	closed        bool // the run is over: a result that comes now comes too late
	lateUp        bool // it ended before all cases had a result
	interrupted   bool // because the caller's ctx ended, not for want of time
	ruledMu       sync.Mutex
	ruled         map[string]*ruled // by case
	impatient     atomic.Bool       // something did not appear in time
	conversations sync.Map          // id by phone, of those written to
}

// newSession reads the contract and makes its checks. It asks nothing.
func newSession(cfg Config) (*session, error) { return sessionOf(cfg, register) }

// A catalog makes the checks of a contract, and adds the requirements to it that are not the vendor's.
type catalog func(*contract) ([]*check, error)

// sessionOf reads the contract and makes its checks. It asks nothing.
func sessionOf(cfg Config, all catalog) (s *session, err error) {
	if err := cfg.settle(); err != nil {
		return nil, err
	}
	doc, err := readContract(cmp.Or(cfg.SpecName, "the given contract"), cfg.Spec)
	if err != nil {
		return nil, &UsageError{err.Error()}
	}
	if cfg.SpecVersion != "" {
		doc.freeze(cfg.SpecVersion)
	}
	judging, err := newJudge(doc, cfg.SearchFolding != SearchFoldingNone)
	if err != nil {
		return nil, &UsageError{err.Error()}
	}
	s = &session{
		cfg: cfg, contract: doc, judging: judging, began: time.Now(), hide: Hider(cfg.Credentials.HMACSecret, cfg.Second.HMACSecret, cfg.ControlToken), control: &operation{id: opControl},
		results: map[string]CaseResult{}, done: map[string]chan struct{}{}, ruled: map[string]*ruled{}, shares: 1, stop: func() {},
	}
	if s.checks, err = s.makeChecks(all); err != nil {
		return nil, err
	}
	if s.selected, err = s.choose(); err != nil {
		return nil, err
	}
	return s, s.checkBaseline()
}

// makeChecks uses the catalog, and gives an error for a document that nothing here was made for.
func (s *session) makeChecks(all catalog) (checks []*check, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = usage("%s: no cases can be made of it: %v", s.contract.name, r)
		}
	}()
	return all(s.contract)
}

// checksSomething refuses a run whose every case would be skipped: it would pass without a look at the target.
func (s *session) checksSomething() error {
	for _, c := range s.selected {
		if s.skips(c) == "" {
			return nil
		}
	}
	if len(s.selected) == 0 {
		return nil // the report says so
	}
	return usage("nothing would be checked: %s", s.skips(s.selected[0]))
}

func (s *session) knownIDs() []string {
	var ids []string
	for _, c := range s.checks {
		ids = append(ids, c.requirement, c.id)
	}
	return ids
}

// begin crawls the target, once. ctx bounds the whole run.
func (s *session) begin(ctx context.Context) error {
	s.start.Do(func() { s.startErr = s.prepare(ctx) })
	return s.startErr
}

// find finds the target, and waits for it if that is wished. The time of the run begins after it.
func (s *session) find(ctx context.Context) error {
	if s.cfg.Prepare != nil {
		if err := s.cfg.Prepare(ctx, &s.cfg); err != nil {
			return usage("the target could not be prepared: %v", err)
		}
	}
	t, err := s.cfg.settleTarget()
	if err != nil {
		return err
	}
	s.hide = Hider(t.secrets()...)
	s.target, s.client = t, newClient(t, clientOptions{
		roots: s.cfg.RootCAs, insecure: s.cfg.Insecure, patience: s.cfg.patience(), maxBody: s.cfg.MaxBody, maxRequests: s.cfg.MaxRequests,
		careful: s.cfg.Profile == ProfileProduction, notice: s.cfg.notice, judge: s.judge,
	})
	if s.cfg.Wait > 0 {
		if err := s.await(ctx); err != nil {
			return err
		}
	}
	s.began = time.Now()
	return nil
}

func (s *session) prepare(ctx context.Context) (err error) {
	if err := s.preflight(ctx); err != nil {
		return err
	}
	if err := s.preflightControl(ctx); err != nil {
		return err
	}
	s.preflightUpload(ctx)
	if s.crawled, err = s.crawl(ctx); err != nil {
		return err
	}
	s.judging.cutTalk = s.crawled.cutTalk
	return nil
}

// lookAhead runs the checks in the order of their phases, several at once, so that a target far away costs its round trip only a few times.
// Checks that judge or disturb the others run after them, one at a time. What it returns is closed when all are done.
func (s *session) lookAhead(ctx context.Context) <-chan struct{} {
	var early, late, rules []*check
	for _, c := range s.selected {
		s.done[c.id] = make(chan struct{})
		switch {
		case c.rule != nil:
			rules = append(rules, c)
		case c.last:
			late = append(late, c)
		default:
			early = append(early, c)
		}
	}
	late = append(late, rules...)
	random := s.randFor("order")
	random.Shuffle(len(early), func(i, j int) { early[i], early[j] = early[j], early[i] })
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		var wait sync.WaitGroup
		next := make(chan *check)
		for range atOnce {
			wait.Go(func() {
				for c := range next {
					s.keep(s.perform(ctx, c))
				}
			})
		}
		for _, c := range early {
			next <- c
		}
		close(next)
		wait.Wait()
		for _, c := range late {
			s.keep(s.perform(ctx, c))
		}
	}()
	return finished
}

// keep notes the result of a check. What the end of the time made of it is no result.
func (s *session) keep(r CaseResult) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if waiting := s.done[r.ID]; waiting != nil {
		defer close(waiting)
	}
	if s.closed {
		return
	}
	if r.Outcome == Error && s.ctx != nil && s.ctx.Err() != nil && s.startErr == nil {
		r.Outcome, r.Reason = Unverified, endedBefore
		s.cutOff++
	}
	r.newFirst()
	if c := s.checkOf(r.ID); c != nil {
		r.Known = s.known(c, &r)
	}
	s.results[r.ID] = r
	done, total := len(s.results), len(s.selected)
	if s.cfg.OnCase != nil {
		s.cfg.OnCase(r, done, total)
	}
}

// close ends a run: what has no result now has none.
func (s *session) close(outer context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.lateUp = s.cutOff > 0 || len(s.results) < len(s.selected)
	s.interrupted = outer.Err() != nil
}

// result waits for the result of a check that look-ahead runs, or runs it.
func (s *session) result(ctx context.Context, c *check) CaseResult {
	if waiting := s.done[c.id]; waiting != nil {
		<-waiting
	} else {
		s.keep(s.perform(ctx, c))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.results[c.id]
}

// randFor is a source of chance that depends on the seed and the purpose only, so that a run can be repeated whatever the order.
func (s *session) randFor(purpose string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return rand.New(rand.NewPCG(uint64(s.cfg.Seed), h.Sum64())) //nolint:gosec // samples, not secrets
}
