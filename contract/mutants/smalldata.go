package main

import (
	"io/fs"
	"regexp"
	"strings"
	"testing/fstest"

	"example.com/awalmock/fixtures"
)

var (
	population = regexp.MustCompile(`(?m)^    (conversations: \d+.*|mix: .*)\n`)
	templates  = regexp.MustCompile(`(?m)^templates:\n`)
	more       = regexp.MustCompile(`(?m)^conversations:\n`)
	ids        = regexp.MustCompile(`\b(id|contact_group_id|branch_id): (\d+)\b`)
)

// moreTemplates are kinds of templates that the project's fixtures do not have.
const moreTemplates = `templates:
  - {id: 901, name: closed_on_friday, language: en, category: UTILITY, body: "We are closed on Friday."}
  - {id: 902, name: how_to_use, language: en, category: UTILITY, header: VIDEO, body: "This is how it works."}
  - {id: 903, name: one_letter, language: en, category: UTILITY, body: "Your code is {{c}}."}
`

// otherConversation is one more of the second workspace, so that it can be seen that no id is one of both.
const otherConversation = `conversations:
  - {id: 3, phone: "966586640918", name: Third Customer, created: -2d, messages: [{from: customer, text: "Is there an appointment left?", at: -3h}]}
`

// otherOrder is an order of the second workspace that the suite prefers to change.
const otherOrder = `
  orders:
    - {id: 1, order_number: ORD-OTHER-1, phone_number_id: "654321", status: accepted, payment_status: paid, customer_name: Laura Bennett, customer_phone: "96650000000", shipping_date: "2024-01-16", delivery_date: "2024-01-18", branch_id: 1, created_at: -9d}
`

// handWritten are the project's fixtures without the generated conversations, and with more templates. A thousand servers are made of it, and what
// is measured with them hardly depends on the rest of the data. No id is one of both workspaces: then each foreign id can be tried.
func handWritten() (fs.FS, error) {
	out := fstest.MapFS{}
	err := fs.WalkDir(fixtures.Files(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(fixtures.Files(), path)
		raw = templates.ReplaceAll(population.ReplaceAll(raw, nil), []byte(moreTemplates))
		if strings.Contains(path, "other-workspace") {
			raw = ids.ReplaceAll(append(more.ReplaceAll(raw, []byte(otherConversation)), otherOrder...), []byte("${1}: 7000$2"))
		}
		out[path] = &fstest.MapFile{Data: raw}
		return err
	})
	return out, err
}
