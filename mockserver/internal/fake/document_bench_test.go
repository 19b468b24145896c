package fake_test

import (
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/spec"
)

// BenchmarkCheckDocument is a part of each start.
func BenchmarkCheckDocument(b *testing.B) {
	d, err := spec.Load("openapi.yaml", []byte(awalmock.OpenAPI()))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := fake.CheckDocument(d, everywhere); err != nil {
			b.Fatal(err)
		}
	}
}
