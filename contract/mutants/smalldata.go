package main

import (
	"io/fs"
	"regexp"
	"testing/fstest"

	"example.com/awalmock/fixtures"
)

var (
	population = regexp.MustCompile(`(?m)^    (conversations: \d+.*|mix: .*)\n`)
	templates  = regexp.MustCompile(`(?m)^templates:\n`)
)

// moreTemplates are kinds of templates that the project's fixtures do not have.
const moreTemplates = `templates:
  - {id: 901, name: closed_on_friday, language: en, category: UTILITY, body: "We are closed on Friday."}
  - {id: 902, name: how_to_use, language: en, category: UTILITY, header: VIDEO, body: "This is how it works."}
  - {id: 903, name: one_letter, language: en, category: UTILITY, body: "Your code is {{c}}."}
`

// handWritten are the project's fixtures without the generated conversations, and with more templates. A thousand servers are made of it, and what
// is measured with them hardly depends on the rest of the data.
func handWritten() (fs.FS, error) {
	out := fstest.MapFS{}
	err := fs.WalkDir(fixtures.Files(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(fixtures.Files(), path)
		out[path] = &fstest.MapFile{Data: templates.ReplaceAll(population.ReplaceAll(raw, nil), []byte(moreTemplates))}
		return err
	})
	return out, err
}
