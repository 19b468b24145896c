package main

import (
	"slices"
	"strings"

	"example.com/awalmock/contract/suite"
)

// likely reports whether a case probably fails on the mutant, so that it runs before the others: it is about the changed part of the operation and
// about the changed keyword.
func (g generated) likely(c suite.ListedCase) bool {
	in, name, _ := strings.Cut(g.place, " ")
	in, _, _ = strings.Cut(in, ".")
	about, derived := strings.CutPrefix(c.ID, g.operation.id+".")
	ending := c.ID[strings.LastIndex(c.ID, ".")+1:]
	valid := c.Requirement == "AUTH-VALID" || c.ID == "VERSION-V1.word."+g.operation.id // a valid request makes the answers that the rules judge
	if g.refusesMore() && derived && (ending == "optional" || ending == "minimum") {
		return true // valid requests with some of the optional names only
	}
	switch in {
	case "header":
		return valid || strings.HasPrefix(c.Requirement, "VERSION-") || derived && strings.HasPrefix(about, "header.")
	case "response", "x-rate-limit":
		return valid || strings.HasPrefix(c.Requirement, "RATE-") || c.Requirement == "DATA-SUCCESS-FLAG" || derived && strings.HasPrefix(about, "response.")
	case "path", "query":
		return valid || c.Requirement == "NUMBER-REQUIRED" || derived && strings.HasPrefix(about, in+"."+name+".")
	}
	if g.keyword == "enum" && !derived && g.names(c.ID) {
		return true
	}
	return derived && strings.HasPrefix(about, in+".") && slices.Contains(endings(g.keyword), ending)
}

// names reports whether the id of a case has the name of the changed property: ORDER-UPDATE.status, SEND-TEMPLATE-HEADER-TYPE.
func (g generated) names(id string) bool {
	name := g.place[strings.LastIndex(g.place, ".")+1:]
	return strings.HasSuffix(id, "."+name) || strings.Contains(id, strings.ToUpper(strings.ReplaceAll(name, "_", "-")))
}

// endings are the last words of the ids of cases about a keyword of a body.
func endings(keyword string) []string {
	known := map[string][]string{
		"type":             {"type", "optional", "syntax"},
		"nullable":         {"null", "syntax"},
		"required":         {"required", "optional", "syntax"},
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
