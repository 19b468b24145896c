package seed_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
)

func TestTheDefaultWorkspaceHoldsTheValuesOfTheVendorsExampleForEverySeed(t *testing.T) {
	t.Parallel()
	set := builtIn(t)
	f := set.Workspaces[0]
	if f.Workspace != "your-workspace" || f.ClientID != "your-client-id" || f.Secret != "your-hmac-secret" || !f.Default {
		t.Fatalf("the first workspace is %s of %s", f.Workspace, f.ClientID)
	}
	for number := range uint64(seeds) {
		p := populate(t, f, number)
		rows := inbox(&p, "123456")
		words := map[sandbox.Status]int{}
		unread := 0
		for i := range rows {
			words[rows[i].Status(start, f.ClientID)]++
			if rows[i].Unread > 0 {
				unread++
			}
		}
		want := map[sandbox.Status]int{"unread": 12, "opened": 10, "my": 6, "unassigned": 6, "bot": 5, "expired": 6, "closed": 5}
		if len(rows) != 50 || unread != 15 || fmt.Sprint(words) != fmt.Sprint(want) {
			t.Errorf("seed %d: %d conversations, %d with unread messages, %v", number, len(rows), unread, words)
		}
		if n := len(inbox(&p, "123457")); n != 8 {
			t.Errorf("seed %d: 123457 has %d conversations", number, n)
		}
		first, second := find(t, &p, 1), find(t, &p, 2)
		if first.Name != "Ahmed Mohammed" || first.Phone != "96650000000" || first.Unread != 3 || first.Status(start, f.ClientID) != "unread" || first.Number != "123456" {
			t.Errorf("seed %d: %+v", number, first)
		}
		if second.Name != "Fatima Ali" || second.Phone != "96650000001" || second.Unread != 0 || second.Status(start, f.ClientID) != "opened" || second.LastContent != "Thank you" || second.Number != "123456" {
			t.Errorf("seed %d: %+v", number, second)
		}
		if at := first.LastMessageAt.Format(time.RFC3339) + first.CreatedAt.Format(time.RFC3339); at != "2024-01-20T10:30:00Z2024-01-15T09:00:00Z" {
			t.Errorf("the times of the vendor's example are %s", at)
		}
	}
}

func TestTheSecondWorkspaceIsThereForIsolation(t *testing.T) {
	t.Parallel()
	f := builtIn(t).Workspaces[1]
	if f.Workspace != "other-workspace" || f.ClientID != "other-client-id" || f.Secret != "other-hmac-secret" || f.Numbers[0].ID != "654321" {
		t.Errorf("%+v", f)
	}
	p := populate(t, f, 1)
	if len(p.Conversations) != f.Numbers[0].Conversations || len(p.Conversations) == 0 {
		t.Errorf("%d conversations", len(p.Conversations))
	}
}

func TestEveryStatusAndTypeOccursThreeTimesForEverySeed(t *testing.T) {
	t.Parallel()
	f := builtIn(t).Workspaces[0]
	for number := range uint64(seeds) {
		p := populate(t, f, number)
		words, types, statuses := map[string]int{}, map[string]int{}, map[string]int{}
		for _, c := range inbox(&p, "123456") {
			words[string(c.Status(start, f.ClientID))]++
			for _, m := range p.MessagesOf(c.ID) {
				types[m.Type]++
				if m.Direction == sandbox.Outbound {
					status, _ := m.Status(start)
					statuses[string(status)]++
				}
			}
		}
		for _, all := range []struct {
			counts map[string]int
			words  string
		}{
			{words, "unassigned my unread expired opened closed bot"},
			{types, "text image video audio document sticker location template button list"},
			{statuses, "sent delivered read failed"},
		} {
			for _, word := range strings.Fields(all.words) {
				if all.counts[word] < 3 {
					t.Errorf("seed %d: %s occurs %d times", number, word, all.counts[word])
				}
			}
			if len(all.counts) != len(strings.Fields(all.words)) {
				t.Errorf("seed %d: %v", number, all.counts)
			}
		}
	}
}

func isArabic(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}

func isLatin(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}

func TestNamesAndTextsAreArabicAndEnglishInBalanceForEverySeed(t *testing.T) {
	t.Parallel()
	set := builtIn(t)
	for number := range uint64(seeds) {
		count := map[string][2]int{}
		add := func(what, text string) {
			if !isArabic(text) && !isLatin(text) {
				return // a phone, coordinates, emoji
			}
			n := count[what]
			if isArabic(text) {
				n[0]++
			}
			n[1]++
			count[what] = n
		}
		for i, f := range set.Workspaces {
			p := populate(t, f, number)
			for j := range p.Conversations {
				c := &p.Conversations[j]
				add("names", c.Name)
				add("last messages", c.LastContent)
				if i == 0 && c.Number == "123456" {
					add("names of 123456", c.Name)
					add("last messages of 123456", c.LastContent)
				}
				for _, m := range p.MessagesOf(c.ID) {
					add("messages", m.Content)
					if i == 0 && c.Number == "123456" {
						add("messages of 123456", m.Content)
					}
				}
			}
		}
		for what, n := range count {
			if share := float64(n[0]) / float64(n[1]); share < 0.40 || share > 0.60 {
				t.Errorf("seed %d: %.0f %% of %d %s are Arabic", number, 100*share, n[1], what)
			}
		}
	}
}

func TestIdsAndPhonesAreUniqueForEverySeed(t *testing.T) {
	t.Parallel()
	everySeed(t, func(t *testing.T, f *seed.Fixture, p *sandbox.Population) {
		phones, wamids := map[string]bool{}, map[string]bool{}
		nextMessage, lastID := int64(1), int64(0)
		for i := range p.Conversations {
			c := &p.Conversations[i]
			if c.ID <= lastID {
				t.Errorf("conversation %d follows %d", c.ID, lastID)
			}
			lastID = c.ID
			if phones[c.Number+c.Phone] {
				t.Errorf("%s appears twice", c.Phone)
			}
			phones[c.Number+c.Phone] = true
			for _, m := range p.MessagesOf(c.ID) {
				if m.ID != nextMessage || m.Conversation != c.ID {
					t.Errorf("message %d of conversation %d, want %d of %d", m.ID, m.Conversation, nextMessage, c.ID)
				}
				nextMessage++
				if wamids[m.WAMID] || !strings.HasPrefix(m.WAMID, "wamid.") {
					t.Errorf("%q appears twice or is none", m.WAMID)
				}
				wamids[m.WAMID] = true
			}
		}
		if p.NextMessage != nextMessage || p.NextConversation != lastID+1 {
			t.Errorf("next message %d, conversation %d; want %d, %d", p.NextMessage, p.NextConversation, nextMessage, lastID+1)
		}
	})
}

func TestGeneratedPhonesAreSaudiMobilesOutsideTheKeptBlock(t *testing.T) {
	t.Parallel()
	mobile := regexp.MustCompile(`^9665[0-9]{8}$`)
	everySeed(t, func(t *testing.T, f *seed.Fixture, p *sandbox.Population) {
		for i := range p.Conversations {
			c := &p.Conversations[i]
			if _, byHand := p.Sources[c.ID]; !byHand && (!mobile.MatchString(c.Phone) || strings.HasPrefix(c.Phone, "96650000")) {
				t.Errorf("%s", c.Phone)
			}
		}
	})
}

// summary is what a conversation's messages add up to, worked out from them.
func summary(messages []sandbox.Message) sandbox.Conversation {
	var c sandbox.Conversation
	c.Messages = len(messages)
	for i, m := range messages {
		if i == 0 {
			c.FirstMessage = m.ID
		}
		c.LastContent, c.LastType, c.LastMessageAt = m.Content, m.Type, m.Date
		if m.Direction == sandbox.Inbound {
			c.LastInboundAt = m.Date
			if m.ReadAt.IsZero() {
				c.Unread++
			}
		}
	}
	return c
}

func TestARowAgreesWithItsMessagesForEverySeed(t *testing.T) {
	t.Parallel()
	everySeed(t, func(t *testing.T, f *seed.Fixture, p *sandbox.Population) {
		for i := range p.Conversations {
			c := &p.Conversations[i]
			s := summary(p.MessagesOf(c.ID))
			if s.Messages != c.Messages || s.FirstMessage != c.FirstMessage || s.LastContent != c.LastContent || s.LastType != c.LastType ||
				!s.LastMessageAt.Equal(c.LastMessageAt) || !s.LastInboundAt.Equal(c.LastInboundAt) || s.Unread != c.Unread {
				t.Errorf("conversation %d: row %+v, messages %+v", c.ID, c, s)
			}
		}
	})
}

func TestMessagesAreConsistentForEverySeed(t *testing.T) {
	t.Parallel()
	everySeed(t, func(t *testing.T, f *seed.Fixture, p *sandbox.Population) {
		for i := range p.Conversations {
			c := &p.Conversations[i]
			messages := p.MessagesOf(c.ID)
			if len(messages) > 0 && c.CreatedAt.After(messages[0].Date) {
				t.Errorf("conversation %d was created after its first message", c.ID)
			}
			if c.Closed != !c.ChangedAt.IsZero() || c.Closed && c.ChangedAt.Before(c.LastMessageAt) || c.ChangedAt.After(start) {
				t.Errorf("conversation %d: closed %t at %s, last message %s", c.ID, c.Closed, c.ChangedAt, c.LastMessageAt)
			}
			checkMessages(t, c, messages)
		}
	})
}

func checkMessages(t *testing.T, c *sandbox.Conversation, messages []sandbox.Message) {
	t.Helper()
	answered := false
	for i := len(messages) - 1; i >= 0; i-- {
		m := &messages[i]
		at := fmt.Sprintf("conversation %d, message %d", c.ID, m.ID)
		if i > 0 && m.Date.Before(messages[i-1].Date) {
			t.Errorf("%s is before an earlier one", at)
		}
		for _, instant := range []time.Time{m.Date, m.DeliveredAt, m.ReadAt, m.FailedAt} {
			if instant.After(start) || !instant.IsZero() && (instant.Before(m.Date) || instant.Location() != time.UTC || instant.Nanosecond() != 0) {
				t.Errorf("%s of %s has the instant %s", at, m.Date, instant)
			}
		}
		if m.Content == "" || strings.ContainsAny(m.Content, "{}#") {
			t.Errorf("%s says %q", at, m.Content)
		}
		switch m.Direction {
		case sandbox.Outbound:
			answered = true
			if !m.ReadAt.IsZero() && (m.DeliveredAt.IsZero() || m.DeliveredAt.After(m.ReadAt)) {
				t.Errorf("%s was read before it was delivered", at)
			}
			if !m.FailedAt.IsZero() && !(m.DeliveredAt.IsZero() && m.ReadAt.IsZero()) {
				t.Errorf("%s failed and was delivered", at)
			}
		case sandbox.Inbound:
			if answered && m.ReadAt.IsZero() {
				t.Errorf("%s was answered, but not read", at)
			}
			if !m.DeliveredAt.IsZero() || !m.FailedAt.IsZero() {
				t.Errorf("%s is inbound and has a delivery", at)
			}
			if i+1 < len(messages) && messages[i+1].Direction == sandbox.Outbound && m.ReadAt.After(messages[i+1].Date) {
				t.Errorf("%s was read after its answer", at)
			}
		}
	}
}

func TestWhatIsOpenStaysOpenForHoursAndWhatIsExpiredLongIs(t *testing.T) {
	t.Parallel()
	everySeed(t, func(t *testing.T, f *seed.Fixture, p *sandbox.Population) {
		for i := range p.Conversations {
			c := &p.Conversations[i]
			age := start.Sub(c.LastMessageAt)
			switch c.Status(start, f.ClientID) {
			case sandbox.StatusClosed:
			case sandbox.StatusExpired:
				if age <= 24*time.Hour {
					t.Errorf("conversation %d is expired after %s", c.ID, age)
				}
			default:
				if age > 10*time.Hour || age < time.Minute {
					t.Errorf("conversation %d is open, its last message %s old", c.ID, age)
				}
			}
		}
	})
}

func TestThreeConversationsStartWithAnOpenTicket(t *testing.T) {
	t.Parallel()
	p := populate(t, builtIn(t).Workspaces[0], 1)
	ids := map[int64]bool{}
	for i := range p.Conversations {
		if ticket := p.Conversations[i].Ticket; ticket != nil {
			ids[ticket.ID] = true
			if ticket.OpenedAt.After(start) || ticket.OpenedAt.Before(p.Conversations[i].CreatedAt) || ticket.ID >= p.NextTicket || ticket.ID < 1 {
				t.Errorf("%+v", ticket)
			}
		}
	}
	if len(ids) != 3 {
		t.Errorf("%d open tickets", len(ids))
	}
}

func TestTemplatesOneToFiveAreThere(t *testing.T) {
	t.Parallel()
	templates := builtIn(t).Workspaces[0].Templates
	for i, template := range templates {
		if template.ID != int64(i+1) || template.Body == "" || template.Name == "" || template.Status != "APPROVED" {
			t.Errorf("%+v", template)
		}
	}
	if len(templates) != 5 {
		t.Errorf("%d templates", len(templates))
	}
}
