package fake

import (
	"maps"
	"slices"

	"github.com/brianvoe/gofakeit/v7"
)

// LibraryWords are the names of all functions of gofakeit. The import stays in this package also in tests.
func LibraryWords() []string { return slices.Sorted(maps.Keys(gofakeit.FuncLookups)) }
