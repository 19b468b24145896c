package page_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// chromium is a browser without a window, driven over its debugging pipe: messages of the DevTools protocol, each ended by a
// zero byte.
type chromium struct {
	commands io.Writer

	mu      sync.Mutex
	next    int
	waiting map[int]chan message
	events  []message
}

type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// launch starts a browser that ends with the test.
func launch(t *testing.T) *chromium {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil && program == "" {
			program = path
		}
	}
	if program == "" {
		t.Skip("no Chromium on this machine: the page is tested without a browser only")
	}
	toBrowser, commands := pipe(t)
	answers, fromBrowser := pipe(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	cmd := exec.CommandContext(ctx, program, "--headless", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(),
		"--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "about:blank")
	// Wait waits for all who hold the pipe behind this buffer: when it returns, no child of the browser writes to its folder.
	cmd.Stderr, cmd.WaitDelay = &bytes.Buffer{}, 10*time.Second
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = toBrowser.Close(), fromBrowser.Close() // they are the browser's now
	b := &chromium{commands: commands, waiting: map[int]chan message{}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.listen(answers)
	}()
	t.Cleanup(func() {
		_, _ = b.call("", "Browser.close", nil)
		_ = cmd.Wait() // how it ends does not matter
		cancel()
		<-done
	})
	return b
}

func pipe(t *testing.T) (*os.File, *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	return r, w
}

func (b *chromium) listen(answers io.Reader) {
	r := bufio.NewReader(answers)
	for {
		text, err := r.ReadBytes(0)
		var m message
		if err == nil {
			err = json.Unmarshal(text[:len(text)-1], &m)
		}
		b.mu.Lock()
		switch {
		case err != nil: // the browser has ended
			for _, c := range b.waiting {
				close(c)
			}
			b.waiting = nil
		case m.ID == 0:
			b.events = append(b.events, m)
		default:
			b.waiting[m.ID] <- m
			delete(b.waiting, m.ID)
		}
		b.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (b *chromium) call(session, method string, params any) (json.RawMessage, error) {
	answer := make(chan message, 1)
	b.mu.Lock()
	if b.waiting == nil {
		b.mu.Unlock()
		return nil, errors.New(method + ": the browser has ended")
	}
	b.next++
	b.waiting[b.next] = answer
	text, err := json.Marshal(message{ID: b.next, SessionID: session, Method: method, Params: params})
	if err == nil {
		_, err = b.commands.Write(append(text, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	m, ok := <-answer
	switch {
	case !ok:
		return nil, errors.New(method + ": the browser has ended")
	case m.Error != nil:
		return nil, errors.New(method + ": " + m.Error.Message)
	}
	return m.Result, nil
}

// A tab shows one page.
type tab struct {
	*chromium
	session string
}

type object = map[string]any

// open opens an address in a tab of its own, with a window of this many pixels.
func (b *chromium) open(t *testing.T, address string, width, height int) *tab {
	t.Helper()
	var target struct{ TargetID, SessionID string }
	b.must(t, "", "Target.createTarget", object{"url": "about:blank"}, &target)
	b.must(t, "", "Target.attachToTarget", object{"targetId": target.TargetID, "flatten": true}, &target)
	for _, domain := range []string{"Network", "Runtime", "Log"} {
		b.must(t, target.SessionID, domain+".enable", nil, nil)
	}
	b.must(t, target.SessionID, "Emulation.setDeviceMetricsOverride", object{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
	b.must(t, target.SessionID, "Page.navigate", object{"url": address}, nil)
	return &tab{b, target.SessionID}
}

func (b *chromium) must(t *testing.T, session, method string, params, into any) {
	t.Helper()
	result, err := b.call(session, method, params)
	if err == nil && into != nil {
		err = json.Unmarshal(result, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// run runs a script in the page and gives what it returns.
func run[T any](t *testing.T, tab *tab, script string, args ...any) T {
	t.Helper()
	list, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Exception struct{ Description string }
		}
	}
	tab.must(t, tab.session, "Runtime.evaluate", object{
		"expression": "(async (...args) => {" + script + "})(..." + string(list) + ")", "awaitPromise": true, "returnByValue": true,
	}, &out)
	if out.ExceptionDetails != nil {
		t.Fatal(out.ExceptionDetails.Exception.Description)
	}
	var value T
	if out.Result.Value != nil { // undefined
		if err := json.Unmarshal(out.Result.Value, &value); err != nil {
			t.Fatal(err)
		}
	}
	return value
}

// happened are the events of a tab with this name.
func (tab *tab) happened(method string) []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	var all []string
	for _, e := range tab.events {
		if text, err := json.Marshal(e.Params); err == nil && e.SessionID == tab.session && e.Method == method {
			all = append(all, string(text))
		}
	}
	return all
}

// requests are the addresses that the tab has asked for, but for those that hold their own content.
func (tab *tab) requests(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, text := range tab.happened("Network.requestWillBeSent") {
		var e struct{ Request struct{ URL string } }
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(e.Request.URL, "data:") && !strings.HasPrefix(e.Request.URL, "blob:") {
			all = append(all, e.Request.URL)
		}
	}
	return all
}
