package suite

import (
	"context"
	"math/rand/v2"
	"sync"

	"example.com/awalmock/contract/run"
	"example.com/awalmock/contract/specs"
)

// List returns what cfg would check, without a request. The target's address and credentials are not needed. The error is a *UsageError.
func List(cfg run.Config) (run.Listing, error) {
	s, err := newSession(cfg)
	if err != nil {
		return run.Listing{}, err
	}
	return s.Listing(), nil
}

// newSession reads the contract and chooses its cases. It sends no request.
func newSession(cfg run.Config) (*run.Session, error) { return run.NewSession(cfg, contractOf) }

// contractOf is the contract that cfg names, with its cases.
func contractOf(cfg run.Config) (*run.Contract, error) {
	if cfg.Spec == nil && cfg.SpecVersion == "" {
		return ownContract()
	}
	return run.ReadContract(cfg, specs.All)
}

// ownContract is the contract in this module, made once in a process: the mutants run the suite thousands of times. It is a cache of a constant, not
// state.
var ownContract = sync.OnceValues(func() (*run.Contract, error) { return run.ReadContract(run.Config{}, specs.All) })

// Run checks a target and returns the report. If nothing could be checked, the report has no case and gives the reason, and the error is a *UsageError (a mistake in
// cfg), a *TargetError (the target) or that of ctx. A target that breaks the contract is no error: the report says so. Run may be called any number of times, several
// at once, inside any test: it reads no flag of the process.
func Run(ctx context.Context, cfg run.Config) (run.Report, error) {
	s, err := newSession(cfg)
	if err == nil {
		err = s.ChecksSomething()
	}
	if err != nil {
		return run.UncheckedReport(cfg, err), err
	}
	if s.Config.Seed == 0 {
		s.Config.Seed = 1 + rand.Int64N(mostSeed) //nolint:gosec // samples, not secrets
	}
	report, err := s.Run(ctx)
	if err != nil {
		return run.UncheckedReport(s.Config, err), err
	}
	return report, nil
}

const mostSeed = 999_999 // the largest random seed: short to type again

// MatrixOf returns which ways cfg would try on which operations, without a request. The error is a *UsageError.
func MatrixOf(cfg run.Config) (run.Matrix, error) {
	s, err := newSession(cfg)
	if err != nil {
		return run.Matrix{}, err
	}
	return specs.Matrix(s.Document, s.Selected), nil
}
