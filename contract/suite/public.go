package suite

import (
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// The types of settings and results.
type (
	Known             = judge.Known
	Baseline          = run.Baseline
	Outcome           = judge.Outcome
	Finding           = judge.Finding
	CaseResult        = run.CaseResult
	Credentials       = exchange.Credentials
	Config            = run.Config
	Capability        = document.Capability
	UsageError        = run.UsageError
	TargetError       = run.TargetError
	Requirement       = document.Requirement
	SinceReport       = run.SinceReport
	Place             = document.Place
	CauseReport       = run.CauseReport
	Exchange          = exchange.Report
	Header            = exchange.Header
	Listing           = run.Listing
	MatrixTable       = run.Matrix
	ListedCase        = run.ListedCase
	Report            = run.Report
	ToolReport        = run.ToolReport
	TargetReport      = run.TargetReport
	ContractReport    = run.ContractReport
	SettingsReport    = run.SettingsReport
	RequirementReport = run.RequirementReport
	OperationCoverage = run.OperationCoverage
	StatusCoverage    = run.StatusCoverage
	ParameterCoverage = run.ParameterCoverage
)

// Words of settings and results.
const (
	Pass                   = judge.Pass
	Fail                   = judge.Fail
	Warn                   = judge.Warn
	Skipped                = judge.Skipped
	Unverified             = judge.Unverified
	Error                  = judge.Error
	ProfileDefault         = run.ProfileDefault
	ProfileProduction      = run.ProfileProduction
	AllAuthProbes          = run.AllAuthProbes
	FewAuthProbes          = run.FewAuthProbes
	SignedPathAuto         = run.SignedPathAuto
	SignedPathRelative     = run.SignedPathRelative
	SignedPathFull         = run.SignedPathFull
	SignedUploadAuto       = run.SignedUploadAuto
	SignedUploadBody       = run.SignedUploadBody
	SignedUploadEmpty      = run.SignedUploadEmpty
	SearchFoldingAuto      = run.SearchFoldingAuto
	SearchFoldingNone      = run.SearchFoldingNone
	SearchFoldingArabic    = run.SearchFoldingArabic
	CapabilitySecondClient = document.CapabilitySecondClient
	CapabilityRateLimit    = document.CapabilityRateLimit
	CapabilitySend         = document.CapabilitySend
	CapabilityNumbers      = document.CapabilityNumbers
	CapabilityTemplates    = document.CapabilityTemplates
	CapabilityTickets      = document.CapabilityTickets
	CapabilityOrders       = document.CapabilityOrders
	CapabilityInvoices     = document.CapabilityInvoices
	CapabilityContacts     = document.CapabilityContacts
	CapabilityBranches     = document.CapabilityBranches
	CapabilityControl      = document.CapabilityControl
	CapabilityWebhooks     = document.CapabilityWebhooks
	Must                   = document.Must
	Should                 = document.Should
	ReportVersion          = run.ReportVersion
	VerdictPass            = run.VerdictPass
	VerdictFail            = run.VerdictFail
	VerdictError           = run.VerdictError
	VerdictUnverified      = run.VerdictUnverified
)

// ReadBaseline is run.ReadBaseline.
func ReadBaseline(data []byte) (Baseline, error) { return run.ReadBaseline(data) }

// ReadHeader is exchange.ReadHeader.
func ReadHeader(text string) (Header, error) { return exchange.ReadHeader(text) }

// Compare is run.Compare.
func Compare(before, now *Report) *SinceReport { return run.Compare(before, now) }

// UncheckedReport is run.UncheckedReport.
func UncheckedReport(cfg Config, err error) Report { return run.UncheckedReport(cfg, err) }

// Capabilities is document.Capabilities.
func Capabilities() []Capability { return document.Capabilities() }

// Suggestion is run.Suggestion.
func Suggestion(word string, known []string) string { return run.Suggestion(word, known) }

// Misspelt is run.Misspelt.
func Misspelt(word string, known []string, letters int) string {
	return run.Misspelt(word, known, letters)
}

// Masker is exchange.Masker.
func Masker(secrets ...string) *strings.Replacer { return exchange.Masker(secrets...) }
