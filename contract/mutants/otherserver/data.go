package otherserver

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/text/unicode/norm"
)

// A workspace is what one company has.
type workspace struct {
	domain, client, secret string
	numbers                []number
	conversations          []*conversation
	templates              []*template
	hooks                  []*hook
	ahead                  time.Duration // of its clock before the machine's
}

type number struct{ id, phone, name, rating, status string }

// A conversation with a customer. Its status follows from the other fields.
type conversation struct {
	id               int64
	phone            string
	name             *string
	created, touched time.Time // touched: when a ticket last changed it
	agent            string    // "": no agent, "me": the caller, else another one
	bot, closed      bool
	unread           int64
	ticket           int64 // open, 0 if none
	opened           time.Time
	messages         []*message
}

// A message; its delivery follows from the time that has passed.
type message struct {
	id                   int64
	content, kind, whats string
	outbound             bool
	at                   time.Time
	failed               bool
	hidden               time.Time // it shows from then on
	emitted              int       // statuses of it for which there were events
}

func (w *workspace) hasNumber(id string) bool {
	return slices.ContainsFunc(w.numbers, func(n number) bool { return n.id == id })
}

func (w *workspace) byID(id int64) *conversation {
	for _, c := range w.conversations {
		if c.id == id {
			return c
		}
	}
	return nil
}

func (w *workspace) byPhone(phone string) *conversation {
	for _, c := range w.conversations {
		if c.phone == phone {
			return c
		}
	}
	return nil
}

// names are those of the first workspace's customers: five scripts, in composed and in decomposed form, and without one.
func names() []string {
	return []string{
		"José Ñandú", "Zoë Ångström", "İpek Yıldız", "François Lévêque", "Nguyễn Thị Hằng", "Müller & Söhne 100%",
		"أحمد الغامدي", "فاطمة بنت عليّ", "إسراء آل سعود", "مؤمن (المدير)", "شركة النور_المحدودة", "محمّد",
		"Алексей Ёлкин", "Йосип Їжакевич", "Ольга Щёткина",
		"김하늘", "박지성", "ひがし がく",
		"प्रिया शर्मा", "अर्जुन सिंह",
		"Straße * 7", "O'Neill \"Shaq\"", "Anna-Lena von der Höhe", "x", "", "Σωκράτης", "Ann 👩‍👩‍👧 Lee", "ß",
	}
}

// population is the data at the start.
func (s *Server) population() []*workspace {
	first := &workspace{domain: "north-branch", client: "cl_7Q", secret: "an-other-secret-for-north", numbers: []number{
		{"90071992547", "966112223344", "North Branch", "YELLOW", "CONNECTED"}, {"90071992548", "966112223345", "North Branch, spare", "GREEN", "DISCONNECTED"},
	}}
	second := &workspace{domain: "south-branch", client: "cl_8R", secret: "the-secret-of-south", numbers: []number{{"80071992551", "966115556677", "South Branch", "RED", "CONNECTED"}}}
	for i, name := range names() {
		if i%2 == 1 {
			name = norm.NFD.String(name)
		}
		first.conversations = append(first.conversations, s.made(i, name))
	}
	for i := range 9 {
		second.conversations = append(second.conversations, s.made(i*3, fmt.Sprintf("Customer %d of the south", i)))
	}
	first.templates, second.templates = s.catalogue("north"), s.catalogue("south")
	return []*workspace{first, second}
}

// made is one conversation; i decides how it is.
func (s *Server) made(i int, name string) *conversation {
	age := []time.Duration{20 * time.Minute, 3 * time.Hour, 14 * time.Hour, 26 * time.Hour, 80 * time.Hour}[i%5] + time.Duration(i)*61*time.Second
	c := &conversation{id: s.nextID(), phone: fmt.Sprintf("2010%d", 55_000_000+i*7919), agent: []string{"", "me", "Huda"}[i%3], bot: i%7 == 3, closed: i%6 == 5}
	if name != "" {
		c.name = &name
	}
	if c.bot {
		c.agent = ""
	}
	last := s.began.Add(-age)
	n := 2 + i%5
	for k := range n {
		at := last.Add(-time.Duration(n-1-k) * 17 * time.Minute).Truncate(time.Millisecond)
		m := &message{id: s.nextID(), kind: "text", at: at, outbound: k%2 == i%2, failed: i%9 == 4 && k == 1}
		m.whats = fmt.Sprintf("wamid.OTHER%d==", m.id)
		m.content = fmt.Sprintf("Line %d of %s\n— ☎️ مرحبا, %d%%", k, c.phone, i)
		if k == 1 && i%4 == 2 {
			m.kind, m.content = "image", "https://files.example/"+c.phone+".jpg"
		}
		c.messages = append(c.messages, m)
	}
	c.created = c.messages[0].at.Add(-time.Minute)
	if inbound := c.messages[n-1]; !inbound.outbound && !c.closed && i%2 == 0 {
		c.unread = 1
	}
	if !c.closed && i%3 == 1 {
		c.ticket, c.opened = s.nextID(), c.created
	}
	return c
}

// newest is the message with the latest date that shows.
func (c *conversation) newest(now time.Time) *message {
	for i := len(c.messages) - 1; i >= 0; i-- {
		if !c.messages[i].hidden.After(now) {
			return c.messages[i]
		}
	}
	return nil
}

func (c *conversation) interaction(now time.Time) time.Time {
	if m := c.newest(now); m != nil {
		return m.at
	}
	return c.created
}

func (c *conversation) updated(now time.Time) time.Time {
	at := c.interaction(now)
	if c.touched.After(at) {
		at = c.touched
	}
	return at
}

func (s *Server) isExpired(c *conversation, now time.Time) bool {
	limit := 24 * time.Hour
	if s.has("expired after twelve hours") {
		limit = 12 * time.Hour
	}
	if s.has("expired counts from when it was created") {
		return now.Sub(c.created) >= 4*time.Hour
	}
	return now.Sub(c.interaction(now)) >= limit
}

// status is the word that a row shows.
func (s *Server) status(c *conversation, now time.Time) string {
	switch {
	case c.closed:
		return "closed"
	case s.options.Views && s.isExpired(c, now):
		return "expired"
	case s.options.Views:
		return "opened"
	case c.unread > 0:
		return "unread"
	case s.isExpired(c, now):
		return "expired"
	case c.bot:
		return "bot"
	case c.agent == "me":
		return "my"
	case c.agent == "":
		return "unassigned"
	}
	return "opened"
}

// under reports whether a conversation is found under a status word.
func (s *Server) under(c *conversation, word string, now time.Time) bool {
	if !s.options.Views {
		return s.status(c, now) == word
	}
	expired := s.isExpired(c, now)
	switch word {
	case "closed":
		return c.closed
	case "expired":
		return !c.closed && expired
	case "unread":
		return !c.closed && c.unread > 0
	case "bot":
		return !c.closed && c.bot
	case "my":
		return !c.closed && c.agent == "me"
	case "unassigned":
		return !c.closed && !c.bot && c.agent == ""
	}
	return !c.closed && !expired
}

// A step is a status of a message, and when it was reached.
type step struct {
	status string
	at     time.Time
}

// steps are the statuses that an outbound message has had so far.
func (s *Server) steps(m *message, now time.Time) []step {
	out := []step{{"sent", m.at}}
	age := now.Sub(m.at)
	if m.failed {
		return append(out, step{"failed", m.at.Add(time.Second)})
	}
	if age >= 150*time.Millisecond {
		out = append(out, step{"delivered", m.at.Add(150 * time.Millisecond)})
	}
	if age >= 700*time.Millisecond && !(s.has("read messages are delivered again a moment later") && age > time.Second && age < time.Minute) {
		out = append(out, step{"read", m.at.Add(700 * time.Millisecond)})
	}
	return out
}
