package mocktest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// waitFiveMinutesForBodies lets a body take as long as a loaded machine may need for what a test does meanwhile.
func waitFiveMinutesForBodies(o *mocktest.Options) { o.BodyStall = 5 * time.Minute }

// inFlight is a request that has reached the mock and whose body is still missing; finish sends it and gives the answer.
func inFlight(t *testing.T, m *mocktest.Mock, method, url, body string) (finish func() (status int, answer string)) {
	t.Helper()
	began, begin := make(chan struct{}), make(chan struct{})
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(began) }})
	r, err := http.NewRequestWithContext(ctx, method, url, &gated{strings.NewReader(body), begin})
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Expect", "100-continue")
	if strings.HasPrefix(url, m.URL) {
		sign(t, m, r, body)
	}
	type result struct {
		status int
		answer string
		err    error
	}
	done := make(chan result, 1)
	go func() {
		transport := &http.Transport{ExpectContinueTimeout: time.Minute}
		defer transport.CloseIdleConnections()
		response, err := transport.RoundTrip(r)
		if err != nil {
			done <- result{err: err}
			return
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		done <- result{response.StatusCode, string(text), err}
	}()
	select {
	case <-began:
	case early := <-done:
		t.Fatalf("answered before its body was there: %+v", early)
	}
	return func() (int, string) {
		t.Helper()
		close(begin)
		got := <-done
		if got.err != nil {
			t.Fatal(got.err)
		}
		return got.status, got.answer
	}
}

func workspaces(t *testing.T, m *mocktest.Mock) string {
	t.Helper()
	_, list := get(t, http.DefaultClient, m.Origin+"/__admin/workspaces")
	return list
}

func TestAWorkspaceWhoseCreationBeganBeforeTheSpecChangedIsThereAfterwards(t *testing.T) {
	t.Parallel()
	m := startStopped(t, waitFiveMinutesForBodies)
	finish := inFlight(t, m, http.MethodPost, m.Origin+"/__admin/workspaces", `{"domain":"late","phone_number_id":"777"}`)
	if err := m.UseSpec("edited.yaml", withNewProperty(t)); err != nil {
		t.Fatal(err)
	}
	if status, answer := finish(); status != http.StatusCreated {
		t.Fatal(status, answer)
	}
	if list := workspaces(t, m); !strings.Contains(list, `"late"`) {
		t.Fatal(list)
	}
	status, answer := post(t, m.Origin+"/__admin/conversations?workspace=late", `{"phone":"966555000001"}`)
	if status != http.StatusCreated {
		t.Fatal(status, answer)
	}
	for _, w := range m.Workspaces() {
		if w.Domain != "late" {
			continue
		}
		if _, list := get(t, m.ClientOf(w), m.URL+"/conversations?phone_number_id=777"); !strings.Contains(list, `"added_later":"`) {
			t.Errorf("it is shown by the old spec: %s", list)
		}
	}
}

func TestAWorkspaceWhoseRemovalBeganBeforeTheSpecChangedIsGoneAfterwards(t *testing.T) {
	t.Parallel()
	m := startStopped(t, waitFiveMinutesForBodies)
	finish := inFlight(t, m, http.MethodDelete, m.Origin+"/__admin/workspaces/other-workspace", "{}")
	if err := m.UseSpec("edited.yaml", withNewProperty(t)); err != nil {
		t.Fatal(err)
	}
	if status, answer := finish(); status != http.StatusNoContent {
		t.Fatal(status, answer)
	}
	if list := workspaces(t, m); strings.Contains(list, "other-workspace") {
		t.Fatal(list)
	}
}

func TestAWorkspaceWhoseCreationBeganBeforeTheFixturesChangedIsThereAfterwards(t *testing.T) {
	t.Parallel()
	m := startStopped(t, waitFiveMinutesForBodies)
	finish := inFlight(t, m, http.MethodPost, m.Origin+"/__admin/workspaces", `{"domain":"late"}`)
	if err := m.UseFixtures(shop("")); err != nil {
		t.Fatal(err)
	}
	if status, answer := finish(); status != http.StatusCreated {
		t.Fatal(status, answer)
	}
	if list := workspaces(t, m); !strings.Contains(list, `"late"`) || strings.Contains(list, "your-workspace") {
		t.Fatal(list)
	}
}

func TestAResetThatBeganBeforeTheFixturesChangedIsOneOfTheNewWorkspace(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, mocktest.Fixtures(shop("")))
	finish := inFlight(t, m, http.MethodPost, m.Origin+"/__admin/reset", "{}")
	if err := m.UseFixtures(shop("")); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Receive(1, "Written to the new one"); err != nil {
		t.Fatal(err)
	}
	if status, answer := finish(); status != http.StatusNoContent {
		t.Fatal(status, answer)
	}
	if _, list := get(t, m.Client(), m.URL+"/conversations?phone_number_id=777"); strings.Contains(list, "Written to the new one") {
		t.Error("the old workspace was reset")
	}
}

func TestWorkspacesThatComeAndGoWhileSpecsChangeAreAsTheControlAPIAnswered(t *testing.T) {
	t.Parallel()
	m := startStopped(t, waitFiveMinutesForBodies)
	const creators, each = 4, 20
	kept := make([][]string, creators)
	var load sync.WaitGroup
	for i := range creators {
		load.Go(func() {
			for n := range each {
				domain := fmt.Sprintf("made-%d-%d", i, n)
				status, answer := post(t, m.Origin+"/__admin/workspaces", `{"domain":"`+domain+`"}`)
				if status != http.StatusCreated {
					t.Error(status, answer)
					continue
				}
				if n%2 == 0 {
					kept[i] = append(kept[i], domain)
					continue
				}
				if status := remove(t, m.Origin+"/__admin/workspaces/"+domain); status != http.StatusNoContent {
					t.Errorf("%s was made and is not there: %d", domain, status)
				}
			}
		})
	}
	changeSpecs(t, m)
	load.Wait()
	list := workspaces(t, m)
	for _, domains := range kept {
		for _, domain := range domains {
			if !strings.Contains(list, `"`+domain+`"`) {
				t.Errorf("%s is lost", domain)
			}
		}
	}
	if n := strings.Count(list, `"made-`); n != creators*each/2 {
		t.Errorf("%d are there, %d were kept", n, creators*each/2)
	}
}

func post(t *testing.T, url, body string) (status int, answer string) {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return response.StatusCode, string(text)
}

func remove(t *testing.T, url string) (status int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, url, nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}
