package seed

import (
	"math/rand/v2"
	"slices"

	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// A beat is one message of a generated conversation before it has words: everything that is the same in both languages.
// Times are seconds.
type beat struct {
	line                    *fake.Line
	age                     int32 // before the start
	delivered, read, failed int32 // after the message; none: never
	dialogue                uint8 // which of the conversation's
	opens, reminds          bool  // is the first of its dialogue; asks again
}

const none int32 = -1

func (b *beat) inbound() bool { return b.line.From == fake.Customer }

// A shape is a generated conversation before it has words.
type shape struct {
	beats    []beat
	assignee string
	closed   int32 // age of the closing, none when open
}

// Bounds of ages in seconds. What is neither expired nor closed has its last message well inside the last 24 hours, so
// that a mock that runs for hours stays lively.
const (
	minute = 60
	hour   = 60 * minute
	days   = 24 * hour

	youngest      = 3 * minute
	oldestLively  = 10 * hour
	youngestStale = 25 * hour
	oldestStale   = 7 * days
	youngestShut  = 1 * hour
	oldestShut    = 20 * days
)

// A generator makes the conversations of one fixture and seed.
type generator struct {
	tables         *fake.Tables
	people, robots []int // indices of the dialogues that an agent, or the bot, leads
	clientID       string
	hi, lo         uint64 // seed of the random sources
}

func newGenerator(f *Fixture, seed uint64) *generator {
	g := &generator{tables: f.Tables, clientID: f.ClientID}
	g.hi, g.lo = fake.Key{Seed: seed, Workspace: f.Workspace, Kind: "conversations"}.Source()
	for i := range f.Tables.Dialogues {
		if f.Tables.Dialogues[i].Bot() {
			g.robots = append(g.robots, i)
		} else {
			g.people = append(g.people, i)
		}
	}
	return g
}

// A dice draws numbers. Its draws are fixed by its seed alone, also between versions of Go.
type dice struct{ source rand.PCG }

// below draws from 0 to n-1.
func (d *dice) below(n int) int { return int(d.source.Uint64() % uint64(n)) }

// from draws between two bounds, both included.
func (d *dice) from(low, high int) int32 { return int32(low + d.below(high-low+1)) }

// key is the conversation's own number, from which its words are chosen.
func (g *generator) key(id int64) uint64 { return g.hi ^ uint64(id)*0x9e3779b97f4a7c15 }

// shape makes a conversation of a status; a pure function of the id and the status. The beats lie in buffer, if they fit.
func (g *generator) shape(buffer []beat, id int64, status sandbox.Status) shape {
	var d dice
	d.source.Seed(g.key(id), g.lo)
	s := shape{beats: buffer[:0], closed: none}
	subjects := g.people
	if status == sandbox.StatusBot {
		subjects = g.robots
	}
	last := subjects[d.below(len(subjects))]
	before, past := d.below(pastDialogues+1), g.past(&d, last)
	for n, which := range past[:before] {
		s.say(g.tables.Dialogues[which].Lines, uint8(n))
	}
	lines := g.tables.Dialogues[last].Lines
	s.say(lines[:end(&d, lines, status)], uint8(before))
	if status == sandbox.StatusUnread {
		s.remind(&d, g.tables.Reminders, uint8(before))
	}
	g.assign(&d, &s, status)
	s.date(&d, status)
	s.receipts(&d, status)
	return s
}

// pastDialogues is how many dialogues a conversation has at most before its last one.
const pastDialogues = 2

// past draws dialogues that were held before the last one: different ones, if there are enough.
func (g *generator) past(d *dice, last int) [pastDialogues]int {
	var past [pastDialogues]int
	taken := [pastDialogues + 1]int{last}
	all := len(g.tables.Dialogues)
	for i := range past {
		past[i] = d.below(all)
		for tries := 0; tries < all && slices.Contains(taken[:i+1], past[i]); tries++ {
			past[i] = (past[i] + 1) % all
		}
		taken[i+1] = past[i]
	}
	return past
}

func (s *shape) say(lines []fake.Line, dialogue uint8) {
	for i := range lines {
		s.beats = append(s.beats, beat{line: &lines[i], opens: i == 0, dialogue: dialogue})
	}
}

// remind lets the customer ask again, up to twice, each time in other words.
func (s *shape) remind(d *dice, reminders []fake.Line, dialogue uint8) {
	if len(reminders) == 0 {
		return
	}
	first := d.below(len(reminders))
	for i := range min(d.below(3), len(reminders)) {
		s.beats = append(s.beats, beat{line: &reminders[(first+i)%len(reminders)], dialogue: dialogue, reminds: true})
	}
}

// end is where a dialogue is cut off so that it leaves the conversation in its status: the number of lines that stay.
func end(d *dice, lines []fake.Line, status sandbox.Status) int {
	if status == sandbox.StatusClosed {
		return len(lines)
	}
	first := d.below(len(lines))
	for i := range lines {
		n := (first+i)%len(lines) + 1
		last := lines[n-1].From
		switch status {
		case sandbox.StatusUnread:
			if last == fake.Customer {
				return n
			}
		case sandbox.StatusBot:
			if last == fake.Bot {
				return n
			}
		default:
			if n >= 2 {
				return n
			}
		}
	}
	return len(lines)
}

func (g *generator) assign(d *dice, s *shape, status sandbox.Status) {
	choices := [...]string{g.tables.Agents[d.below(len(g.tables.Agents))], g.clientID, ""}
	switch status {
	case sandbox.StatusUnassigned, sandbox.StatusBot:
		s.assignee = ""
	case sandbox.StatusMy:
		s.assignee = g.clientID
	case sandbox.StatusOpened:
		s.assignee = choices[0]
	default:
		s.assignee = choices[d.below(len(choices))]
	}
}

// date gives each beat its age, from the last one backward, and the closing its own.
func (s *shape) date(d *dice, status sandbox.Status) {
	age := d.from(youngest, oldestLively)
	switch status {
	case sandbox.StatusExpired:
		age = d.from(youngestStale, oldestStale)
	case sandbox.StatusClosed:
		age = d.from(youngestShut, oldestShut)
		s.closed = age - d.from(minute, youngestShut-minute)
	}
	for i := len(s.beats) - 1; i >= 0; i-- {
		s.beats[i].age = age
		if i > 0 {
			age += pause(d, &s.beats[i-1], &s.beats[i])
		}
	}
}

// pause is how long the second of two beats lets the first one wait.
func pause(d *dice, first, second *beat) int32 {
	switch {
	case second.opens:
		return d.from(1*days, 15*days)
	case second.reminds:
		return d.from(4*minute, hour)
	case first.line.From == second.line.From:
		return d.from(5, minute)
	case second.line.From == fake.Bot:
		return d.from(1, 3)
	case second.line.From == fake.Agent:
		return d.from(30, 15*minute)
	default:
		return d.from(15, 7*minute)
	}
}

// receipts says when each beat was delivered and read. Inbound: read by whoever answers, at the latest when answering; in
// an unread conversation what came after the last answer is not read. Outbound: delivered, and read before the customer
// writes again; what the customer has not answered yet may have got less far.
func (s *shape) receipts(d *dice, status sandbox.Status) {
	current := s.beats[len(s.beats)-1].dialogue
	open := true // nothing from the other side follows
	for i := len(s.beats) - 1; i >= 0; i-- {
		b := &s.beats[i]
		b.delivered, b.read, b.failed = none, none, none
		limit := b.age // until the next message, or the start
		if i+1 < len(s.beats) {
			limit -= s.beats[i+1].age
			open = open && b.inbound() == s.beats[i+1].inbound()
		}
		switch {
		case b.inbound() && status == sandbox.StatusUnread && open && b.dialogue == current:
		case b.inbound():
			b.read = min(limit, d.from(2, 40))
		case open && d.below(8) == 0: // still sent
		case open && d.below(20) == 0:
			b.failed = min(limit, d.from(1, 4))
		default:
			b.delivered = min(limit, d.from(1, 5))
			if d.below(10) < 9 {
				b.read = min(limit, b.delivered+d.from(1, 90))
			}
		}
	}
}
