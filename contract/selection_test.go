package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/contract/suite"
)

// listed are the cases that flags select.
func listed(t *testing.T, args ...string) (cases []suite.ListedCase) {
	t.Helper()
	code, stdout, stderr := contract(t, nil, append([]string{"--list", "--json"}, args...)...)
	var listing suite.Listing
	if err := json.Unmarshal([]byte(stdout), &listing); err != nil || code != 0 {
		t.Fatalf("%v: exit %d, %v\n%s", args, code, err, stderr)
	}
	return listing.Cases
}

func TestCasesAreSelectedByIDOperationTagAndLabels(t *testing.T) {
	t.Parallel()
	all := listed(t)
	for name, test := range map[string]struct {
		args []string
		has  func(c suite.ListedCase) bool
	}{
		"skip": {[]string{"--skip", "LIST-ORDER,HTTP-COMPLETE"}, func(c suite.ListedCase) bool {
			return c.Requirement != "LIST-ORDER" && c.Requirement != "HTTP-COMPLETE"
		}},
		"operation": {[]string{"--operation", "getMessageStatus"}, func(c suite.ListedCase) bool { return c.Operation == "getMessageStatus" }},
		"tag":       {[]string{"--tag", "tickets"}, func(c suite.ListedCase) bool { return strings.HasSuffix(c.Operation, "Ticket") }},
		"include":   {[]string{"--include", "SHOULD && !send"}, func(c suite.ListedCase) bool { return c.Level == suite.Should && c.Capability != "send" }},
		"regexp":    {[]string{"--include", "/^LIST-STATUS/"}, func(c suite.ListedCase) bool { return strings.HasPrefix(c.Requirement, "LIST-STATUS") }},
		"exclude": {[]string{"--exclude", "MUST || control"}, func(c suite.ListedCase) bool {
			return c.Level == suite.Should && c.Capability != "control" && c.Needs != "control"
		}},
		"together": {[]string{"--operation", "listConversations", "--include", "MUST", "--skip", "AUTH-VALID"}, func(c suite.ListedCase) bool {
			return c.Operation == "listConversations" && c.Level == suite.Must && c.Requirement != "AUTH-VALID"
		}},
	} {
		got := listed(t, test.args...)
		if len(got) == 0 || len(got) >= len(all) {
			t.Errorf("%s: %d of %d cases", name, len(got), len(all))
		}
		if i := slices.IndexFunc(got, func(c suite.ListedCase) bool { return !test.has(c) }); i >= 0 {
			t.Errorf("%s: %+v", name, got[i])
		}
		want := 0
		for _, c := range all {
			if test.has(c) {
				want++
			}
		}
		if len(got) != want {
			t.Errorf("%s: %d cases, want %d", name, len(got), want)
		}
	}
}

func TestASelectionThatNamesNothingEndsWithOneLine(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		`no operation "listConversation"; did you mean "listConversations"?`:                        {"--operation", "listConversation"},
		`no tag "ticket"; did you mean "tickets"?`:                                                  {"--tag", "ticket"},
		`no requirement or case "LIST-ODER"; did you mean "LIST-ORDER"?`:                            {"--skip", "LIST-ODER"},
		`--include "LIST-ODER" matches no case; did you mean "LIST-ORDER"?`:                         {"--include", "LIST-ODER"},
		`--exclude "a && b" matches no case; labels are`:                                            {"--exclude", "a && b"},
		`no case is left: --only "LIST-ORDER" --skip "LIST-ORDER"`:                                  {"--only", "LIST-ORDER", "--skip", "LIST-ORDER"},
		`no case is left: --operation "listConversations" --include "getMessageStatus"`:             {"--operation", "listConversations", "--include", "getMessageStatus"},
		`nothing would be checked: the capability control is not claimed`:                           {"--include", "control && !contacts && !orders"},
		`--include "(MUST" is no expression over labels, such as "MUST && !rate-limit": Mismatched`: {"--include", "(MUST"},
	} {
		code, stdout, stderr := contract(t, nil, args...)
		if code != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 || stdout != "" {
			t.Errorf("%v: exit %d, want %q\n%s", args, code, want, stderr)
		}
	}
}
