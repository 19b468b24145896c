package engine_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
)

func TestTheHeadOfAPartIsAtMostSixteenKiB(t *testing.T) {
	t.Parallel()
	s := serve(t, func(*engine.Options) {})
	form := func(head string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n" + head + "\r\n\r\ncontent\r\n--b--\r\n"
	}
	lines := strings.Repeat("X-A: "+strings.Repeat("x", 50)+"\r\n", 250)
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"a small one":           {form("X: y"), 201},
		"15 KiB":                {form("X: " + strings.Repeat("x", 15<<10)), 201},
		"17 KiB":                {form("X: " + strings.Repeat("x", 17<<10)), 400},
		"100 KiB":               {form("X: " + strings.Repeat("x", 100<<10)), 400},
		"17 KiB of lines":       {form(lines + lines[:2<<10] + "X: " + strings.Repeat("x", 3<<10)), 400},
		"a long file name":      {strings.Replace(form("X: y"), `"f"`, `"`+strings.Repeat("f", 20<<10)+`"`, 1), 400},
		"the second part":       {strings.TrimSuffix(form("X: y"), "--\r\n") + strings.TrimPrefix(form("X: "+strings.Repeat("x", 17<<10)), "--b"), 400},
		"large content":         {form("X: y\r\n\r\n" + strings.Repeat("x", 200<<10)), 201},
		"a head without an end": {"--b\r\nX: " + strings.Repeat("x", 900<<10), 400},
	} {
		response, err := http.Post(s.URL+"/things", "multipart/form-data; boundary=b", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != c.status || c.status == 400 && !strings.Contains(string(text), "head of a part") {
			t.Errorf("%s: %d %s, %v", name, response.StatusCode, text, err)
		}
	}
}

func TestStrangersShareABoundedMemory(t *testing.T) {
	t.Parallel()
	const most = 600 << 10
	for _, kind := range []string{"application/json\r\n", "multipart/form-data; boundary=b\r\n"} {
		s := serve(t, func(o *engine.Options) { o.Memory, o.BodyStall = &engine.Memory{}, 10*time.Minute })
		begin := "{\"a\":\""
		if strings.HasPrefix(kind, "multipart") {
			begin = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
		}
		// All but the last bytes of many large bodies: what they promise is what counts.
		busy := make(chan int, 120)
		for range 120 {
			conn := said(t, s, fmt.Sprintf("POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: %sContent-Length: %d\r\n\r\n%s", kind, 1<<20, begin))
			if err := conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
				t.Fatal(err)
			}
			go func() {
				if _, err := io.WriteString(conn, strings.Repeat("x", most)); err != nil {
					return
				}
				if response, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil && response.Header.Get("Retry-After") == "1" {
					busy <- response.StatusCode
				}
			}()
		}
		// At least 120 x 600 KiB are more than the 48 MiB there are.
		for range 20 {
			if status := <-busy; status != 503 {
				t.Errorf("%s%d", kind, status)
			}
		}
		// Small bodies need none of it.
		response, err := http.Post(s.URL+"/things", "application/json", strings.NewReader(`{"a":"`+strings.Repeat("x", 8<<10)+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 201 {
			t.Errorf("%sa small body: %s", kind, response.Status)
		}
	}
}

func TestWhatAStrangerTookIsGivenBack(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *engine.Options) { o.Memory = &engine.Memory{} })
	body := `{"a":"` + strings.Repeat("x", 1000<<10) + `"}`
	for range 100 { // 100 MB, one after the other
		response, err := http.Post(s.URL+"/things", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 201 {
			t.Fatal(response.Status)
		}
	}
}
