package otherserver_test

import (
	"slices"
	"testing"

	"example.com/awalmock/contract/mutants/otherserver"
	"example.com/awalmock/contract/suite"
)

// pending are the faults that the suite has no case for yet.
func pending() []string {
	return []string{
		// tenants
		"the domain alone names the workspace",
		"a send goes out over another's number",
		"a location goes out over another's number",
		"tickets take any number",
		"tickets of another workspace can be changed",
		"a template of another workspace can be read",
		"a template of another workspace can be sent",
		"a reply may be to another workspace's message",
		// other reads
		"no rate headers on numbers",
		"a ticket's id is read up to its first letter",
		// authentication
		// malformed requests
		"a broken escape in the query is a 500",
		"a NUL in the query is a 500",
		"bytes that are no UTF-8 are a 500",
		"an id of 20 digits is the largest id",
		"ids are cut to 32 bits",
		"ids may be hexadecimal",
		"ids may have spaces around them",
		"status words in any case",
		"status words may be cut short",
		// bounds
		"a Content-Type with a charset is refused",
		// what is sent
		"a text of 0 is no text",
		"the text of buttons is trimmed",
		// time and order
		"expired after twelve hours",
		"read messages are delivered again after two seconds",
		"updated_at is an hour early",
		"a sent message is dated an hour ahead",
		"times of the poll are an hour late",
		"the time of a send is in milliseconds",
		"the time of a send is three hours ahead",
		// rate headers
		"Reset says how many seconds are left",
		"Reset is the begin of the window",
		"Reset is in milliseconds",
		"Remaining never falls",
		"Remaining counts up",
		"Remaining is one more than Limit at first",
		"Limit has a unit",
		"no rate headers on sends",
		"rate headers missing from errors",
	}
}

// perKind is how many faults of each kind the short form tries.
const perKind = 2

func TestEachFaultIsNoticed(t *testing.T) {
	t.Parallel()
	cases := withoutLargeFiles(t)
	tried := map[string]int{}
	for _, fault := range otherserver.Faults() {
		if tried[fault.Kind]++; testing.Short() && tried[fault.Kind] > perKind {
			continue
		}
		t.Run(fault.Kind+"/"+fault.Name, func(t *testing.T) {
			t.Parallel()
			report := check(t, otherserver.Options{Fault: fault.Name}, func(cfg *suite.Config) {
				if fault.Kind != "bounds" {
					cfg.Only = cases
				}
			})
			noticed := found(report, suite.Fail)
			switch wait := slices.Contains(pending(), fault.Name); {
			case wait && len(noticed) > 0:
				t.Logf("NOTICED although it is pending: %s", noticed[0])
			case wait:
				t.Log("PENDING")
			case len(noticed) == 0:
				t.Errorf("it is not noticed (exit %d)", report.ExitCode)
			default:
				t.Logf("NOTICED by %s", noticed[0])
			}
		})
	}
}

// withoutLargeFiles are all cases but the one that uploads files of several megabytes.
func withoutLargeFiles(t *testing.T) []string {
	t.Helper()
	listing, err := suite.List(suite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range listing.Cases {
		if c.ID != "SEND-MEDIA-SIZE" {
			out = append(out, c.ID)
		}
	}
	return out
}
