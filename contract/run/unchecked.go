package run

import (
	"cmp"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// UncheckedReport is the report of a run that could not begin: no case, the verdict ERROR, and err as the reason.
func UncheckedReport(cfg Config, err error) Report {
	secrets := []string{cfg.Credentials.HMACSecret, cfg.Second.HMACSecret, cfg.ControlToken, cfg.WebhookSecret}
	for _, h := range cfg.Headers {
		if h.Secret() {
			secrets = append(secrets, h.Value)
		}
	}
	why := exchange.Masker(secrets...).Replace(err.Error())
	r := Report{
		Version: ReportVersion, Verdict: VerdictError, ExitCode: 2, Why: []string{why}, Tool: tool(), Started: time.Now().UTC(),
		Target:   TargetReport{BaseURL: cfg.BaseURL, Domain: cfg.Credentials.Domain, ClientID: cfg.Credentials.ClientID, PhoneNumberID: cfg.Credentials.PhoneNumberID},
		Contract: ContractReport{File: cmp.Or(cfg.SpecName, "openapi.yaml")}, Settings: cfg.settings(),
		Counts: map[judge.Outcome]int{}, Requirements: []RequirementReport{}, Cases: []CaseResult{}, Causes: []CauseReport{}, Coverage: []OperationCoverage{}, Notes: []string{},
	}
	if doc, broken := document.Read(r.Contract.File, cfg.Spec); broken == nil {
		r.Contract = ContractReport{doc.Name, doc.Title, doc.Version, doc.SHA256}
	}
	return r
}
