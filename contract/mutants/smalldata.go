package main

import (
	"io/fs"
	"regexp"
	"testing/fstest"

	"example.com/awalmock/fixtures"
)

var population = regexp.MustCompile(`(?m)^    (conversations: \d+.*|mix: .*)\n`)

// handWritten are the project's fixtures without the generated conversations. A thousand servers are made of it, and what is measured with them
// hardly depends on the data.
func handWritten() (fs.FS, error) {
	out := fstest.MapFS{}
	err := fs.WalkDir(fixtures.Files(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(fixtures.Files(), path)
		out[path] = &fstest.MapFile{Data: population.ReplaceAll(raw, nil)}
		return err
	})
	return out, err
}
