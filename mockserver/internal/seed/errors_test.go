package seed_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/seed/corpus"
)

// workspace is a fixture with credentials and the lines given.
func workspace(lines string) string {
	return "workspace: w\nclient_id: c\nhmac_secret: s\n" + strings.TrimPrefix(lines, "\n")
}

// one is a fixture with a number, a template and one conversation, whose lines begin in line 7.
func one(lines string) string {
	return workspace(`
numbers: [{phone_number_id: "1", phone: "966110000001", verified_name: V}]
templates: [{id: 3, name: n, language: en, category: UTILITY, body: "Hi {{1}} at {{when}}"}]
conversations:
  - {id: 1, phone: "96650", created: -2d, `) + lines + "}\n"
}

// say is one with these messages.
func say(messages string) string { return one("messages: [" + messages + "]") }

func parse(t testing.TB, text string) *seed.Fixture {
	t.Helper()
	f, err := seed.Parse("workspaces/w.yaml", []byte(text), builtIn(t).Tables)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return f
}

func TestAWrongFixtureIsRefusedInOneLineWithFileLineAndPlace(t *testing.T) {
	t.Parallel()
	tables := builtIn(t).Tables
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {"", "workspaces/w.yaml: the file is empty"},
		"only a comment":  {"# nothing\n", "workspaces/w.yaml: the file is empty"},
		"no mapping":      {"- a\n", "workspaces/w.yaml:1: must be a mapping (key: value)"},
		"syntax":          {"workspace: w\nnumbers: [{a: b\nclient_id: c\n", "workspaces/w.yaml:3: is not valid YAML: did not find expected ',' or '}'"},
		"tab":             {"workspace: w\n\tclient_id: c\n", "workspaces/w.yaml:2: is not valid YAML: found a tab character that violates indentation"},
		"not UTF-8":       {"workspace: \xff\n", "workspaces/w.yaml:1: is not valid YAML: "},
		"two documents":   {workspace("numbers: []\n---\na: b\n"), "workspaces/w.yaml:5: a second document begins here"},
		"broken second":   {workspace("numbers: []\n---\n[\n"), "is not valid YAML"},
		"unknown key":     {workspace("nmbers: []\n"), "workspaces/w.yaml:4: nmbers: is no known key: known here are workspace, client_id, hmac_secret, default, credentials, numbers, templates, conversations"},
		"key twice":       {workspace("workspace: v\n"), "workspaces/w.yaml:4: workspace: must be unique"},
		"key of a list":   {"[a]: b\n", "workspaces/w.yaml:1: a key must be plain text"},
		"merge key":       {"<<: {a: b}\n", "a key must be plain text"},
		"alias":           {"workspace: &a w\nclient_id: *a\n", "workspaces/w.yaml:2: client_id: an alias (*name) is not supported: write the value out"},
		"missing secret":  {"workspace: w\nclient_id: c\n", "workspaces/w.yaml:1: hmac_secret: is required"},
		"empty secret":    {"workspace: w\nclient_id: c\nhmac_secret: \"\"\n", "workspaces/w.yaml:3: hmac_secret: must not be empty: leave the key out instead"},
		"null":            {"workspace: w\nclient_id:\n", "workspaces/w.yaml:2: client_id: must be text (put it in quotes)"},
		"number for text": {"workspace: 12\n", "workspaces/w.yaml:1: workspace: must be text (put it in quotes)"},
		"default":         {workspace("default: 1\n"), "workspaces/w.yaml:4: default: must be true or false"},
		"default word":    {workspace("default: !!bool yes\n"), "workspaces/w.yaml:4: default: must be true or false"},
		"no numbers":      {workspace("numbers: []\n"), "workspaces/w.yaml:4: numbers: must have at least one number"},
		"numbers":         {workspace("numbers: {}\n"), "workspaces/w.yaml:4: numbers: must be a list"},
		"number's phone":  {workspace("numbers: [{phone_number_id: \"1\", phone: \"+9661\", verified_name: V}]\n"), "workspaces/w.yaml:4: numbers[0].phone: must be decimal digits only, without + or spaces"},
		"number twice":    {workspace("numbers:\n  - {phone_number_id: \"1\", phone: \"1\", verified_name: V}\n  - {phone_number_id: 1, phone: \"2\", verified_name: V}\n"), `workspaces/w.yaml:6: numbers[1].phone_number_id: "1" must be unique`},
		"phone twice":     {workspace("numbers:\n  - {phone_number_id: \"1\", phone: \"1\", verified_name: V}\n  - {phone_number_id: \"2\", phone: 1, verified_name: V}\n"), "workspaces/w.yaml:6: numbers[1].phone: 1 must be unique"},
		"quality":         {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, quality: BLUE}]\n"), "numbers[0].quality: must be one of GREEN, YELLOW, RED"},
		"created":         {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, created: yesterday}]\n"), "numbers[0].created: must be a time before the start, such as -2h, -3d4h or -90s (units d, h, m, s)"},
		"negative count":  {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, conversations: -1}]\n"), "numbers[0].conversations: must be a whole number from 0 to 1000000"},
		"count too high":  {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, conversations: 1000001}]\n"), "must be a whole number from 0 to 1000000"},
		"count in words":  {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, conversations: many}]\n"), "numbers[0].conversations: must be a whole number"},
		"count in octal":  {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, conversations: 0x10}]\n"), "must be a whole number from"},
		"mix word":        {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, mix: {open: 1}}]\n"), "numbers[0].mix.open: is no known key: known here are unread, opened, my, unassigned, bot, expired, closed"},
		"negative mix":    {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, mix: {my: -2}}]\n"), "numbers[0].mix.my: must be a whole number from 0 to 1000000"},
		"empty mix":       {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, mix: {my: 0}}]\n"), "numbers[0].mix: must give at least one of unread, opened"},
		"fewer than written": {
			workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, conversations: 0}]\nconversations: [{id: 1, phone: \"1\", created: -1d}]\n"),
			"workspaces/w.yaml:4: numbers[0].conversations: must be at least 1, the number of conversations that are written by hand",
		},
		"template id":       {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V}]\ntemplates: [{id: 0, name: n, language: en, category: UTILITY, body: b}]\n"), "workspaces/w.yaml:5: templates[0].id: must be a whole number from 1 to 9007199254740992"},
		"template category": {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V}]\ntemplates: [{id: 1, name: n, language: en, category: FUN, body: b}]\n"), "templates[0].category: must be one of UTILITY, MARKETING, AUTHENTICATION"},
		"template twice":    {workspace("numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V}]\ntemplates: [{id: 1, name: n, language: en, category: UTILITY, body: b}, {id: 1, name: m, language: en, category: UTILITY, body: b}]\n"), "templates[1].id: 1 must be unique"},

		"conversation's number": {one("number: \"9\""), `workspaces/w.yaml:7: conversations[0].number: there is no phone_number_id "9" under numbers`},
		"id twice":              {one("name: N}\n  - {id: 1, phone: \"77\", created: -1d"), "workspaces/w.yaml:8: conversations[1].id: 1 is the id of the conversation in line 7 already"},
		"customer twice":        {one("name: N}\n  - {id: 2, phone: \"96650\", created: -1d"), "workspaces/w.yaml:8: conversations[1].phone: 96650 has a conversation with number 1 in line 7 already"},
		"bot":                   {one("bot: maybe"), "conversations[0].bot: must be true or false"},
		"wrong status":          {one("status: closed"), "workspaces/w.yaml:7: conversations[0].status: the conversation starts as expired"},
		"unknown status":        {one("status: open"), "conversations[0].status: must be one of unread, opened, my, unassigned, bot, expired, closed"},
		"wrong unread":          {one("unread: 1, messages: [{from: customer, text: a, at: -1h, read: +1s}]"), "conversations[0].unread: the messages leave 0 unread"},
		"closed with a ticket":  {one("closed: -1h, ticket_opened: -1h"), "conversations[0].ticket_opened: a closed conversation has no open ticket"},
		"closed too early":      {one("closed: -2h, messages: [{from: customer, text: a, at: -1h}]"), "conversations[0].closed: lies before the last message"},
		"closed before created": {one("closed: -3d"), "conversations[0]: closed and ticket_opened must not lie before created"},
		"messages":              {one("messages: a"), "conversations[0].messages: must be a list"},

		"message type":          {say("{from: customer, type: telegram, text: a, at: -1h}"), "workspaces/w.yaml:7: conversations[0].messages[0].type: must be one of text, image, video, audio, document, sticker, location, template, button, list"},
		"from":                  {say("{from: agent, text: a, at: -1h}"), "conversations[0].messages[0].from: must be one of customer, business"},
		"no text":               {say("{from: customer, at: -1h}"), "conversations[0].messages[0].text: is required"},
		"no at":                 {say("{from: customer, text: a}"), "conversations[0].messages[0].at: is required"},
		"at in the future":      {say("{from: customer, text: a, at: +1h}"), "messages[0].at: must be a time before the start"},
		"at without a sign":     {say("{from: customer, text: a, at: 1h}"), "messages[0].at: must be a time before the start"},
		"at in another order":   {say("{from: customer, text: a, at: -4h3d}"), "messages[0].at: must be a time before the start"},
		"at too long ago":       {say("{from: customer, text: a, at: -9999999d}"), "messages[0].at: must be a time before the start"},
		"at of nothing":         {say("{from: customer, text: a, at: \"-\"}"), "messages[0].at: must be a time before the start"},
		"at in fractions":       {say("{from: customer, text: a, at: -1.5h}"), "messages[0].at: must be a time before the start"},
		"at in a list":          {say("{from: customer, text: a, at: [1]}"), "messages[0].at: must be text"},
		"before created":        {say("{from: customer, text: a, at: -3d}"), "conversations[0].messages[0]: at lies before the conversation was created"},
		"not in order":          {say("{from: customer, text: a, at: -1h}, {from: customer, text: a, at: -2h}"), "conversations[0].messages[1]: at lies before the previous message: write the oldest message first"},
		"read after the start":  {say("{from: business, text: a, at: -1h, read: +2h}"), "conversations[0].messages[0].read: lies after the start"},
		"read too early":        {say("{from: customer, text: a, at: -1h, read: -2h}"), "conversations[0].messages[0].read: lies before what it follows"},
		"read before delivered": {say("{from: business, text: a, at: -1h, delivered: +9s, read: +2s}"), "conversations[0].messages[0].read: lies before what it follows"},
		"wrong offset":          {say("{from: business, text: a, at: -1h, delivered: +x}"), "conversations[0].messages[0].delivered: must be a time after the message, such as +5s"},
		"failed and read":       {say("{from: business, text: a, at: -1h, read: +2s, failed: +1s}"), "conversations[0].messages[0].failed: a message that failed was neither delivered nor read"},
		"delivered inbound":     {say("{from: customer, text: a, at: -1h, delivered: +2s}"), "conversations[0].messages[0].delivered: belongs to a message from the business"},
		"read after the answer": {say("{from: customer, text: a, at: -1h, read: +2m}, {from: business, text: a, at: -59m}"), "conversations[0].messages: messages[0] is read only after it was answered"},
		"unread before read":    {say("{from: customer, text: a, at: -1h}, {from: customer, text: a, at: -59m, read: +1s}"), "conversations[0].messages: messages[1] is read, but the earlier messages[0] is not"},
		"caption on audio":      {say("{from: customer, type: audio, caption: a, at: -1h}"), "conversations[0].messages[0].caption: does not belong to a message of type audio: it takes link, file"},
		"image of nothing":      {say("{from: customer, type: image, at: -1h}"), "conversations[0].messages[0]: a message of type image needs one of caption, link, file"},
		"latitude":              {say("{from: customer, type: location, latitude: 91, longitude: 1, at: -1h}"), "conversations[0].messages[0].latitude: must be a number from -90 to 90"},
		"latitude is no number": {say("{from: customer, type: location, latitude: .nan, longitude: 1, at: -1h}"), "latitude: must be a number from -90 to 90"},
		"longitude missing":     {say("{from: customer, type: location, latitude: 1, at: -1h}"), "conversations[0].messages[0].longitude: is required"},
		"longitude in words":    {say("{from: customer, type: location, latitude: 1, longitude: west, at: -1h}"), "longitude: must be a number"},
		"unknown template":      {say("{from: business, type: template, template: 9, at: -1h}"), "conversations[0].messages[0].template: there is no template 9 under templates"},
		"too few params":        {say("{from: business, type: template, template: 3, params: [Ali], at: -1h}"), "conversations[0].messages[0]: params lacks {{when}} of template 3"},
		"too many params":       {say("{from: business, type: template, template: 3, params: [Ali, Omar], at: -1h}"), "conversations[0].messages[0].params: template 3 has no parameter {{2}}"},
		"params":                {say("{from: business, type: template, template: 3, params: Ali, at: -1h}"), "conversations[0].messages[0].params: must be a list"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := seed.Parse("workspaces/w.yaml", []byte(c.text), tables)
			var e *seed.Error
			if !errors.As(err, &e) {
				t.Fatalf("%v is no *seed.Error, want %s", err, c.want)
			}
			if got := err.Error(); !strings.Contains(got, c.want) || strings.Contains(got, "\n") || !strings.HasPrefix(got, "workspaces/w.yaml") {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestEveryFormOfAMessageIsUnderstood(t *testing.T) {
	t.Parallel()
	p := populate(t, parse(t, say(`
      {from: business, type: template, template: 3, params: {"1": Ali, when: 5}, at: -1d23h},
      {from: customer, type: location, latitude: 24.50, longitude: -46, at: -5h},
      {from: customer, type: image, caption: C, link: "https://x.example/y", at: -4h},
      {from: customer, type: video, link: "https://x.example/y", file: f.mp4, at: -4h},
      {from: customer, type: document, file: f.pdf, at: -4h},
      {from: business, type: list, text: L, at: -3h, read: +1m},
      {from: business, type: button, text: B, at: -90m, delivered: -80m, read: -1h19m30s},
      {from: business, text: T, at: -1h, failed: +1s},
      {from: customer, type: sticker, link: "https://x.example/s", at: -0s}`)), 1)
	var got []string
	for _, m := range p.MessagesOf(1) {
		status, at := m.Status(start)
		got = append(got, m.Type+" "+m.Content+" "+string(m.Direction)+" "+string(status)+" "+at.Sub(m.Date).String())
	}
	want := []string{
		"template Hi Ali at 5 outbound sent 0s",
		"location 24.5,-46 inbound read 2h0m0s",
		"image C inbound read 1h0m0s",
		"video https://x.example/y inbound read 1h0m0s",
		"document f.pdf inbound read 1h0m0s",
		"list L outbound read 1m0s",
		"button B outbound read 10m30s",
		"text T outbound failed 1s",
		"sticker https://x.example/s inbound delivered 0s",
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
}

func TestAWorkspaceWithoutConversationsIsLawful(t *testing.T) {
	t.Parallel()
	for _, lines := range []string{"", ", conversations: 0"} {
		p := populate(t, parse(t, workspace(`numbers: [{phone_number_id: "1", phone: "1", verified_name: V`+lines+"}]\n")), 1)
		if len(p.Conversations) != 0 || p.NextConversation != 1 {
			t.Errorf("%d conversations", len(p.Conversations))
		}
	}
}

// folder makes a folder of fixture files; names that are not given are not there.
func folder(files map[string]string) fs.FS {
	dir := fstest.MapFS{}
	for name, text := range files {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return dir
}

func small(domain, more string) string {
	return "workspace: " + domain + "\nclient_id: c-" + domain + "\nhmac_secret: s\n" +
		"numbers: [{phone_number_id: \"1\", phone: \"1\", verified_name: V, conversations: 4}]\n" + more
}

const (
	smallNames = `
people:
  - {language: ar, given: [نورة], family: [الحربي]}
  - {language: en, given: [Sara], family: [Smith]}
agents: [Huda]
`
	smallTexts = `
dialogues:
  - {topic: a, lines: [{from: customer, ar: مرحبا, en: Hi}, {from: agent, ar: "أهلاً {customer}", en: "Hello {customer}"}]}
  - {topic: b, lines: [{from: customer, ar: مرحبا, en: Hi}, {from: bot, ar: أهلاً, en: Hello}]}
`
)

func TestAUsersFolderReplacesTheBuiltInTables(t *testing.T) {
	t.Parallel()
	files := map[string]string{"workspaces/a.yaml": small("a", ""), "names.yaml": smallNames, "texts.yaml": smallTexts}
	for _, tables := range []string{"", "names.yaml", "texts.yaml", "names.yaml texts.yaml"} {
		dir := map[string]string{"workspaces/a.yaml": files["workspaces/a.yaml"]}
		for _, name := range strings.Fields(tables) {
			dir[name] = files[name]
		}
		set, err := seed.LoadDir(folder(dir), fixtures.Files())
		if err != nil {
			t.Fatal(err)
		}
		p := populate(t, set.Workspaces[0], 1)
		if len(p.Conversations) != 4 {
			t.Errorf("%d conversations", len(p.Conversations))
		}
		for i := range p.Conversations {
			c := &p.Conversations[i]
			if small := c.Name == "نورة الحربي" || c.Name == "Sara Smith"; small != strings.Contains(tables, "names") {
				t.Errorf("with %q a customer is called %s", tables, c.Name)
			}
			if small := strings.Contains(smallTexts, strings.Fields(c.LastContent)[0]); strings.Contains(tables, "texts") && !small {
				t.Errorf("with %q a conversation ends with %s", tables, c.LastContent)
			}
		}
	}
}

func TestAFolderOfFixturesIsCheckedAsAWhole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"empty":           {map[string]string{}, "workspaces: there is no fixture: put at least one file NAME.yaml into it"},
		"only tables":     {map[string]string{"names.yaml": smallNames}, "workspaces: there is no fixture"},
		"one domain":      {map[string]string{"workspaces/a.yaml": small("a", ""), "workspaces/b.yaml": small("a", "")}, "workspaces/b.yaml:1: workspace: is the workspace of workspaces/a.yaml too"},
		"one client":      {map[string]string{"workspaces/a.yaml": small("a", ""), "workspaces/b.yaml": strings.Replace(small("b", ""), "c-b", "c-a", 1)}, "workspaces/b.yaml:2: client_id: is the client id of workspaces/a.yaml too"},
		"two defaults":    {map[string]string{"workspaces/a.yaml": small("a", "default: true\n"), "workspaces/b.yaml": small("b", "default: true\n")}, "workspaces/b.yaml:5: default: workspaces/a.yaml is the default already"},
		"broken names":    {map[string]string{"workspaces/a.yaml": small("a", ""), "names.yaml": "people: 1\n"}, "names.yaml:1: people: must be a list"},
		"broken fixture":  {map[string]string{"workspaces/a.yaml": "a: b\n"}, "workspaces/a.yaml:1: a: is no known key"},
		"fixture is none": {map[string]string{"workspaces/a.yaml/b": ""}, "workspaces/a.yaml: cannot be read: "},
		"names is none":   {map[string]string{"workspaces/a.yaml": small("a", ""), "names.yaml/b": ""}, "names.yaml: cannot be read: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := seed.LoadDir(folder(c.files), fixtures.Files())
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("\n got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestTheDefaultWorkspaceComesFirst(t *testing.T) {
	t.Parallel()
	set, err := seed.LoadDir(folder(map[string]string{
		"workspaces/a.yaml": small("a", ""), "workspaces/b.yml": small("b", ""), "workspaces/c.yaml": small("c", "default: true\n"),
	}), fixtures.Files())
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, f := range set.Workspaces {
		order = append(order, f.Workspace)
	}
	if strings.Join(order, " ") != "c a b" {
		t.Errorf("%v", order)
	}
}

func TestWrongTablesAreRefusedWithFileLineAndPlace(t *testing.T) {
	t.Parallel()
	lines := func(lines string) string {
		return strings.Replace(smallTexts, "dialogues:\n", "dialogues:\n  - {topic: x, lines: ["+lines+"]}\n", 1)
	}
	for name, c := range map[string]struct{ names, texts, want string }{
		"no agents":           {strings.Replace(smallNames, "[Huda]", "[]", 1), smallTexts, "names.yaml:4: agents: must have at least one element"},
		"no english":          {strings.Replace(smallNames, "language: en", "language: ar", 1), smallTexts, "names.yaml:2: people: must have a group of language en"},
		"another language":    {strings.Replace(smallNames, "language: en", "language: fr", 1), smallTexts, "names.yaml:3: people[1].language: must be one of ar, en"},
		"number for a name":   {strings.Replace(smallNames, "[Sara]", "[7]", 1), smallTexts, "names.yaml:3: people[1].given[0]: must be text"},
		"no dialogues":        {smallNames, "words: {}\n", "texts.yaml:1: dialogues: is required"},
		"no bot":              {smallNames, strings.Replace(smallTexts, "from: bot", "from: agent", 1), "texts.yaml:2: dialogues: must have one that a bot leads and one that an agent leads"},
		"only the customer":   {smallNames, lines("{from: customer, ar: a, en: a}"), "texts.yaml:2: dialogues[0]: must have a line of the customer and one of an agent or a bot"},
		"role":                {smallNames, lines("{from: client, ar: a, en: a}"), "texts.yaml:2: dialogues[0].lines[0].from: must be one of customer, agent, bot"},
		"type":                {smallNames, lines("{from: customer, type: x, ar: a, en: a}"), "dialogues[0].lines[0].type: must be one of text, image"},
		"one language":        {smallNames, lines("{from: customer, ar: a}"), "dialogues[0].lines[0].en: is required"},
		"unknown placeholder": {smallNames, lines(`{from: customer, ar: a, en: "{order}"}`), "dialogues[0].lines[0].en: {order} has no meaning here: it is not under words"},
		"place without any":   {smallNames, lines(`{from: customer, ar: a, en: "{place}"}`), "{place} has no meaning here"},
		"open brace":          {smallNames, lines(`{from: customer, ar: "{a", en: a}`), "dialogues[0].lines[0].ar: has a { without a }"},
		"location with text":  {smallNames, lines("{from: customer, type: location, ar: a}"), "dialogues[0].lines[0]"},
		"location":            {smallNames, lines("{from: customer, type: location}"), "dialogues[0].lines[0]: a location needs places"},
		"place":               {smallNames, smallTexts + "places: [{ar: a, en: b, latitude: 100, longitude: 0}]\n", "places[0].latitude: must be a number from -90 to 90"},
		"words":               {smallNames, smallTexts + "words: {a: {ar: [b]}}\n", "words.a.en: is required"},
		"word twice":          {smallNames, smallTexts + "words:\n  a: {ar: [b], en: [b]}\n  a: {ar: [b], en: [b]}\n", "texts.yaml:6: words.a: must be unique"},
		"words as a list":     {smallNames, smallTexts + "words: [a]\n", "words: must be a mapping"},
		"reminder":            {smallNames, smallTexts + "reminders: [{ar: a}]\n", "reminders[0].en: is required"},
		"broken":              {smallNames, "a: [\n", "texts.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := seed.LoadDir(folder(map[string]string{
				"workspaces/a.yaml": small("a", ""), "names.yaml": strings.TrimPrefix(c.names, "\n"), "texts.yaml": strings.TrimPrefix(c.texts, "\n"),
			}), fixtures.Files())
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("\n got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestTheSmallestFixtureOfTheDocsWorks(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/fixtures.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```yaml\n")
	text, _, _ := strings.Cut(block, "```")
	p := populate(t, parse(t, text), 1)
	if len(p.Conversations) != 20 {
		t.Errorf("%d conversations, the page says twenty", len(p.Conversations))
	}
}

func TestConversationsCannotBeGeneratedWithoutTexts(t *testing.T) {
	t.Parallel()
	_, err := seed.Parse("w.yaml", []byte(small("a", "")), new(corpus.Tables))
	if err == nil || err.Error() != "w.yaml:4: numbers[0]: conversations cannot be generated without texts" {
		t.Error(err)
	}
}

func FuzzParseNeverPanics(f *testing.F) {
	tables := builtIn(f).Tables
	f.Add(small("a", ""))
	f.Add(say(`{from: business, text: a, at: -1h, delivered: +2s, read: +9s}, {from: customer, type: image, caption: c, at: -5m}`))
	f.Add(say(`{from: business, type: template, template: 3, params: {"1": Ali, when: 5}, at: -1d23h}`))
	f.Add("a: &a [*a]\nworkspace: *a\n")
	f.Add("<<: [*x]\n? {a: b}\n: c\n")
	f.Fuzz(func(t *testing.T, text string) {
		fixture, err := seed.Parse("w.yaml", []byte(text), tables)
		if err != nil {
			if line := err.Error(); !strings.HasPrefix(line, "w.yaml:") || strings.Contains(line, "\n") {
				t.Errorf("%q", line)
			}
			return
		}
		for i := range fixture.Numbers {
			if fixture.Numbers[i].Conversations > 1000 {
				return
			}
		}
		p := populate(t, fixture, 1)
		for i := range p.Conversations {
			c := &p.Conversations[i]
			messages := p.MessagesOf(c.ID)
			if len(messages) != c.Messages {
				t.Fatalf("conversation %d has %d messages, says %d", c.ID, len(messages), c.Messages)
			}
			checkMessages(t, c, messages)
		}
	})
}
