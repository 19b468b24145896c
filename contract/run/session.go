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

func (s *Session) CaseOf(id string) *Case {
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
	cases    []*Case            // all cases of the contract
	Selected []*Case            // the cases that the configuration selects
	rules    map[string][]*Case // the selected cases of rules that judge each exchange immediately, by operation; "": any operation
	Judge    *judge.Judge
	Began    time.Time

	Start    sync.Once
	StartErr error
	Target   *exchange.Target
	Client   *exchange.Client
	control  *document.Operation // one operation in place of all those of the control API
	Webhooks *listener.Listener  // nil: the capability webhooks is not claimed, or another process of Ginkgo listens
	masker   *strings.Replacer

	mu               sync.Mutex
	Results          map[string]CaseResult
	skipped          map[string]bool          // cases that the configuration skips, which take no time
	performed        int                      // results of the others
	done             map[string]chan struct{} // by case, closed when it has a result; only with LookAhead
	ahead            <-chan struct{}          // closed when LookAhead is done; nil without it
	Ctx              context.Context          // of the whole run
	stop             context.CancelFunc       // ends it; nil before it has begun
	Processes        int                      // processes that Ginkgo shares the specs out to
	FirstProcess     bool                     // this is the first of them, which runs the cases that are Serial
	interruptedCases int                      // cases that were interrupted by the time-out
	closed           bool                     // the run is over: later results are ignored
	endedEarly       bool                     // the run ended before all cases had a result
	interrupted      atomic.Bool              // the caller ended the run, not the time-out
	ruleMu           sync.Mutex
	ruleFindings     map[string]*ruleFindings // by case
	halted           atomic.Bool              // the run ended at the first failure (--fail-fast)
	pollFailed       atomic.Bool              // Poll has failed once: it calls look only once from then on
	webhookMissed    atomic.Bool              // a webhook did not arrive in time
	suiteUnreachable atomic.Bool              // the target cannot reach the suite
	usualDelay       atomic.Int64             // nanoseconds that Poll has needed, 0 if every first call of look was enough
	Conversations    sync.Map                 // ids of conversations, by workspace and phone

	health health

	crawling sync.Once
	crawled  atomic.Pointer[Crawl] // nil until it is complete

	shared        sync.Map            // of Shared
	createdForRun []*exchange.Request // that delete the records which were created for the whole run

	TemplatesSeen atomic.Value // an exchange that lists templates
	OrdersWritten sync.Map     // by workspace, the order that the run changes and restores

	choosing     sync.Once
	chosen       map[*Case][]int // which attempts of a derived case are made
	leftOutCases map[*Case]bool  // derived cases that are left out because of a small rate limit
	probes       map[*Case]int   // forged requests for each case, nil for all
	leftOutNotes []string        // for the notes of the report: how many attempts of each operation were left out
}

// NewSession checks the configuration, reads the contract and chooses the cases. It sends no request.
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
		Config: cfg, Document: doc, cases: contract.cases, Judge: judging, Began: time.Now(), masker: exchange.Masker(cfg.Credentials.HMACSecret, cfg.Second.HMACSecret, cfg.ControlToken), control: &document.Operation{ID: document.Control},
		Results: map[string]CaseResult{}, done: map[string]chan struct{}{}, ruleFindings: map[string]*ruleFindings{}, Processes: 1, FirstProcess: true,
	}
	s.health.begin()
	if err := s.checkKinds(); err != nil {
		return nil, err
	}
	if s.Selected, err = s.choose(); err != nil {
		return nil, err
	}
	s.rules = immediateRules(s.Selected)
	s.planProbes()
	s.skipped = map[string]bool{}
	for _, c := range s.Selected {
		if s.skips(c) != "" {
			s.skipped[c.ID] = true
		}
	}
	judging.WholeThread = s.wholeThread
	return s, s.checkBaseline()
}

// ChecksSomething is an error if every case would be SKIPPED: the run would pass without a request to the target.
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
	for _, c := range s.cases {
		ids = append(ids, c.Requirement, c.ID)
	}
	return ids
}

// begin calls Prepare, once. ctx bounds the whole run.
func (s *Session) begin(ctx context.Context) error {
	s.Start.Do(func() { s.StartErr = s.Prepare(ctx) })
	return s.StartErr
}

// Find finds the target, and with --wait waits for it. The time of the run begins after it.
func (s *Session) Find(ctx context.Context) error {
	if s.Config.Prepare != nil {
		if err := s.Config.Prepare(ctx, &s.Config); err != nil {
			return Usage("the target could not be prepared: %v", err)
		}
	}
	t, err := s.Config.resolveTarget()
	if err != nil {
		return err
	}
	s.masker = exchange.Masker(t.Secrets()...)
	s.Target, s.Client = t, exchange.NewClient(t, exchange.ClientOptions{
		Dial: s.Config.Dial, Roots: s.Config.RootCAs, Insecure: s.Config.Insecure, AnswerTimeout: s.Config.answerTimeout(), MaxBody: s.Config.MaxBody, MaxRequests: s.Config.MaxRequests,
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
	if s.errDown() != nil { // the rules judge what was answered, and no case asks more
		return ctx.Err()
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

// Disconnect deletes the records that were created for the whole run, closes the connections, and stops listening for webhooks.
func (s *Session) Disconnect() {
	if s.Client != nil {
		ctx, cancel := context.WithTimeout(context.Background(), s.Config.answerTimeout())
		defer cancel()
		if err := s.deleteAtEnd(ctx); err != nil {
			s.notice(printable.CleanLine(err.Error()))
		}
		s.Client.Close()
	}
	if s.Webhooks != nil {
		s.Webhooks.Close()
	}
}

// notice calls OnNotice. Several goroutines may call it at once.
func (s *Session) notice(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Config.OnNotice != nil {
		s.Config.OnNotice(text)
	}
}

func (s *Session) performInTurn(ctx context.Context, list []*Case) {
	for _, c := range list {
		s.performUnlessHalted(ctx, c)
	}
}

func (s *Session) performAtOnce(ctx context.Context, list []*Case) {
	var wait sync.WaitGroup
	next := make(chan *Case)
	for range s.Config.Concurrency {
		wait.Go(func() {
			for c := range next {
				s.performUnlessHalted(ctx, c)
			}
		})
	}
	for _, c := range list {
		next <- c
	}
	close(next)
	wait.Wait()
}

// randFor is a random generator that depends on the seed and the purpose only. So a run can be repeated, also with its cases in another order.
func (s *Session) randFor(purpose string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return rand.New(rand.NewPCG(uint64(s.Config.Seed), h.Sum64())) //nolint:gosec // samples, not secrets
}
