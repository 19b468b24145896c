package main

import (
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock"
	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/server"
)

// deprecatedDocument is the contract with an operation that goes away, listWabaNumbers, and one that is gone, listTemplates.
func deprecatedDocument() []byte {
	text := awalmock.OpenAPI()
	for op, sunset := range map[string]string{"listWabaNumbers": "2999-12-31", "listTemplates": "2025-12-31"} {
		line := "      operationId: " + op + "\n"
		text = strings.Replace(text, line, line+"      deprecated: true\n      x-deprecation: {date: '2024-12-31', sunset: '"+sunset+"', message: 'Use another one'}\n", 1)
	}
	return []byte(text)
}

func (a *runner) deprecatedServer() server.Options {
	return server.Options{RateLimit: plenty, Source: a.deprecated}
}

// deprecated are the cases of what goes away, and those that ask the two operations.
func deprecated(c suite.ListedCase) bool {
	rules := []string{"VERSION-DEPRECATION", "VERSION-DEPRECATION-DATES", "VERSION-GONE"}
	asking := []string{"VERSION-V1.word.listWabaNumbers", "VERSION-UNKNOWN.listWabaNumbers", "VERSION-V1.word.listTemplates"}
	return slices.Contains(rules, c.Requirement) || slices.Contains(asking, c.ID)
}

// deprecating checks by that document.
func (a *runner) deprecating(cfg *suite.Config) {
	cfg.Spec, cfg.SpecName = deprecatedDocument(), "deprecated.yaml"
	cfg.Capabilities = append(cfg.Capabilities, suite.CapabilityNumbers, suite.CapabilityTemplates)
	cfg.Only = a.ids(deprecated)
}

// deprecationMutants are about what goes away.
func deprecationMutants() []mutant {
	numbers := func(rewrite func(a *answer)) change {
		return answering(func(w *target, r *http.Request, a *answer) {
			if w.path(r) == "/waba-numbers" {
				rewrite(a)
			}
		})
	}
	header := func(name, value string) change {
		return numbers(func(a *answer) {
			if a.header.Set(name, value); value == "" {
				a.header.Del(name)
			}
		})
	}
	return []mutant{
		{"a deprecated operation without X-API-Deprecated", "VERSION-DEPRECATION", header("X-API-Deprecated", "")},
		{"a deprecated operation without a date", "VERSION-DEPRECATION", header("X-API-Deprecation-Date", "")},
		{"a deprecated operation without a sunset", "VERSION-DEPRECATION", header("X-API-Sunset-Date", "")},
		{"a deprecated operation without a warning", "VERSION-DEPRECATION", header("Warning", "")},
		{"a refusal of a deprecated operation without headers", "VERSION-DEPRECATION", numbers(func(a *answer) {
			if a.status >= http.StatusBadRequest {
				for _, name := range []string{"X-API-Deprecated", "X-API-Deprecation-Date", "X-API-Sunset-Date", "Warning"} {
					a.header.Del(name)
				}
			}
		})},
		{"a sunset that is no date", "VERSION-DEPRECATION-DATES", header("X-API-Sunset-Date", "soon")},
		{"another sunset than announced", "VERSION-DEPRECATION-DATES", header("X-API-Sunset-Date", "2999-12-30")},
		{"a deprecation that begins after its sunset", "VERSION-DEPRECATION-DATES", header("X-API-Deprecation-Date", "3000-01-01")},
		{"deprecated yes", "VERSION-DEPRECATION-DATES", header("X-API-Deprecated", "yes")},
		{"a warning of another code", "VERSION-DEPRECATION-DATES", header("Warning", `199 - "Use another one"`)},
		{"gone before its sunset", "VERSION-GONE", numbers(func(a *answer) { a.fail(http.StatusGone, "gone", "It was removed.") })},
		{"answered after its sunset", "VERSION-GONE", answering(func(w *target, r *http.Request, a *answer) {
			if w.path(r) == "/templates" && a.status == http.StatusGone {
				a.status = http.StatusOK
				a.set(map[string]any{"status": true, "data": []any{}, "meta": map[string]any{"current_page": 1, "per_page": 100, "total": 0, "last_page": 1}})
			}
		})},
	}
}
