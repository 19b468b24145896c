package webhook_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.com/awalmock/mockserver/internal/webhook"
)

// TestIDs_AreThoseOfTheirForms compares the two readers of ids with regular expressions, which take a millisecond to compile.
func TestIDs_AreThoseOfTheirForms(t *testing.T) {
	t.Parallel()
	entry := regexp.MustCompile(`^[0-9]{1,19}\.[A-Za-z0-9._-]{1,150}(~[0-9]{1,19})?$`)
	change := regexp.MustCompile(`^[0-9]{1,18}\.[a-z.]+\.[0-9]{1,18}$`)
	number := strings.Repeat("1", 18)
	fixed := []string{
		"", ".", "1.", ".a", "1.a", "1.a~", "1.a~2", "1.a~2~3", "1.a.b-C_9", "1.é", "1.message.sent.2", "1..2", "1...2", "1.2", "1.A.2",
		number + ".a." + number, number + "1.a.1", number + "11.a", "1.a." + number + "1", "1." + strings.Repeat("a", 150), "1." + strings.Repeat("a", 151),
		"1.a~" + number + "1", "1.a~" + number + "11", "1.a.2\n",
	}
	check := func(fail func(string, ...any), id string) {
		if webhook.IsID(id) != entry.MatchString(id) {
			fail("isID(%q) = %t", id, webhook.IsID(id))
		}
		if (webhook.ChangeOf(id) == id && id != "") != change.MatchString(id) {
			fail("changeOf(%q) = %q", id, webhook.ChangeOf(id))
		}
	}
	for _, id := range fixed {
		check(t.Errorf, id)
	}
	rapid.Check(t, func(r *rapid.T) {
		check(r.Errorf, rapid.StringMatching(`[0-9]{0,20}\.?[A-Za-z._~-]{0,3}\.?[0-9é]{0,20}(~[0-9a]{0,20})?`).Draw(r, "id"))
	})
}
