package seed

import "example.com/awalmock/mockserver/internal/fake"

// Phones of generated conversations are Saudi mobiles, 9665 and eight digits, in the order of a full cycle through all of
// them, so that none comes twice without a list of those that were given.
const (
	phonePrefix = "9665"
	phoneLength = len(phonePrefix) + 8
	phoneCount  = 100_000_000
	phoneStride = 61_803_399 // has no divisor in common with phoneCount
	// phonesKept keeps 96650000xxxx free: the vendor's samples and the recipients with a meaning lie there.
	phonesKept = 10_000
)

// A phoneBook gives out phones for one sending number.
type phoneBook struct {
	next  uint64
	taken map[string]bool // by hand-written conversations
}

func newPhoneBook(f *Fixture, seed uint64, number string) *phoneBook {
	hi, _ := fake.Key{Seed: seed, Workspace: f.Workspace, Kind: "phone", Property: number}.Source()
	book := &phoneBook{next: hi % phoneCount, taken: map[string]bool{}}
	for i := range f.conversations {
		if c := &f.conversations[i]; c.number == number {
			book.taken[c.phone] = true
		}
	}
	return book
}

// append writes the next free phone.
func (b *phoneBook) append(to []byte) []byte {
	for {
		n := b.next
		b.next = (b.next + phoneStride) % phoneCount
		if n < phonesKept {
			continue
		}
		from := len(to)
		to = appendPhone(to, n)
		if !b.taken[string(to[from:])] {
			return to
		}
		to = to[:from]
	}
}

// appendPhone writes the phone with a number from 0 to phoneCount-1. (fmt would allocate for each of them.)
func appendPhone(to []byte, n uint64) []byte {
	to = append(to, phonePrefix...)
	for unit := uint64(phoneCount / 10); unit > 0; unit /= 10 {
		to = append(to, '0'+byte(n/unit%10))
	}
	return to
}
