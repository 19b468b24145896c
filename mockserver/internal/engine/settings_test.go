package engine_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/awalmock/mockserver/internal/engine"
)

// refuseAll is a guard that admits nothing.
type refuseAll struct{}

func (refuseAll) Admit(x *engine.Exchange) (engine.Caller, error) {
	return engine.Caller{}, &engine.Error{Status: http.StatusUnauthorized, Code: "authentication_failed", Message: "body: " + string(x.Body)}
}

func TestAnOperationMayAuthenticateBeforeItsBodyIsRead(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *engine.Options) {
		o.Guard, o.Operations = refuseAll{}, map[string]engine.OperationSettings{"addThing": {AdmitFirst: true, BodyLimit: 9 << 20}}
	})
	// None of the body is ever sent.
	response, body := answered(t, s, "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 8000000\r\n\r\n")
	if response.StatusCode != 401 || !strings.Contains(body, `"body: "`) {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

func TestAnOperationHasALimitOfItsOwn(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *engine.Options) {
		o.Operations = map[string]engine.OperationSettings{"addThing": {BodyLimit: 2 << 20}}
	})
	for size, status := range map[int]int{2 << 20: 201, 2<<20 + 1: 413} {
		body := `{"a":"` + strings.Repeat("x", size-len(`{"a":""}`)) + `"}`
		response, err := http.Post(s.URL+"/things", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != status {
			t.Errorf("%d bytes: %s", size, response.Status)
		}
	}
}

func TestOnlySoManyLargeBodiesAreTakenAtOnceAndAllAreAnsweredInTheEnd(t *testing.T) {
	t.Parallel()
	const all, atOnce = 8, 2
	var inside, most atomic.Int32
	entered, leave := make(chan struct{}, all), make(chan struct{})
	s := serve(t, func(o *engine.Options) {
		o.Operations = map[string]engine.OperationSettings{"addThing": {BodyLimit: 4 << 20, LargeAtOnce: atOnce}}
		o.Fallback = func(c *engine.Call) (engine.Reply, error) {
			if len(c.Body) < 1<<20 {
				return engine.Reply{Status: http.StatusCreated}, nil
			}
			most.Store(max(most.Load(), inside.Add(1)))
			entered <- struct{}{}
			<-leave
			inside.Add(-1)
			return engine.Reply{Status: http.StatusCreated}, nil
		}
	})
	post := func(size int) int {
		response, err := http.Post(s.URL+"/things", "application/json", strings.NewReader(`{"a":"`+strings.Repeat("x", size)+`"}`))
		if err != nil {
			t.Error(err)
			return 0
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, response.Body)
		return response.StatusCode
	}
	statuses := make(chan int, all)
	for range all {
		go func() { statuses <- post(2 << 20) }()
	}
	for range atOnce {
		<-entered
	}
	for range 20 {
		if status := post(10); status != 201 { // a small body needs no turn
			t.Errorf("a small body: %d", status)
		}
	}
	close(leave)
	for range all {
		if status := <-statuses; status != 201 {
			t.Errorf("a large body: %d", status)
		}
	}
	if n := most.Load(); n != atOnce {
		t.Errorf("%d large bodies were taken at once", n)
	}
}
