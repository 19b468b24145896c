package seed

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed/corpus"
)

// A generatedConversation is a conversation as it is kept until its messages are asked for.
type generatedConversation struct {
	id, first int64 // conversation, first message
	number    int32 // index
	status    uint8 // index
	language  corpus.Language
}

// A population is the seeded conversations, from which the messages of each can be made again. It does not change.
type population struct {
	fixture   *Fixture
	seed      uint64
	generator *generator
	start     time.Time
	generated []generatedConversation // by id
	phones    string                  // of generated, one after another
	firsts    []int64
	wamidKey  uint64
}

// Populate makes the initial data of the workspace. It is a pure function of its arguments: the same on every machine and
// in every call. start is the instant that the fixture's times count back from, taken in UTC and whole seconds.
func (f *Fixture) Populate(seed uint64, start time.Time) (sandbox.Population, error) {
	start = start.UTC().Round(0).Truncate(time.Second)
	if start.Year() < 1970 || start.Year() > 9000 {
		return sandbox.Population{}, fmt.Errorf("start %s: the year must be from 1970 to 9000", start.Format(time.RFC3339))
	}
	p := &population{fixture: f, seed: seed, generator: newGenerator(f, seed), start: start}
	p.wamidKey, _ = fake.Key{Seed: seed, Workspace: f.Workspace, Kind: "wamid"}.Source()
	rows := p.rows()
	next := p.number(rows)
	out := sandbox.Population{
		Numbers:          f.numbers(start),
		Conversations:    rows,
		MessagesOf:       p.messages,
		Statuses:         p.statuses,
		Sources:          make(map[int64]string, len(f.conversations)),
		NextConversation: 1, NextMessage: next, NextTicket: 1,
	}
	if n := len(rows); n > 0 {
		out.NextConversation = rows[n-1].ID + 1
	}
	for i := range rows {
		if rows[i].Ticket != nil {
			rows[i].Ticket.ID = out.NextTicket
			out.NextTicket++
		}
	}
	for i := range f.conversations {
		out.Sources[f.conversations[i].id] = f.source(&f.conversations[i])
	}
	return out, nil
}

func (f *Fixture) numbers(start time.Time) []sandbox.Number {
	numbers := make([]sandbox.Number, len(f.Numbers))
	for i, n := range f.Numbers {
		numbers[i] = sandbox.Number{
			ID: n.ID, Phone: n.Phone, VerifiedName: n.VerifiedName, Quality: n.Quality, Status: n.Status,
			CreatedAt: start.Add(-n.Created),
		}
	}
	return numbers
}

// rows makes all conversations, by id, without the ids of their messages.
func (p *population) rows() []sandbox.Conversation {
	total := 0
	for i := range p.fixture.Numbers {
		total += p.fixture.Numbers[i].Conversations
	}
	rows := make([]sandbox.Conversation, 0, total)
	for i := range p.fixture.conversations {
		c := &p.fixture.conversations[i]
		rows = append(rows, c.row(p.start))
	}
	written := len(rows)
	p.generated = make([]generatedConversation, 0, total-written)
	p.plan()
	rows = p.generate(rows)
	slices.SortFunc(rows, func(a, b sandbox.Conversation) int { return cmp.Compare(a.ID, b.ID) })
	return rows
}

// plan gives each conversation that is to be generated its id, number and status.
func (p *population) plan() {
	written := p.fixture.conversations
	id := int64(0)
	phones := make([]byte, 0, cap(p.generated)*phoneLength)
	for i := range p.fixture.Numbers {
		n := &p.fixture.Numbers[i]
		first := len(p.generated)
		for status, count := range n.Mix.missing(n.Conversations, p.have(n.ID)) {
			for range count {
				p.generated = append(p.generated, generatedConversation{number: int32(i), status: uint8(status)})
			}
		}
		generated := p.generated[first:]
		p.shuffle(generated, n.ID)
		book := newPhoneBook(p.fixture, p.seed, n.ID)
		for j := range generated {
			for id++; len(written) > 0 && written[0].id <= id; written = written[1:] {
				if written[0].id == id {
					id++
				}
			}
			generated[j].id = id
			phones = book.append(phones)
		}
	}
	p.phones = string(phones)
}

// shuffle mixes the statuses of a number.
func (p *population) shuffle(generated []generatedConversation, number string) {
	var r rng
	r.source.Seed(fake.Key{Seed: p.seed, Workspace: p.fixture.Workspace, Kind: "statuses", Property: number}.Source())
	for i := len(generated) - 1; i > 0; i-- {
		j := r.below(i + 1)
		generated[i], generated[j] = generated[j], generated[i]
	}
}

// have counts the statuses of a number's conversations that are written by hand.
func (p *population) have(number string) Mix {
	var have Mix
	for i := range p.fixture.conversations {
		c := &p.fixture.conversations[i]
		if c.number != number {
			continue
		}
		row := c.row(p.start)
		have[slices.Index(statuses[:], row.Status(p.start, p.fixture.ClientID))]++
	}
	return have
}

// generate appends the rows of the generated conversations. They go in pairs, one Arabic and one English; the longer one is in the language
// that has fewer messages so far, so that names and texts of both languages are balanced for every seed.
func (p *population) generate(rows []sandbox.Conversation) []sandbox.Conversation {
	var buffers [2][64]messagePlan
	builder := newRowBuilder(p)
	for i := 0; i < len(p.generated); i += 2 {
		a := &p.generated[i]
		a.language = builder.scarcerLanguage()
		first := p.generator.plan(buffers[0][:], a.id, statuses[a.status])
		if i+1 == len(p.generated) {
			return append(rows, builder.row(i, &first))
		}
		b := &p.generated[i+1]
		second := p.generator.plan(buffers[1][:], b.id, statuses[b.status])
		if len(first.messages) < len(second.messages) {
			a.language = other(a.language)
		}
		b.language = other(a.language)
		rows = append(rows, builder.row(i, &first), builder.row(i+1, &second))
	}
	return rows
}

func other(l corpus.Language) corpus.Language { return corpus.Arabic + corpus.English - l }

// number sets aside the ids of the messages: a block for each conversation, in the order of the rows. It returns the next
// free id.
func (p *population) number(rows []sandbox.Conversation) int64 {
	next, generated := int64(1), p.generated
	p.firsts = make([]int64, 0, len(p.fixture.conversations))
	for i := range rows {
		row := &rows[i]
		row.FirstMessage = next
		if len(generated) > 0 && generated[0].id == row.ID {
			generated[0].first = next
			generated = generated[1:]
		} else {
			p.firsts = append(p.firsts, next)
		}
		next += int64(row.Messages)
	}
	return next
}

func (p *population) findGenerated(id int64) (index int, found bool) {
	return slices.BinarySearchFunc(p.generated, id, func(c generatedConversation, id int64) int { return cmp.Compare(c.id, id) })
}

// messages gives the messages of a seeded conversation, oldest first; nil for any other.
func (p *population) messages(id int64) []sandbox.Message {
	if i, found := p.findGenerated(id); found {
		return p.generatedMessages(i)
	}
	written := p.fixture.conversations
	i, found := slices.BinarySearchFunc(written, id, func(c conversation, id int64) int { return cmp.Compare(c.id, id) })
	if !found {
		return nil
	}
	return written[i].thread(p, p.firsts[i])
}
