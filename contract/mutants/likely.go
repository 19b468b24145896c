package main

import (
	"slices"
	"strings"

	"example.com/awalmock/contract/suite"
)

// likely reports whether a case probably fails on the mutant, so that it runs before the others: it is about the changed part of the operation and
// about the changed keyword. The case with a plain valid request makes the answers that the rules judge.
func (g generated) likely(c suite.ListedCase) bool {
	if c.ID == "AUTH-VALID."+g.operation.id {
		return true
	}
	in, name, _ := strings.Cut(g.place, " ")
	in, _, _ = strings.Cut(in, ".")
	about, derived := strings.CutPrefix(c.ID, g.operation.id+".")
	switch in {
	case "header":
		return strings.HasPrefix(c.Requirement, "VERSION-") || derived && strings.HasPrefix(about, "header.")
	case "response", "x-rate-limit":
		return strings.HasPrefix(c.Requirement, "RATE-") || c.Requirement == "DATA-SUCCESS-FLAG" || derived && strings.HasPrefix(about, "response.")
	case "path", "query":
		return c.Requirement == "NUMBER-REQUIRED" || derived && strings.HasPrefix(about, in+"."+name+".")
	}
	return derived && strings.HasPrefix(about, in+".") && slices.Contains(endings(g.keyword), about[strings.LastIndex(about, ".")+1:])
}

// endings are the last words of the ids of cases about a keyword of a body.
func endings(keyword string) []string {
	known := map[string][]string{
		"type":             {"type", "optional"},
		"nullable":         {"null", "syntax"},
		"required":         {"required", "optional"},
		"enum":             {"enum", "optional"},
		"minItems":         {"items", "minLength"},
		"maxItems":         {"items"},
		"minimum":          {"bounds"},
		"maximum":          {"bounds"},
		"exclusiveMinimum": {"bounds"},
		"exclusiveMaximum": {"bounds"},
		"x-unique":         {"unique"},
		"x-content-schema": {"content", "syntax"},
		"content":          {"optional"},
		"mediaTypes":       {"content", "formats"},
		"width":            {"content", "formats"},
		"height":           {"content", "formats"},
		"x-file-rules":     {"formats", "caption"},
	}
	if list := known[keyword]; list != nil {
		return list
	}
	return []string{keyword}
}
