// Package corpus holds the names and texts of which conversations are made, in Arabic and English.
//
// It must never know where they come from, or which values are made of them.
package corpus

import "strings"

// Language is one of the two languages of the tables.
type Language uint8

// The languages. The order is that of every [2]string of this package.
const (
	Arabic Language = iota
	English
)

// A Text is the same words in both languages.
type Text [2]string

// Tables are the names and texts that data is made of. They are read-only once made.
type Tables struct {
	People    [2]People
	Agents    []string // people of the business
	Dialogues []Dialogue
	Reminders []Line                 // what customers say when no answer comes
	Words     map[string][2][]string // what {braces} in a text are replaced by
	Places    []Place
	// What generated orders are of, and what the business notes about them.
	Products   []Product
	OrderNotes []Text
	Digest     string // of the files that they come from; "" for none
}

// A Product is something that can be ordered. Its price is in hundredths of the currency.
type Product struct {
	Name  Text
	Price int64
}

// People are the names of one language, in groups within which given and family names go together.
type People []Group

// A Group is given and family names that go together.
type Group struct{ Given, Family []string }

// Slots returns the number of slots: Draw returns slots from 0 to Slots()-1.
func (p People) Slots() int {
	given, family := p.sizes()
	return given * family
}

func (p People) sizes() (given, longestFamily int) {
	for _, g := range p {
		given += len(g.Given)
		longestFamily = max(longestFamily, len(g.Family))
	}
	return given, longestFamily
}

// Draw returns the slot of a name for a number. Every given name is equally likely.
func (p People) Draw(n uint64) int {
	given, family := p.sizes()
	which := int(n % uint64(given))
	_, group := p.group(which)
	return which*family + int(n/uint64(given)%uint64(len(group.Family)))
}

// Name returns the full name of a slot.
func (p People) Name(slot int) string {
	_, family := p.sizes()
	given, group := p.group(slot / family)
	return group.Given[given] + " " + group.Family[slot%family]
}

// group finds a given name by its index over all groups.
func (p People) group(given int) (int, Group) {
	for _, g := range p {
		if given < len(g.Given) {
			return given, g
		}
		given -= len(g.Given)
	}
	return 0, Group{}
}

// A Dialogue is a conversation about one topic.
type Dialogue struct{ Lines []Line }

// A Line is one message of a dialogue.
type Line struct {
	From Role
	Type string // a message type: text, image, ...
	Text Text   // the content, with placeholders in braces; empty for a location
}

// Role is the speaker of a line.
type Role uint8

// The roles.
const (
	Customer Role = iota
	Agent
	Bot
)

// A Place is a place that a location message can point to.
type Place struct {
	Name                Text
	Latitude, Longitude float64
}

// Bot reports whether the bot leads the dialogue.
func (d *Dialogue) Bot() bool {
	for i := range d.Lines {
		if d.Lines[i].From == Bot {
			return true
		}
	}
	return false
}

// Names of the placeholders that are not lists of words.
const (
	PlaceholderCustomer = "customer" // the customer's given name
	PlaceholderPlace    = "place"    // the name of the conversation's place
)

// Place returns the place of a key.
func (t *Tables) Place(key uint64) *Place {
	return &t.Places[pick(key, PlaceholderPlace, len(t.Places))]
}

// Fill replaces the placeholders of a text. Equal keys give equal words, so that an order number is the same in all of
// a conversation. A text without a placeholder is returned unchanged, not copied.
func (t *Tables) Fill(text string, l Language, key uint64, customer string) string {
	if !strings.ContainsAny(text, "{#") {
		return text
	}
	var b strings.Builder
	b.Grow(2 * len(text))
	for {
		before, rest, found := strings.Cut(text, "{")
		digits(&b, before, key)
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return b.String()
		}
		t.word(&b, name, l, key, customer)
		text = after
	}
}

func (t *Tables) word(b *strings.Builder, name string, l Language, key uint64, customer string) {
	switch name {
	case PlaceholderCustomer:
		given, _, _ := strings.Cut(customer, " ")
		b.WriteString(given)
	case PlaceholderPlace:
		b.WriteString(t.Place(key).Name[l])
	default:
		if list := t.Words[name][l]; len(list) > 0 {
			digits(b, list[pick(key, name, len(list))], key^Hash(name))
		}
	}
}

// digits writes the text with a digit for each #, the first of a run from 1 to 9.
func digits(b *strings.Builder, text string, key uint64) {
	if !strings.Contains(text, "#") {
		b.WriteString(text)
		return
	}
	first := true
	for _, r := range text {
		if r != '#' {
			b.WriteRune(r)
			first = true
			continue
		}
		key = Mix(key)
		if first {
			b.WriteByte(byte('1' + key%9))
		} else {
			b.WriteByte(byte('0' + key%10))
		}
		first = false
	}
}

// Placeholders lists the names in braces of a text, and whether every brace is closed.
func Placeholders(text string) (names []string, closed bool) {
	for {
		_, rest, found := strings.Cut(text, "{")
		if !found {
			return names, true
		}
		name, after, found := strings.Cut(rest, "}")
		if !found {
			return names, false
		}
		names = append(names, name)
		text = after
	}
}

// pick chooses one of n for a key and a name: the same key and name choose the same.
func pick(key uint64, name string, n int) int { return int(Mix(key^Hash(name)) % uint64(n)) }

// Hash returns FNV-1a of 64 bits.
func Hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// Mix returns the result of the finaliser of splitmix64, which is a bijection.
func Mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
