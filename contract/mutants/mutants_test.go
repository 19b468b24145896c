package main

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestMain lets the test binary be one of the processes that measure.
func TestMain(m *testing.M) {
	if name := os.Getenv(shardVariable); name != "" {
		if err := shard(context.Background(), name, os.Stdout); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

func TestEveryMutantIsKilledAndEveryLawfulServerIsAccepted(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute of both cores")
	}
	var table bytes.Buffer
	if err := run(context.Background(), nil, &table); err != nil {
		t.Errorf("%v\n%s", err, table.String())
	}
	lines := strings.Split(strings.TrimSpace(table.String()), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "killed ") || !strings.HasSuffix(last, "cases that kill nothing: 0") {
		t.Errorf("last line %q", last)
	}
}

func TestNamesOfMutantsAndVariantsAreUnique(t *testing.T) {
	t.Parallel()
	var names []string
	for _, m := range mutants() {
		names = append(names, m.name)
	}
	for _, v := range variants() {
		names = append(names, "lawful "+v.name)
	}
	slices.Sort(names)
	for i := 1; i < len(names); i++ {
		if names[i] == names[i-1] {
			t.Errorf("%q stands twice", names[i])
		}
	}
}
