package suite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
)

// register makes every check of a contract, and holds the registry to both directions: no check without a requirement of the contract, and no
// requirement without a check. Requirements of operations that need a capability without cases are listed, but not checked.
func register(s *session) ([]*check, error) {
	var out []*check
	for _, group := range [][]*check{authChecks(s), errorChecks(s), schemaChecks(s), conversationChecks(), isolationChecks(s), sendingReads(), sendChecks(), ticketChecks(), commandChecks(s), bodyChecks(s), controlChecks(), limitChecks(s), validRules(s)} {
		out = append(out, group...)
	}
	for _, r := range append(httpRules(), conversationRules()...) {
		out = append(out, ruleCheck(r))
	}
	seen, checked := map[string]bool{}, map[string]bool{}
	var kept []*check
	for _, c := range out {
		if c.requirement == "" {
			return nil, usage("the case %s has no requirement", c.id)
		}
		if seen[c.id] {
			return nil, usage("the case %s is registered twice", c.id)
		}
		seen[c.id], checked[c.requirement] = true, true
		if s.contract.requirement(c.requirement) == nil {
			if s.contract.own {
				return nil, usage("the case %s checks %s, which is no requirement of %s", c.id, c.requirement, s.contract.name)
			}
			continue // another version of the contract does not ask for it
		}
		kept = append(kept, c)
	}
	for _, r := range s.contract.requirements {
		if !checked[r.ID] && !withoutCases(r.capability) {
			return nil, usage("%s:%d: the requirement %s has no case in this version of the suite, so it cannot be checked", s.contract.name, r.Place.Line, r.ID)
		}
	}
	return kept, nil
}

// sendingReads are the checks of numbers and templates, which are asked only of a target that sends.
func sendingReads() []*check {
	out := append(numberChecks(), templateChecks()...)
	for _, c := range out {
		c.capability = CapabilitySend
	}
	return out
}

func withoutCases(capability string) bool {
	return slices.ContainsFunc(Capabilities(), func(c Capability) bool { return c.Name == capability && !c.Cases })
}

// Register adds the suite's specs to the Ginkgo suite that is being built; the report goes to cfg.OnReport when that suite has run. Every spec
// carries labels: the requirement's id and level, the operation and the capability. A mistake in cfg is returned, and also registered as a
// spec that fails, so that it cannot be overlooked.
func Register(cfg Config) error {
	s, err := newSession(cfg)
	if err == nil {
		err = s.checksSomething()
	}
	if err != nil {
		ginkgo.It("the contract suite is set up", func() { ginkgo.Fail(err.Error()) })
		return err
	}
	s.specs()
	return nil
}

func (s *session) specs() {
	ginkgo.Describe("the contract "+s.contract.title, func() {
		for _, c := range s.selected {
			ginkgo.It(c.id+" "+c.title, s.labels(c), func() { s.spec(c) })
		}
	})
	ginkgo.ReportAfterSuite("the contract report", func(ginkgo.Report) {
		report := s.report()
		s.stop()
		if s.client != nil {
			s.client.close()
		}
		if s.cfg.OnReport != nil {
			s.cfg.OnReport(report)
		}
		if len(report.late) > 0 {
			ginkgo.Fail("exchanges of the run break " + strings.Join(report.late, ", "))
		}
	})
}

func (s *session) labels(c *check) ginkgo.Labels {
	labels := ginkgo.Labels{c.requirement, s.contract.requirement(c.requirement).Level}
	for _, label := range []string{c.operation, c.capability} {
		if label != "" && !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	return labels
}

// spec is the body of every spec: the first one finds the target and looks ahead, each tells its own result.
func (s *session) spec(c *check) {
	if err := s.open(); err != nil {
		s.keep(s.failed(c, err))
		ginkgo.Fail(string(Error) + ": " + err.Error())
	}
	result := s.result(s.ctx, c)
	text := summary(result)
	if known := s.known(result); known != nil && result.Outcome == Fail && !known.Expired(s.began) {
		ginkgo.Skip("known until " + known.Expires + ": " + known.Reason)
	}
	switch result.Outcome {
	case Fail, Error:
		ginkgo.Fail(text)
	case Skipped, Unverified:
		ginkgo.Skip(text)
	case Warn:
		ginkgo.AddReportEntry(string(Warn), text)
	case Pass:
	}
}

func (s *session) failed(c *check, err error) CaseResult {
	r := s.blank(c)
	r.Outcome, r.Reason = Error, err.Error()
	return r
}

// open begins the run on the first spec. Looking ahead needs to know which specs will run; where Ginkgo itself chooses among them or shares
// them out to several processes, each spec asks when its turn comes.
func (s *session) open() error {
	s.start.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), s.cfg.Timeout)
		s.stop = cancel
		s.ctx = ctx
		s.startErr = s.prepare(ctx)
		config, _ := ginkgo.GinkgoConfiguration()
		chosen := config.LabelFilter != "" || len(config.FocusStrings)+len(config.SkipStrings)+len(config.FocusFiles)+len(config.SkipFiles) > 0
		if s.startErr == nil && !chosen && config.ParallelTotal <= 1 {
			s.lookAhead(ctx)
		}
	})
	return s.startErr
}

// summary is a result in a few lines.
func summary(r CaseResult) string {
	text := fmt.Sprintf("%s %s (%s): %s", r.Outcome, r.ID, r.Level, cmp.Or(r.Reason, r.Title))
	for _, f := range r.Findings {
		text += fmt.Sprintf("\n  %s\n    expected %s\n    actual   %s", f.Text, f.Expected, f.Actual)
		if f.Pointer != "" {
			text += " at " + f.Pointer
		}
	}
	return text
}

// engine keeps Run to one Ginkgo run at a time: Ginkgo has one suite per process.
var engine sync.Mutex

// Run checks a target and returns the report. The error is a *UsageError (a mistake in cfg, or Run inside a running Ginkgo suite), a
// *TargetError (nothing could be checked), or ctx's. Runs in one process wait for each other. A target that breaks the contract is no error:
// the report says so. Run must not be called from one of cfg's own callbacks. Ginkgo catches SIGINT and SIGTERM from the first run on, so a
// program should end its runs through ctx (signal.NotifyContext).
func Run(ctx context.Context, cfg Config) (Report, error) {
	engine.Lock()
	defer engine.Unlock()
	if err := refuseInside(); err != nil {
		return Report{}, err
	}
	s, err := newSession(cfg)
	if err != nil {
		return Report{}, err
	}
	if err := s.checksSomething(); err != nil {
		return Report{}, err
	}
	if foreign := ginkgo.PreviewSpecs("contract").SpecReports; len(foreign) > 0 {
		return Report{}, usage("this process has Ginkgo specs of its own, which a run would wipe out: use Register in their suite")
	}
	globals.Reset()
	defer globals.Reset()
	if err := s.runSpecs(ctx); err != nil {
		return Report{}, err
	}
	return *s.final, nil
}

// refuseInside refuses to run inside a Ginkgo suite, where a second run would pass with no specs or end the process.
func refuseInside() error {
	if ginkgo.CurrentSpecReport().LeafNodeType != types.NodeTypeInvalid || buildingTree() {
		return usage("Run cannot run inside a Ginkgo suite: use Register")
	}
	return nil
}

// buildingTree tells whether Ginkgo is inside a container's body: only there the call does not panic.
func buildingTree() (building bool) {
	defer func() { building = recover() == nil }()
	ginkgo.CurrentTreeConstructionNodeReport()
	return true
}

// runSpecs hands the checks to Ginkgo. Its own terminal output is muted, since the report says it all.
func (s *session) runSpecs(ctx context.Context) error {
	ctx, s.stop = context.WithTimeout(ctx, s.cfg.Timeout)
	defer s.stop()
	s.ctx = ctx
	if err := s.begin(ctx); err != nil {
		var target *TargetError
		if ctx.Err() != nil && !errors.As(err, &target) {
			return &TargetError{"the time-out ended the run before anything was checked: " + err.Error()}
		}
		return err
	}
	tell := s.cfg.OnReport
	s.cfg.OnReport = func(r Report) {
		s.final = &r
		if tell != nil {
			tell(r)
		}
	}
	s.specs()
	s.lookAhead(ctx)
	config, reporting := ginkgo.GinkgoConfiguration()
	config.RandomSeed, config.RandomizeAllSpecs, config.FailOnEmpty = s.cfg.Seed, true, true
	config.LabelFilter, config.FocusStrings, config.SkipStrings, config.FocusFiles, config.SkipFiles = "", nil, nil, nil, nil
	config.DryRun, config.ParallelTotal, config.ParallelProcess = false, 1, 1
	reporting.NoColor, reporting.Succinct, reporting.Verbose, reporting.VeryVerbose = true, true, false, false
	reporting.JSONReport, reporting.JUnitReport, reporting.TeamcityReport, reporting.GithubOutput = "", "", "", false
	screen := formatter.ColorableStdOut
	formatter.ColorableStdOut = io.Discard
	defer func() { formatter.ColorableStdOut = screen }()
	ginkgo.RunSpecs(silent{}, "contract", config, reporting)
	if s.final == nil {
		return errors.New("the run was interrupted before the report was made")
	}
	return nil
}

// silent takes Ginkgo's verdict, which the report has in more detail.
type silent struct{}

func (silent) Fail() {}
