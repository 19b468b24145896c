package page_test

import (
	"net/url"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

// hands are what a user does with the page, in its own language.
const hands = `
const until = async (what, find) => {
	for (let i = 0; i < 1200; i++) {
		const found = find();
		if (found) return found;
		await new Promise((next) => setTimeout(next, 25));
	}
	throw new Error('waited in vain for ' + what + '; the page says: ' + document.body.innerText.slice(0, 300));
};
const type = (field, text) => {
	Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value').set.call(field, text);
	field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
	field.dispatchEvent(new FocusEvent('focusout', { bubbles: true })); // a field may wait for more until it is left
};
const within = (block, selector) => until(selector, () => block.querySelector(selector));
const open = async (operation) => {
	const block = await until(operation, () => document.querySelector('[id$="-' + operation + '"].opblock'));
	if (!block.classList.contains('is-open')) (await within(block, '.opblock-summary-control')).click();
	const button = await within(block, '.try-out__btn');
	if (!button.classList.contains('cancel')) button.click();
	await within(block, '.execute');
	return block;
};
const execute = async (block) => {
	block.querySelector('.btn-clear')?.click();
	await until('the last answer to go', () => !block.querySelector('.live-responses-table'));
	block.querySelector('.execute').click();
	const row = await within(block, '.live-responses-table tbody .response');
	return row.innerText;
};
`

// in runs a script with the hands.
func in[T any](t *testing.T, tab *tab, script string, args ...any) T {
	t.Helper()
	return run[T](t, tab, hands+script, args...)
}

const search = `
const block = await open('listConversations');
for (const [name, value] of Object.entries(args[0])) type(await within(block, 'tr[data-param-name="' + name + '"] :is(input[type=text], select)'), value);
return execute(block);`

const sendText = `
const block = await open('sendTextMessage');
type(await within(block, 'textarea.body-param__text'), args[0]);
return execute(block);`

const upload = `
const block = await open('sendMediaMessage');
type(await within(block, '.body-param-content-type select, .opblock-section-request-body select'), 'multipart/form-data');
const file = await within(block, 'input[type=file]');
const files = new DataTransfer();
files.items.add(new File([Uint8Array.from(atob(args[0]), (c) => c.charCodeAt(0)), new Uint8Array(args[1])], 'صورة 1.png', { type: 'image/png' }));
file.files = files.files;
file.dispatchEvent(new Event('change', { bubbles: true }));
return execute(block);`

// pixel is a PNG of one pixel, in base64.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// succeeded reports whether the page shows a success that holds a text.
func succeeded(t *testing.T, what, shown, text string) {
	t.Helper()
	if !strings.HasPrefix(shown, "200") || !strings.Contains(shown, text) {
		t.Errorf("%s: %.600s", what, shown)
	}
}

// quiet checks that the tab has asked only the mock, and met no error.
func quiet(t *testing.T, tab *tab, m *mocktest.Mock) {
	t.Helper()
	asked := tab.requests(t)
	if len(asked) < 8 {
		t.Errorf("only %d requests were seen", len(asked))
	}
	for _, address := range asked {
		if !strings.HasPrefix(address, m.Origin+"/") {
			t.Errorf("the page asks %s", address)
		}
	}
	for _, event := range []string{"Runtime.exceptionThrown", "Log.entryAdded"} {
		if met := tab.happened(event); len(met) > 0 {
			t.Errorf("%s: %s", event, met[0])
		}
	}
}

func TestInABrowser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it takes a quarter of a minute: make page")
	}
	b := launch(t)
	for name, test := range map[string]func(*testing.T, *chromium){
		"every kind of request that is tried is signed":                 everyKindIsSigned,
		"what is tried fits a phone":                                    fitsAPhone,
		"the workspace can be chosen":                                   workspaceIsChosen,
		"the token is asked for and stays in the tab":                   tokenStaysInTheTab,
		"the page says why nothing can be tried":                        saysWhyTryingIsOff,
		"the contract in force is tried at this mock, with any servers": contractInForce,
	} {
		t.Run(name, func(t *testing.T) { test(t, b) }) //nolint:paralleltest // One browser serves them; several would starve each other.
	}
}

func everyKindIsSigned(t *testing.T, b *chromium) {
	t.Helper()
	m := mocktest.Start(t)
	tab := b.open(t, m.Origin+"/docs", 1280, 800)
	terms := []string{"ahmed", "أحمد", "100%", "%20", "+966", "a b&c=d#e?", `it's "x" <y>`}
	for _, term := range terms {
		succeeded(t, term, in[string](t, tab, search, object{"searchTerm": term, "status": ""}), `"status": true`)
	}
	body := "{\n\t\"phone\": \"96650000000\", \"body\": \"مرحبا 🚚 'x' \\\"y\\\" 100%\" }\n"
	succeeded(t, "text", in[string](t, tab, sendText, body), `"messageId"`)
	succeeded(t, "upload", in[string](t, tab, upload, pixel, 0), `"messageId"`)
	succeeded(t, "large upload", in[string](t, tab, upload, pixel, 4<<20), `"messageId"`)
	quiet(t, tab, m)

	exchanges, err := m.Requests()
	if err != nil {
		t.Fatal(err)
	}
	if len(exchanges) != len(terms)+3 {
		t.Fatalf("%d requests reached the API: no preflight, nothing twice", len(exchanges))
	}
	for i, term := range terms {
		sent, err := url.Parse(exchanges[i].Request.Target)
		if err != nil || sent.Query().Get("searchTerm") != term {
			t.Errorf("typed %q, sent %q", term, sent)
		}
	}
	if sent := exchanges[len(terms)].Request.Body; sent != body {
		t.Errorf("typed %q, sent %q", body, sent)
	}
}

func fitsAPhone(t *testing.T, b *chromium) {
	t.Helper()
	m := mocktest.Start(t)
	tab := b.open(t, m.Origin+"/docs", 390, 800)
	succeeded(t, "list", in[string](t, tab, search, object{"status": ""}), `"status": true`)
	succeeded(t, "upload", in[string](t, tab, upload, pixel, 0), `"messageId"`)
	if wide := in[int](t, tab, `return document.documentElement.scrollWidth - innerWidth;`); wide > 0 {
		t.Errorf("the page is %d pixels wider than its window", wide)
	}
	quiet(t, tab, m)
}

func workspaceIsChosen(t *testing.T, b *chromium) {
	t.Helper()
	m := mocktest.Start(t)
	tab := b.open(t, m.Origin+"/docs", 1280, 800)
	numbers := in[string](t, tab, `
		const field = await within(document, '#workspace');
		await until('workspaces', () => field.length > 1);
		type(field, 'other-workspace');
		const before = field.options[0];
		dispatchEvent(new Event('focus')); // as when the user comes back: the list is asked for again
		await until('a fresh list', () => !before.isConnected);
		return document.getElementById('numbers').innerText;`)
	if !strings.Contains(numbers, "654321") {
		t.Errorf("numbers of the workspace: %q", numbers)
	}
	succeeded(t, "its number", in[string](t, tab, search, object{"phone_number_id": "654321", "searchTerm": "", "status": ""}), `"status": true`)
	if shown := in[string](t, tab, search, object{"phone_number_id": "123456"}); !strings.HasPrefix(shown, "404") {
		t.Errorf("a number of the other workspace: %.200s", shown)
	}
}

func tokenStaysInTheTab(t *testing.T, b *chromium) {
	t.Helper()
	m := mocktest.Start(t, mocktest.ControlToken("s3cret"))
	tab := b.open(t, m.Origin+"/docs", 1280, 800)
	notice := `return until('a notice', () => document.getElementById('notice')?.innerText);`
	if text := in[string](t, tab, notice); !strings.Contains(text, "--control-token") {
		t.Errorf("without a token: %q", text)
	}
	if shown := in[string](t, tab, search, object{"status": ""}); !strings.Contains(shown, "--control-token") {
		t.Errorf("tried without a token: %q", shown)
	}
	give := `
		const field = await within(document, '#token');
		type(field, args[0]);
		field.dispatchEvent(new Event('change', { bubbles: true }));`
	if text := in[string](t, tab, give+`return until('a refusal', () => /not the one/.exec(document.getElementById('notice')?.innerText)?.input);`, "wrong"); !strings.Contains(text, "--control-token") {
		t.Errorf("a wrong token: %q", text)
	}
	in[int](t, tab, give+`return until('workspaces', () => document.getElementById('workspace').length);`, "s3cret")
	succeeded(t, "with the token", in[string](t, tab, search, object{"status": ""}), `"status": true`)
	kept := in[string](t, tab, `return JSON.stringify([location.href, document.cookie, { ...localStorage }]);`)
	if strings.Contains(kept, "s3cret") {
		t.Errorf("the token is kept in %s", kept)
	}
	for _, address := range tab.requests(t) {
		if strings.Contains(address, "s3cret") {
			t.Errorf("the token is in %s", address)
		}
	}
}

func saysWhyTryingIsOff(t *testing.T, b *chromium) {
	t.Helper()
	elsewhere := func(o *mocktest.Options) { o.Listen = "192.0.2.7" }
	m := mocktest.Start(t, elsewhere)
	tab := b.open(t, m.Origin+"/docs", 390, 800)
	shown := in[[]string](t, tab, `
		const block = await until('the contract', () => document.querySelector('[id$="-listConversations"].opblock'));
		block.querySelector('.opblock-summary-control').click();
		await within(block, '.parameters');
		return [document.getElementById('notice').innerText, String(document.querySelectorAll('.try-out__btn').length)];`)
	if !strings.Contains(shown[0], "--control-token") || shown[1] != "0" {
		t.Errorf("%q", shown)
	}
	quiet(t, tab, m)

	open := mocktest.Start(t, elsewhere, mocktest.Auth("off"))
	tab = b.open(t, open.Origin+"/docs", 390, 800)
	succeeded(t, "nothing has to be signed", in[string](t, tab, search, object{"status": ""}), `"status": true`)
	quiet(t, tab, open)
}

func contractInForce(t *testing.T, b *chromium) {
	t.Helper()
	document := string(rebased(t, "https://example.com/v2/chat"))
	m := mocktest.Start(t, mocktest.Spec("other.yaml", []byte(document)), func(o *mocktest.Options) { o.SignedPath = "full" })
	tab := b.open(t, m.Origin+"/docs", 1280, 800)
	succeeded(t, "another base path", in[string](t, tab, search, object{"status": ""}), `"status": true`)
	quiet(t, tab, m)

	changed := strings.Replace(document, "summary: List conversations", "summary: A summary of today", 1)
	if err := m.UseSpec("other.yaml", []byte(changed)); err != nil {
		t.Fatal(err)
	}
	tab = b.open(t, m.Origin+"/docs", 1280, 800)
	in[bool](t, tab, `return until('the new summary', () => document.body?.innerText.includes('A summary of today'));`)
}
