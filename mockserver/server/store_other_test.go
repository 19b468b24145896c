package server_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

func TestAStoreOfSomethingElseIsRefusedWithBothValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*server.Options)
		want   string
	}{
		"seed":     {func(o *server.Options) { o.Seed = 9 }, "workspace your-workspace: the events are of another seed: 1, and this mock has 9"},
		"clock":    {func(o *server.Options) { o.Clock = time.Time{} }, "the events are of another clock: standing"},
		"fixtures": {func(o *server.Options) { o.Fixtures = smallFixtures }, "the events are of another fixture"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "awalmock.db")
			_, stop := startOn(t, openFile(t, path, time.Now, nil))
			stop()
			o := server.Options{Clock: sendClock, Store: openFile(t, path, time.Now, nil)}
			c.change(&o)
			_, err := server.New(o)
			var usage *server.UsageError
			if !errors.As(err, &usage) || !strings.HasPrefix(err.Error(), "--store: ") || !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), "take another one") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// An upgrade may bring other built-in fixtures. Then a store is opened with a folder of those that it was made of.
func TestAStoreOfTheBuiltInFixturesIsOpenedWithAFolderOfTheirFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m, stop := startOn(t, openFile(t, path, time.Now, nil))
	m.text(t, "966555012001", "a")
	want := m.get(t, listing).is(t, 200, "")
	stop()
	m, _ = startOn(t, openFile(t, path, time.Now, nil), mocktest.Fixtures(os.DirFS("../../fixtures")))
	if got := m.get(t, listing).is(t, 200, ""); string(got.body) != string(want.body) {
		t.Errorf("%s\nwant\n%s", got.body, want.body)
	}
}

func TestAMockWithAStoreRefusesOtherFixturesAndTakesAnotherDocument(t *testing.T) {
	t.Parallel()
	m, _ := startOn(t, openFile(t, filepath.Join(t.TempDir(), "awalmock.db"), time.Now, nil))
	m.text(t, "966555012001", "a")
	if err := m.UseFixtures(smallFixtures); err == nil || !strings.Contains(err.Error(), "start with another --store") {
		t.Errorf("%v", err)
	}
	if err := m.UseSpec("openapi.yaml", []byte(awalmock.OpenAPI())); err != nil {
		t.Error(err)
	}
	m.with(t, "966555012001")
	m.text(t, "966555012001", "b")
}

func TestAWorkspaceThatWasRemovedIsNotInTheStoreAnyMore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m, stop := startOn(t, openFile(t, path, time.Now, nil))
	m.admin(t, 201, "POST", "/workspaces", `{"domain":"my-test"}`)
	m.admin(t, 201, "POST", "/conversations?workspace=my-test", `{"phone":"966555012001"}`)
	m.admin(t, 409, "POST", "/workspaces", `{"domain":"your-workspace"}`)
	m.text(t, "966555012001", "the refusal has removed nothing")
	m.admin(t, 204, "DELETE", "/workspaces/my-test", "")
	stop()
	s := openFile(t, path, time.Now, nil)
	if _, found := s.Opened("my-test"); found {
		t.Error("the workspace is still there")
	}
	m, _ = startOn(t, s)
	m.with(t, "966555012001")
}

func TestWorkspacesCreatedAtRunTimeAndRotatedSecretsOutliveARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m, stop := startOn(t, openFile(t, path, time.Now, nil))
	for _, domain := range []string{"shop-b", "shop-a", "shop-c"} {
		m.admin(t, 201, "POST", "/workspaces", fmt.Sprintf(`{"domain":%q}`, domain))
	}
	m.admin(t, 201, "POST", "/conversations?workspace=shop-a", `{"phone":"966555012001","name":"Sara"}`)
	grace := m.admin(t, 200, "POST", "/workspaces/your-workspace/rotate", `{"grace":"1h"}`)
	m.admin(t, 200, "POST", "/workspaces/shop-b/rotate", `{}`)
	m.admin(t, 204, "DELETE", "/workspaces/shop-c", "")
	before := m.Server().Workspaces()
	listed := m.admin(t, 200, "GET", "/workspaces", "")
	stop()
	m, stop = startOn(t, openFile(t, path, time.Now, nil))
	if after := m.Server().Workspaces(); !reflect.DeepEqual(after, before) {
		t.Errorf("%+v, want %+v", after, before)
	}
	if again := m.admin(t, 200, "GET", "/workspaces", ""); string(again.body) != string(listed.body) {
		t.Errorf("%s, want %s", again.body, listed.body)
	}
	as := func(secret string) *answer { return m.do(t, call{target: listing, secret: secret}) }
	rotated, _ := grace.value["secret"].(string)
	as(rotated).is(t, 200, "")
	as("your-hmac-secret").is(t, 200, "")
	m.advance(t, time.Hour)
	as("your-hmac-secret").is(t, 401, "authentication_failed")
	m.admin(t, 201, "POST", "/conversations/1/messages?workspace=shop-a", `{"content":"hello"}`)
	m.admin(t, 409, "POST", "/workspaces", `{"domain":"shop-a"}`)
	m.admin(t, 204, "POST", "/reset", "") // the fixture's secret again
	stop()
	m, _ = startOn(t, openFile(t, path, time.Now, nil))
	as("your-hmac-secret").is(t, 200, "")
	as(rotated).is(t, 401, "authentication_failed")
}
