package seed_test

import (
	"fmt"
	"testing"
)

func BenchmarkPopulate(b *testing.B) {
	for _, n := range []int{50, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f := parse(b, workspace(fmt.Sprintf(`
numbers: [{phone_number_id: "1", phone: "2", verified_name: V, conversations: %d}]
`, n)))
			b.ReportAllocs()
			for b.Loop() {
				populate(b, f, 1)
			}
		})
	}
}

func BenchmarkMessagesOf(b *testing.B) {
	p := populate(b, parse(b, workspace(`
numbers: [{phone_number_id: "1", phone: "2", verified_name: V, conversations: 100000}]
`)), 1)
	b.ReportAllocs()
	for id := int64(0); b.Loop(); id++ {
		p.MessagesOf(id%100_000 + 1)
	}
}

func BenchmarkLoadDir(b *testing.B) {
	for b.Loop() {
		builtIn(b)
	}
}
