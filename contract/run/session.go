package run

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/listener"
	"example.com/awalmock/contract/printable"
)

func (s *Session) CheckOf(id string) *Case {
	i := slices.IndexFunc(s.Selected, func(c *Case) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return s.Selected[i]
}

// A Session is one run of the suite against one target.
type Session struct {
	Config   Config
	Document *document.Document
	checks   []*Case            // those of the contract
	Selected []*Case            // those of them that --only leaves
	rules    map[string][]*Case // those of them that judge each exchange at once, by operation; "": of any
	Judge    *judge.Judge
	Began    time.Time

	Start    sync.Once
	StartErr error
	Target   *exchange.Target
	Client   *exchange.Client
	control  *document.Operation // all operations of the control API together
	Webhooks *listener.Listener  // nil: the capability webhooks is not claimed, or another process of Ginkgo listens
	hide     *strings.Replacer

	mu            sync.Mutex
	Results       map[string]CaseResult
	done          map[string]chan struct{} // closed when a result is there; only with look-ahead
	ahead         <-chan struct{}          // closed when look-ahead is done; nil without it
	Ctx           context.Context          // of the whole run
	stop          context.CancelFunc       // ends it; nil before it has begun
	Shares        int                      // processes that Ginkgo shares the specs out to
	First         bool                     // this is the first of them, which runs what is alone
	cutOff        int                      // cases that the end of the time cut off
	closed        bool                     // the run is over: a result that comes now comes too late
	lateUp        bool                     // it ended before all cases had a result
	interrupted   atomic.Bool              // because the caller wished it, not for want of time
	ruledMu       sync.Mutex
	ruled         map[string]*ruled // by case
	halted        atomic.Bool       // at the first failure, since that was asked for
	impatient     atomic.Bool       // something did not appear in time
	waitedEnough  atomic.Bool       // a webhook did not come in time
	unreached     atomic.Bool       // the target cannot reach the suite
	usualDelay    atomic.Int64      // nanoseconds after which what was sent appeared, where it was not there at once
	Conversations sync.Map          // id by phone, of those written to

	crawling sync.Once
	crawled  atomic.Pointer[Crawl] // nil until it is complete

	shared sync.Map            // of Shared
	kept   []*exchange.Request // that delete what was made for the whole run

	TemplatesSeen atomic.Value // an exchange that lists templates
	OrdersWritten sync.Map     // the order that is changed and put back, as it was before, by workspace

	draw    sync.Once
	chosen  map[*Case][]int // which attempts of a derived case are made
	spared  map[*Case]bool  // derived cases for which a small rate limit has no room
	probes  map[*Case]int   // forged requests for each case, nil for all
	leftOut []string        // what the draw left out, by operation
}

// NewSession checks the configuration, has its contract read and chooses the cases. It asks nothing.
func NewSession(cfg Config, read func(Config) (*Contract, error)) (s *Session, err error) {
	if err := cfg.Resolve(); err != nil {
		return nil, err
	}
	contract, err := read(cfg)
	if err != nil {
		return nil, err
	}
	doc := contract.Document
	judging, err := judge.New(doc, cfg.SearchFolding != SearchFoldingNone)
	if err != nil {
		return nil, &UsageError{err.Error()}
	}
	s = &Session{
		Config: cfg, Document: doc, checks: contract.cases, Judge: judging, Began: time.Now(), hide: exchange.Hider(cfg.Credentials.HMACSecret, cfg.Second.HMACSecret, cfg.ControlToken), control: &document.Operation{ID: document.Control},
		Results: map[string]CaseResult{}, done: map[string]chan struct{}{}, ruled: map[string]*ruled{}, Shares: 1, First: true,
	}
	if err := s.checkKinds(); err != nil {
		return nil, err
	}
	if s.Selected, err = s.choose(); err != nil {
		return nil, err
	}
	s.rules = atOnce(s.Selected)
	s.planProbes()
	judging.WholeThread = s.wholeThread
	return s, s.checkBaseline()
}

// ChecksSomething refuses a run whose every case would be skipped: it would pass without a look at the target.
func (s *Session) ChecksSomething() error {
	for _, c := range s.Selected {
		if s.skips(c) == "" {
			return nil
		}
	}
	if len(s.Selected) == 0 {
		return nil // the report says so
	}
	return Usage("nothing would be checked: %s", s.skips(s.Selected[0]))
}

func (s *Session) knownIDs() []string {
	var ids []string
	for _, c := range s.checks {
		ids = append(ids, c.Requirement, c.ID)
	}
	return ids
}

// begin crawls the target, once. ctx bounds the whole run.
func (s *Session) begin(ctx context.Context) error {
	s.Start.Do(func() { s.StartErr = s.Prepare(ctx) })
	return s.StartErr
}

// Find finds the target, and waits for it if that is wished. The time of the run begins after it.
func (s *Session) Find(ctx context.Context) error {
	if s.Config.Prepare != nil {
		if err := s.Config.Prepare(ctx, &s.Config); err != nil {
			return Usage("the target could not be prepared: %v", err)
		}
	}
	t, err := s.Config.settleTarget()
	if err != nil {
		return err
	}
	s.hide = exchange.Hider(t.Secrets()...)
	s.Target, s.Client = t, exchange.NewClient(t, exchange.ClientOptions{
		Dial: s.Config.Dial, Roots: s.Config.RootCAs, Insecure: s.Config.Insecure, Patience: s.Config.patience(), MaxBody: s.Config.MaxBody, MaxRequests: s.Config.MaxRequests,
		Concurrency: s.Config.Concurrency, Interval: s.Config.interval(), Careful: s.Config.Profile == ProfileProduction, Notice: s.notice, OnExchange: s.judge,
	})
	if s.Config.Wait > 0 {
		if err := s.await(ctx); err != nil {
			return err
		}
	}
	s.Began = time.Now()
	return nil
}

func (s *Session) Prepare(ctx context.Context) (err error) {
	if err := s.preflight(ctx); err != nil {
		return err
	}
	if err := s.preflightControl(ctx); err != nil {
		return err
	}
	if err := s.listen(ctx); err != nil {
		return err
	}
	s.preflightUpload(ctx)
	if s.crawlsFirst() {
		s.Crawl()
	}
	return ctx.Err()
}

// Disconnect deletes what was made for the whole run, and ends its connections and what listens for it.
func (s *Session) Disconnect() {
	if s.Client != nil {
		if err := s.removeAll(context.Background(), "end", s.kept); err != nil {
			s.notice(printable.CleanLine(err.Error()))
		}
		s.Client.Close()
	}
	if s.Webhooks != nil {
		s.Webhooks.Close()
	}
}

// notice tells the caller what the run waits for. Several goroutines may have something to tell at once.
func (s *Session) notice(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Config.OnNotice != nil {
		s.Config.OnNotice(text)
	}
}

func (s *Session) performInTurn(ctx context.Context, list []*Case) {
	for _, c := range list {
		s.take(ctx, c)
	}
}

func (s *Session) performAtOnce(ctx context.Context, list []*Case) {
	var wait sync.WaitGroup
	next := make(chan *Case)
	for range s.Config.Concurrency {
		wait.Go(func() {
			for c := range next {
				s.take(ctx, c)
			}
		})
	}
	for _, c := range list {
		next <- c
	}
	close(next)
	wait.Wait()
}

// randFor is a source of chance that depends on the seed and the purpose only, so that a run can be repeated in any order of the cases.
func (s *Session) randFor(purpose string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return rand.New(rand.NewPCG(uint64(s.Config.Seed), h.Sum64())) //nolint:gosec // samples, not secrets
}
